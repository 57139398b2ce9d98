//! Where a request carries its token: in the session's cookie, or, if the application takes them, as a
//! bearer token. [`RequestToken`] is what it says.

mod bearer;

use crate::{
    auth::Config,
    cookie::read::{self, CookieValue},
    event::Event,
    request::{Field, RequestHead},
    token::{Credential, TokenText},
    visitor::VisitorValues,
};
use bearer::Authorization;

/// Where the token of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// The browser adds it unasked, and the response can change it.
    Cookie,
    /// `Authorization`: no page of another site can send it unasked, and no response changes it.
    Bearer,
}

/// What a request has to say of its session.
pub(crate) struct Presented {
    pub(crate) transport: Transport,
    pub(crate) token: RequestToken,
    /// The visitor's values, if there are any.
    pub(crate) values: Option<Box<VisitorValues>>,
}

impl Presented {
    /// Where both come, the bearer token alone counts: a browser adds the cookie unasked.
    #[inline]
    pub(crate) fn read(request: &impl RequestHead, config: &Config) -> Self {
        if config.takes_bearer
            && let Some(token) = RequestToken::of_authorization(request)
        {
            return Self {
                transport: Transport::Bearer,
                token,
                values: None,
            };
        }
        let (token, values) = RequestToken::of_cookies(request, config);
        Self {
            transport: Transport::Cookie,
            token,
            values,
        }
    }
}

/// The token of a request; the text is decoded when it is needed.
pub(crate) enum RequestToken {
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
    /// `None` without a bearer token.
    fn of_authorization(request: &impl RequestHead) -> Option<Self> {
        match bearer::read(request.lines(Field::Authorization)) {
            Authorization::NoBearer => None,
            Authorization::Bearer(text) => Some(match TokenText::try_from(text) {
                Ok(text) => Self::Candidate(text),
                Err(_) => Self::Unusable,
            }),
            Authorization::Ambiguous => Some(Self::Unusable),
        }
    }

    /// With the visitor's values, if there are any: one pass over the cookies tells both.
    #[inline]
    fn of_cookies(
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
                let name = config.cookie.name.as_bytes();
                let values = read::values(request.lines(Field::Cookie), name);
                let texts = values.filter_map(|value| TokenText::try_from(value).ok());
                Self::Several(texts.take(MOST_VALUES).collect())
            }
        }
    }

    /// The text of the token and what the store knows of it, if it is a token.
    pub(crate) fn token(&self) -> Option<(&TokenText, Credential)> {
        match self {
            Self::Candidate(text) => Some((text, Credential::of(text)?)),
            Self::Nothing | Self::Unusable | Self::Several(_) => None,
        }
    }

    /// What each value that is a token would open, or end.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = Credential> {
        let texts = match self {
            Self::Nothing | Self::Unusable => &[],
            Self::Candidate(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts.as_slice(),
        };
        texts.iter().filter_map(Credential::of)
    }

    /// What there is to tell of it, if it can open nothing.
    pub(crate) fn is_no_use_because(&self) -> Option<Event<'static>> {
        match self {
            Self::Unusable => Some(Event::Malformed),
            Self::Candidate(text) if Credential::of(text).is_none() => Some(Event::Malformed),
            Self::Several(_) => Some(Event::AmbiguousCookie),
            Self::Nothing | Self::Candidate(_) => None,
        }
    }

    pub(crate) fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}
