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
///
/// Every request with a session has a token to decode, so it is done in one pass, without a branch in it.
pub(super) fn decode(text: &[u8], bytes: &mut [u8]) -> bool {
    let (fours, end_of_text) = text.as_chunks::<4>();
    let (threes, end) = bytes.as_chunks_mut::<3>();
    let fits = fours.len() == threes.len();
    let mut seen = 0;
    for (four, three) in fours.iter().zip(threes) {
        let [a, b, c, d] = four.map(sextet);
        *three = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        seen |= a | b | c | d;
    }
    fits && seen & NO_SEXTET == 0 && decode_end(end_of_text, end)
}

/// What is left over: one byte in two characters, or two in three.
fn decode_end(text: &[u8], bytes: &mut [u8]) -> bool {
    let (seen, stray) = match (text, bytes) {
        ([], []) => (0, 0),
        (&[a, b], [byte]) => {
            let [a, b] = [a, b].map(sextet);
            *byte = a << 2 | b >> 4;
            (a | b, b << 4)
        }
        (&[a, b, c], [one, two]) => {
            let [a, b, c] = [a, b, c].map(sextet);
            (*one, *two) = (a << 2 | b >> 4, b << 4 | c >> 2);
            (a | b | c, c << 6)
        }
        _ => return false,
    };
    seen & NO_SEXTET == 0 && stray == 0
}

/// What no character of the alphabet stands for: of six bits there is none.
const NO_SEXTET: u8 = 0x80;

fn sextet(character: u8) -> u8 {
    /// By character.
    static SEXTETS: [u8; 256] = {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut sextets = [NO_SEXTET; 256];
        let mut sextet = 0;
        while sextet < 64 {
            sextets[ALPHABET[sextet as usize] as usize] = sextet;
            sextet += 1;
        }
        sextets
    };
    SEXTETS[usize::from(character)]
}
