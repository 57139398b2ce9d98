//! The next secret of a session, the same for every request that presents the one before.

use super::{Credential, Entropy, RandomError, SECRET_BYTES, SessionToken, TokenText, text::Wiped};
use crate::token::id::ID_TEXT;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// A random key under which a session's next secret follows from the present one.
///
/// By itself it is worth nothing: who has read the store knows no secret to apply it to. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SuccessorNonce([u8; 32]);

impl SuccessorNonce {
    /// The nonce as a store keeps it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The nonce that a store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn random(entropy: Entropy) -> Result<Self, RandomError> {
        let mut bytes = [0; 32];
        super::random::fill(entropy, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for SuccessorNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SuccessorNonce([redacted])")
    }
}

/// The token that follows this one: of the same id, its secret HMAC-SHA256 (RFC 2104) of the present
/// secret. `None` for what is no token.
pub(crate) fn successor(
    token: &TokenText,
    nonce: &SuccessorNonce,
) -> Option<(SessionToken, Credential)> {
    let credential = Credential::of(token)?;
    let mut secret = Wiped([0; SECRET_BYTES]);
    super::text::decode(&token.0[ID_TEXT + 1..], &mut secret.0).then_some(())?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(nonce.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(&secret.0);
    let next = Wiped::<SECRET_BYTES>(mac.finalize().into_bytes().into());
    let token = SessionToken::join(credential.id, &next.0);
    Some((token, Credential::new(credential.id, &next.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::operating_system;

    #[test]
    fn d_07_every_request_derives_the_same_successor() {
        let minted = SessionToken::mint(operating_system, |id| id);
        let (token, credential) = minted.expect("random bytes");
        let nonce = SuccessorNonce::from_bytes([7; 32]);
        let derived = || successor(token.text(), &nonce).expect("of a token");
        let ((first, next), (second, _)) = (derived(), derived());
        assert_eq!(first.expose(), second.expose());
        assert_eq!(next.id, credential.id);
        assert!(!next.secret_hash.matches(&credential.secret_hash));
        let (_, read) = SessionToken::parse(first.expose().as_bytes()).expect("a token");
        assert!(read.secret_hash.matches(&next.secret_hash));
        let other = SuccessorNonce::from_bytes([8; 32]);
        let (other, _) = successor(token.text(), &other).expect("of a token");
        assert_ne!(first.expose(), other.expose(), "under another nonce");
    }

    /// RFC 4231 §4.3 has no key of 32 octets: computed with Python's `hmac`.
    #[test]
    fn d_07_the_successor_is_hmac_sha_256() {
        let token = SessionToken::join(crate::SessionId::from_bytes([1; 16]), &[2; SECRET_BYTES]);
        let nonce = SuccessorNonce::from_bytes([3; 32]);
        let (next, _) = successor(token.text(), &nonce).expect("of a token");
        assert_eq!(
            &next.expose()[ID_TEXT + 1..],
            "7U2QIKbqQ4VSrgJZRsC-OuegPvh4Qt3egLKyGLVESN4"
        );
    }
}
