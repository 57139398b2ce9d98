//! [`RequestToken`]: what the request's cookies say.

use crate::{
    auth::Config,
    cookie::read::{self, CookieValue},
    event::Event,
    request::{Field, RequestHead},
    token::{Credential, TokenText},
    visitor::VisitorValues,
};

/// What the request's cookies say; the text is decoded when it is needed.
pub(super) enum RequestToken {
    Nothing,
    /// What can be no token.
    Unusable,
    Candidate(TokenText),
    /// Several values of our name: they open nothing, but each may end what it opens elsewhere.
    Several(Vec<TokenText>),
}

/// As many cookies as a browser is asked to keep for one domain (RFC 6265bis §6.1).
const MOST_VALUES: usize = 50;

impl RequestToken {
    /// With the visitor's values, if there are any: one pass over the cookies tells both.
    pub(super) fn parse(
        request: &impl RequestHead,
        config: &Config,
    ) -> (Self, Option<Box<VisitorValues>>) {
        let found = read::find(request.lines(Field::Cookie), config.cookie.name.as_bytes());
        let values = if found.is_any_beside {
            VisitorValues::read(request.lines(Field::Cookie), &config.cookie.name)
        } else {
            None
        };
        (Self::of(found.ours, request, config), values)
    }

    fn of(found: CookieValue<'_>, request: &impl RequestHead, config: &Config) -> Self {
        match found {
            CookieValue::Absent => Self::Nothing,
            CookieValue::Value(value) => match TokenText::try_from(value) {
                Ok(text) => Self::Candidate(text),
                Err(_) => Self::Unusable,
            },
            CookieValue::Ambiguous => {
                config.events.tell(&Event::AmbiguousCookie);
                let name = config.cookie.name.as_bytes();
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

    /// Whether there is one value that can be no token.
    pub(super) fn is_malformed(&self) -> bool {
        match self {
            Self::Unusable => true,
            Self::Candidate(text) => Credential::of(text).is_none(),
            Self::Nothing | Self::Several(_) => false,
        }
    }

    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}
