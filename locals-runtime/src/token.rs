//! The session token `<id>.<secret>`: made from the operating system's randomness, parsed strictly.
//!
//! The id is a public handle; the secret authenticates. The store holds the id and the SHA-256 of
//! the secret, so neither a leaked database nor a logged id opens a session.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use std::{fmt, hint::black_box, str::FromStr};
use subtle::ConstantTimeEq;

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
const ID_TEXT: usize = 22;
/// 22 characters of id, a dot, 43 characters of secret.
const TOKEN_TEXT: usize = 66;

/// As many octets as a token has; whether they are one is for [`Credential::of`] to say.
pub(crate) type TokenText = Wiped<TOKEN_TEXT>;

/// Octets that are overwritten when they are dropped. (Copies that moves leave behind are not.)
#[derive(Clone)]
pub(crate) struct Wiped<const N: usize>([u8; N]);

impl<const N: usize> Drop for Wiped<N> {
    fn drop(&mut self) {
        self.0.fill(0);
        // So that the compiler takes the zeros for needed.
        black_box(&mut self.0);
    }
}

impl TryFrom<&[u8]> for TokenText {
    type Error = std::array::TryFromSliceError;

    fn try_from(octets: &[u8]) -> Result<Self, Self::Error> {
        octets.try_into().map(Self)
    }
}

/// The public handle of a session: 16 random bytes, written as 22 characters of base64url.
///
/// Knowing it authenticates nobody: it may stand in a URL, a page or a log.
///
/// ```
/// use locals::SessionId;
///
/// let id: SessionId = "AAECAwQFBgcICQoLDA0ODw".parse()?;
/// assert_eq!(id.to_string(), "AAECAwQFBgcICQoLDA0ODw");
/// assert!("AAECAwQFBgcICQoLDA0ODx".parse::<SessionId>().is_err(), "not canonical");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; ID_BYTES]);

impl SessionId {
    /// The id as a store keeps it.
    pub const fn as_bytes(&self) -> &[u8; ID_BYTES] {
        &self.0
    }

    /// The id that a store kept.
    pub const fn from_bytes(bytes: [u8; ID_BYTES]) -> Self {
        Self(bytes)
    }

    /// The first eight characters: enough to find a session's lines in a log.
    pub(crate) fn prefix(&self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; ID_TEXT];
        f.pad(encode(&self.0, &mut text))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({self})")
    }
}

/// A text is not a session id: 22 characters of canonical base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session id: 22 characters of base64url were expected")]
pub struct ParseSessionIdError;

impl FromStr for SessionId {
    type Err = ParseSessionIdError;

    fn from_str(text: &str) -> Result<Self, ParseSessionIdError> {
        let mut id = [0; ID_BYTES];
        if text.len() != ID_TEXT || !decode(text.as_bytes(), &mut id) {
            return Err(ParseSessionIdError);
        }
        Ok(Self(id))
    }
}

impl serde::Serialize for SessionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for SessionId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
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

    /// A new token and what the store keeps of it.
    pub(crate) fn mint(entropy: Entropy) -> Result<(Self, Credential), RandomError> {
        let mut random = Wiped([0_u8; ID_BYTES + SECRET_BYTES]);
        entropy(&mut random.0)?;
        // A broken source tends to repeat one byte; chance does it once in 2^376.
        if random.0.iter().all(|byte| *byte == random.0[0]) {
            return Err(RandomError("the operating system returned constant bytes"));
        }
        let (id, secret) = random.0.split_at(ID_BYTES);
        let id = SessionId(id.try_into().expect("split at the id's length"));
        Ok((Self::join(id, secret), Credential::new(id, secret)))
    }

    /// A new secret for the session `id`.
    pub(crate) fn remint(
        id: SessionId,
        entropy: Entropy,
    ) -> Result<(Self, Credential), RandomError> {
        let (Self(mut text), _) = Self::mint(entropy)?;
        encode(&id.0, &mut text.0[..ID_TEXT]);
        let credential = Credential::of(&text).expect("a minted token parses");
        Ok((Self(text), credential))
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
        encode(&id.0, &mut text.0[..ID_TEXT]);
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
    fn presented(&self) -> Option<(SessionToken, Credential)>;
}

mod private {
    pub trait Sealed {}
    impl Sealed for &super::SessionToken {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

impl AsToken for &SessionToken {
    fn presented(&self) -> Option<(SessionToken, Credential)> {
        SessionToken::parse(&self.0.0)
    }
}

impl AsToken for &str {
    fn presented(&self) -> Option<(SessionToken, Credential)> {
        SessionToken::parse(self.as_bytes())
    }
}

impl AsToken for &String {
    fn presented(&self) -> Option<(SessionToken, Credential)> {
        SessionToken::parse(self.as_bytes())
    }
}

/// SHA-256 of a session's secret: what a store keeps instead of it.
///
/// Compared in constant time; never printed.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash as a store keeps it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash that a store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Whether both are the hash of the same secret, in constant time (ASVS 11.2.4).
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash([redacted])")
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
        Some(Self::new(SessionId(id), &secret.0))
    }

    fn new(id: SessionId, secret: &[u8]) -> Self {
        Self {
            id,
            secret_hash: SecretHash(Sha256::digest(secret).into()),
        }
    }
}

/// A source of random bytes; only tests have another than the operating system.
pub(crate) type Entropy = fn(&mut [u8]) -> Result<(), RandomError>;

/// The operating system could not give random bytes, so no token was made.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no random bytes for a session token: {0}")]
pub struct RandomError(
    /// What went wrong.
    pub &'static str,
);

pub(crate) fn operating_system(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError("the operating system's generator failed"))
}

/// `text` has to have the length that the bytes take.
fn encode<'t>(bytes: &[u8], text: &'t mut [u8]) -> &'t str {
    BASE64URL_NOPAD.encode_mut(bytes, text);
    std::str::from_utf8(text).expect("base64url is ASCII")
}

/// Decodes canonical base64url only: no padding, no other alphabet, no stray low bits.
fn decode(text: &[u8], bytes: &mut [u8]) -> bool {
    BASE64URL_NOPAD.decode_len(text.len()) == Ok(bytes.len())
        && BASE64URL_NOPAD.decode_mut(text, bytes).is_ok()
}

#[cfg(test)]
mod tests;
