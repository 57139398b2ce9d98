//! A value as its cookie has it: JSON in base64url without padding.

use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;

/// How many octets all values and flashes of a browser take together, in base64url.
pub(super) const LIMIT: usize = 3 * 1024;

/// What a browser holds under a name.
pub(super) enum Held {
    /// What may have been written here.
    Text(Box<str>),
    /// Cookies of one name that say different things: which of them is ours cannot be told
    /// (RFC 6265bis §4.2.2).
    Several,
    /// What was never written here: not base64url, or larger than the limit.
    Foreign,
}

impl Held {
    fn of(octets: &[u8]) -> Self {
        let is_base64url = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        match std::str::from_utf8(octets) {
            Ok(text) if text.len() <= LIMIT && octets.iter().all(is_base64url) => {
                Self::Text(text.into())
            }
            _ => Self::Foreign,
        }
    }

    /// One more cookie of the same name.
    pub(super) fn add(held: &mut Option<Self>, octets: &[u8]) {
        *held = Some(match (held.take(), Self::of(octets)) {
            (None, only) => only,
            (Some(Self::Text(one)), Self::Text(other)) if one == other => Self::Text(one),
            (Some(Self::Foreign), Self::Foreign) => Self::Foreign,
            _ => Self::Several,
        });
    }

    /// The octets that it takes of the limit: what is not ours takes nothing.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Several | Self::Foreign => 0,
        }
    }
}

pub(super) fn encode(json: &[u8]) -> String {
    BASE64URL_NOPAD.encode(json)
}

/// How many octets so many of JSON become.
pub(super) fn encoded_size(json: usize) -> usize {
    BASE64URL_NOPAD.encode_len(json)
}

/// What the text says, if it says a `T`: it may be anybody's.
pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    let json = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}
