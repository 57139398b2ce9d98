//! Texts that are secret, and their encoding.

use data_encoding::BASE64URL_NOPAD;
use std::hint::black_box;

/// Octets that are overwritten when they are dropped. (Copies that moves leave behind are not.)
#[derive(Clone)]
pub(crate) struct Wiped<const N: usize>(pub(super) [u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        self.0.fill(0);
        // So that the compiler takes the zeros for needed.
        black_box(&mut self.0);
    }
}

/// `text` has to have the length that the bytes take.
pub(super) fn encode<'t>(bytes: &[u8], text: &'t mut [u8]) -> &'t str {
    BASE64URL_NOPAD.encode_mut(bytes, text);
    std::str::from_utf8(text).expect("base64url is ASCII")
}

/// Decodes canonical base64url only: no padding, no other alphabet, no stray low bits.
pub(super) fn decode(text: &[u8], bytes: &mut [u8]) -> bool {
    BASE64URL_NOPAD.decode_len(text.len()) == Ok(bytes.len())
        && BASE64URL_NOPAD.decode_mut(text, bytes).is_ok()
}
