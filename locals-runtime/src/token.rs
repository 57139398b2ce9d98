//! The session token `<id>.<secret>`: made from the operating system's randomness, parsed strictly.
//!
//! The id is a public handle; the secret authenticates. The store holds the id and the SHA-256 of
//! the secret, so neither a leaked database nor a logged id opens a session.

mod hash;
mod id;
mod random;
mod successor;
mod text;

pub use hash::SecretHash;
pub use id::{ParseSessionIdError, SessionId};
pub use random::RandomError;
pub use successor::SuccessorNonce;

pub(crate) use random::{Entropy, operating_system};
pub(crate) use successor::successor;

use data_encoding::BASE64URL_NOPAD;
use id::{ID_BYTES, ID_TEXT};
use sha2::{Digest, Sha256};
use std::fmt;
use text::{Wiped, decode, encode};

const SECRET_BYTES: usize = 32;
/// 22 characters of id, a dot, 43 characters of secret.
const TOKEN_TEXT: usize = 66;

/// As many octets as a token has; whether they are one is for [`Credential::of`] to say.
pub(crate) type TokenText = Wiped<TOKEN_TEXT>;

impl TryFrom<&[u8]> for TokenText {
    type Error = std::array::TryFromSliceError;

    fn try_from(octets: &[u8]) -> Result<Self, Self::Error> {
        octets.try_into().map(Self)
    }
}

/// The whole token, as it stands in the cookie: who holds it is signed in.
///
/// It cannot be printed, compared or serialized by accident; [`expose`](Self::expose) hands the
/// text over on purpose. The memory is wiped when the token is dropped.
///
/// ```
/// # async fn show(auth: locals::Auth) -> Result<(), locals::Error> {
/// let session = auth.create_session("ada").await?;
/// assert_eq!(format!("{:?}", session.token()), "SessionToken([redacted])");
/// assert_eq!(session.token().expose().len(), 66);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SessionToken(TokenText);

impl SessionToken {
    /// The text `<id>.<secret>`, 66 characters of `A-Z a-z 0-9 - _ .`
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0.0).expect("a token is made of base64url characters and a dot")
    }

    /// A new token and what the store keeps of it; the id is what becomes of a random one.
    pub(crate) fn mint(
        entropy: Entropy,
        id: impl FnOnce(SessionId) -> SessionId,
    ) -> Result<(Self, Credential), RandomError> {
        let mut random = Wiped([0_u8; ID_BYTES + SECRET_BYTES]);
        random::fill(entropy, &mut random.0)?;
        let (random_id, secret) = random.0.split_at(ID_BYTES);
        let random_id = random_id.try_into().expect("split at the id's length");
        let id = id(SessionId::from_bytes(random_id));
        Ok((Self::join(id, secret), Credential::new(id, secret)))
    }

    /// The token in `text`, if it is one: exact length, alphabet, dot, and canonical encoding.
    pub(crate) fn parse(text: &[u8]) -> Option<(Self, Credential)> {
        let text = TokenText::try_from(text).ok()?;
        let credential = Credential::of(&text)?;
        Some((Self(text), credential))
    }

    /// SHA-256 of a label and the token: 43 characters.
    pub(crate) fn form_token(&self) -> String {
        let hash = Sha256::new()
            .chain_update(b"locals form token\0")
            .chain_update(self.0.0);
        BASE64URL_NOPAD.encode(&hash.finalize())
    }

    pub(crate) fn text(&self) -> &TokenText {
        &self.0
    }

    fn join(id: SessionId, secret: &[u8]) -> Self {
        let mut text = Wiped([b'.'; TOKEN_TEXT]);
        encode(id.as_bytes(), &mut text.0[..ID_TEXT]);
        encode(secret, &mut text.0[ID_TEXT + 1..]);
        Self(text)
    }
}

impl From<&TokenText> for SessionToken {
    /// Only of a text that [`Credential::of`] took for a token.
    fn from(text: &TokenText) -> Self {
        Self(text.clone())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken([redacted])")
    }
}

/// A token as the functions of [`Auth`](crate::Auth) take it: [`&SessionToken`](SessionToken),
/// `&str` or `&String`. A text that is no token is simply no session.
pub trait AsToken: private::Sealed + Send {
    #[doc(hidden)]
    fn parsed(&self) -> Option<(SessionToken, Credential)>;
}

mod private {
    pub trait Sealed {}
    impl Sealed for &super::SessionToken {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

impl AsToken for &SessionToken {
    fn parsed(&self) -> Option<(SessionToken, Credential)> {
        SessionToken::parse(&self.0.0)
    }
}

impl AsToken for &str {
    fn parsed(&self) -> Option<(SessionToken, Credential)> {
        SessionToken::parse(self.as_bytes())
    }
}

impl AsToken for &String {
    fn parsed(&self) -> Option<(SessionToken, Credential)> {
        SessionToken::parse(self.as_bytes())
    }
}

/// A token as a store sees it: the id to look up and the hash that must match.
#[derive(Clone, Copy, Debug)]
pub struct Credential {
    /// The session's public id.
    pub id: SessionId,
    /// SHA-256 of the secret that was presented.
    pub secret_hash: SecretHash,
}

impl Credential {
    /// What the store knows of this token; `None` if it is no canonical token.
    pub(crate) fn of(token: &TokenText) -> Option<Self> {
        let (id_text, rest) = token.0.split_at(ID_TEXT);
        let secret_text = rest.strip_prefix(b".")?;
        let mut id = [0; ID_BYTES];
        let mut secret = Wiped([0; SECRET_BYTES]);
        if !decode(id_text, &mut id) || !decode(secret_text, &mut secret.0) {
            return None;
        }
        Some(Self::new(SessionId::from_bytes(id), &secret.0))
    }

    fn new(id: SessionId, secret: &[u8]) -> Self {
        Self {
            id,
            secret_hash: SecretHash::of(secret),
        }
    }
}

#[cfg(test)]
mod tests;
