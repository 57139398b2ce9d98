//! What the request's cookies present.

use crate::{
    cookie::read,
    request::{Field, RequestHead},
    token::{Credential, TokenText},
};

/// What the request's cookies say; the text is decoded when it is needed.
pub(super) enum Presented {
    Nothing,
    /// What can be no token.
    Unusable,
    Candidate(TokenText),
    /// Several values of our name: they open nothing, but each may end what it opens elsewhere.
    Several(Vec<TokenText>),
}

/// As many cookies as a browser is asked to keep for one domain (RFC 6265bis §6.1).
const MOST_VALUES: usize = 50;

impl Presented {
    pub(super) fn read(request: &impl RequestHead, name: &str) -> Self {
        let name = name.as_bytes();
        match read::find(request.lines(Field::Cookie), name) {
            read::Found::Absent => Self::Nothing,
            read::Found::Value(value) => match TokenText::try_from(value) {
                Ok(text) => Self::Candidate(text),
                Err(_) => Self::Unusable,
            },
            read::Found::Ambiguous => {
                tracing::warn!("ambiguous session cookies: taken as no session");
                let values = read::values(request.lines(Field::Cookie), name);
                let texts = values.filter_map(|value| TokenText::try_from(value).ok());
                Self::Several(texts.take(MOST_VALUES).collect())
            }
        }
    }

    /// The text of the token and what the store knows of it, if it is a token.
    pub(super) fn token(&self) -> Option<(&TokenText, Credential)> {
        match self {
            Self::Candidate(text) => Some((text, Credential::of(text)?)),
            Self::Nothing | Self::Unusable | Self::Several(_) => None,
        }
    }

    /// What each value that is a token would open, or end.
    pub(super) fn credentials(&self) -> impl Iterator<Item = Credential> {
        let texts = match self {
            Self::Nothing | Self::Unusable => &[],
            Self::Candidate(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts.as_slice(),
        };
        texts.iter().filter_map(Credential::of)
    }

    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}
