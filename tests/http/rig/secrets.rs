//! What may not be seen outside the cookie: a token's secret, its hash, and how they could be
//! written.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use sha2::{Digest, Sha256};

use super::Token;

impl Token {
    /// A well-formed token that no server has made.
    pub(crate) fn made_up() -> Self {
        let mut random = [0; 48];
        fastrand::fill(&mut random);
        let (id, secret) = random.split_at(16);
        let (id, secret) = (BASE64URL_NOPAD.encode(id), BASE64URL_NOPAD.encode(secret));
        Self(format!("{id}.{secret}"))
    }

    /// The same session's id with a secret that is not its own.
    pub(crate) fn with_made_up_secret(&self) -> Self {
        Self(format!("{}.{}", self.id(), Self::made_up().secret()))
    }

    /// The private half.
    pub(crate) fn secret(&self) -> &str {
        let (_, secret) = self
            .0
            .split_once('.')
            .expect("a token has an id and a secret");
        secret
    }

    pub(crate) fn secret_bytes(&self) -> Vec<u8> {
        let bytes = BASE64URL_NOPAD.decode(self.secret().as_bytes());
        bytes.expect("a secret is base64url")
    }

    /// What the store keeps of it.
    pub(crate) fn secret_hash(&self) -> Vec<u8> {
        let hash: [u8; 32] = Sha256::digest(self.secret_bytes()).into();
        hash.to_vec()
    }

    /// Secret and hash, in every form of [`written`].
    pub(crate) fn unspeakable(&self) -> Vec<String> {
        let mut forms = written(&self.secret_bytes());
        forms.extend(written(&self.secret_hash()));
        forms
    }
}

/// Bytes as somebody might print them: base64 in both alphabets, hexadecimal in both cases, and as
/// a list of numbers.
pub(crate) fn written(bytes: &[u8]) -> Vec<String> {
    let list = format!("{bytes:?}");
    vec![
        BASE64URL_NOPAD.encode(bytes),
        BASE64_NOPAD.encode(bytes),
        HEXLOWER.encode(bytes),
        HEXUPPER.encode(bytes),
        list.trim_matches(['[', ']']).to_owned(),
    ]
}
