//! What the request's cookies present.

use crate::{
    cookie::read,
    request::{Field, RequestHead},
    token::{Credential, TokenText},
};

/// What the request's cookies say; the text is decoded when it is needed.
pub(super) enum Presented {
    Nothing,
    Unusable,
    Candidate(TokenText),
}

impl Presented {
    pub(super) fn read(request: &impl RequestHead, name: &str) -> Self {
        match read::find(request.lines(Field::Cookie), name.as_bytes()) {
            read::Found::Absent => Self::Nothing,
            read::Found::Value(value) => match TokenText::try_from(value) {
                Ok(text) => Self::Candidate(text),
                Err(_) => Self::Unusable,
            },
            read::Found::Ambiguous => {
                tracing::warn!("ambiguous session cookies: taken as no session");
                Self::Unusable
            }
        }
    }

    /// The text of the token and what the store knows of it, if it is a token.
    pub(super) fn token(&self) -> Option<(&TokenText, Credential)> {
        match self {
            Self::Candidate(text) => Some((text, Credential::of(text)?)),
            Self::Nothing | Self::Unusable => None,
        }
    }

    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}
