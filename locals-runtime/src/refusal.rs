//! What the library answers in a handler's place: 401, 403, 503, or 303 to the login page.

use crate::{
    error::{Error, StoreError},
    origin::CrossSite,
    request::{RequestHead, local_path},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{borrow::Cow, sync::Arc};

/// Why a handler does not run.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The request comes from another site.
    CrossSite(CrossSite),
    /// There is no session.
    SignedOut(Way),
    /// The guard does not admit this user.
    Forbidden,
    /// Whether there is a session could not be found out.
    Failed(Error),
}

/// How somebody without a session gets to sign in.
#[derive(Debug, Default)]
pub(crate) struct Way {
    /// The page to come back to, if a browser asked for a page.
    pub(crate) next: Option<String>,
    /// The login page.
    pub(crate) login: Option<Cow<'static, str>>,
}

impl Way {
    pub(crate) fn of(request: &impl RequestHead, login: Option<&Arc<str>>) -> Self {
        let next = request
            .is_navigation()
            .then(|| request.path_and_query().into_owned());
        Self {
            next,
            login: login.map(|path| path.to_string().into()),
        }
    }

    fn location(&self) -> Option<String> {
        let (next, login) = (self.next.as_deref()?, self.login.as_deref()?);
        let path = |target| str::split(target, '?').next();
        if path(next) == path(login) {
            // The login page itself stands where a session is required: it would lead to itself.
            return None;
        }
        let Some(next) = local_path(next) else {
            return Some(login.to_owned());
        };
        let separator = if login.contains('?') { '&' } else { '?' };
        let next = utf8_percent_encode(next, QUERY_VALUE);
        Some(format!("{login}{separator}next={next}"))
    }
}

/// RFC 3986 §2.3: everything but the unreserved characters is encoded.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An answer in no framework's types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: &'static str,
    pub(crate) location: Option<String>,
    pub(crate) vary: Option<&'static str>,
    /// Nothing about cookies goes with it, unless the store has it already.
    pub(crate) reports_outage: bool,
}

impl Answer {
    fn plain(status: u16, body: &'static str) -> Self {
        Self {
            status,
            body,
            location: None,
            vary: None,
            reports_outage: false,
        }
    }

    /// For what cannot happen unless somebody builds the library's types by hand.
    #[cfg(any(feature = "actix-web", feature = "axum"))]
    pub(crate) fn internal() -> Self {
        Self::plain(500, "Something went wrong.\n")
    }

    fn not_allowed() -> Self {
        Self::plain(403, "Not allowed.\n")
    }

    fn sign_in() -> Self {
        Self::plain(401, "Sign in first.\n")
    }

    /// What a 401 has to say of how to authenticate (RFC 9110 §15.5.2).
    ///
    /// There is no registered scheme for a cookie (IANA, HTTP Authentication Scheme Registry), and those
    /// there are would be untrue: `Basic` would have browsers ask for a password that nobody takes.
    /// `Cookie`, as draft-broyer-http-cookie-auth has it, is true, and no browser acts on it.
    pub(crate) fn challenge(&self) -> Option<&'static str> {
        (self.status == 401).then_some(r#"Cookie realm="session""#)
    }
}

impl Refusal {
    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::CrossSite(reason) => Answer {
                vary: Some(match reason {
                    CrossSite::CookieAlone => "Sec-Fetch-Site, Origin, Cookie",
                    _ => "Sec-Fetch-Site, Origin",
                }),
                ..Answer::plain(403, "Cross-site request refused.\n")
            },
            Self::SignedOut(way) => match way.location() {
                Some(location) => Answer {
                    location: Some(location),
                    ..Answer::plain(303, "Sign in first.\n")
                },
                None => Answer::sign_in(),
            },
            Self::Forbidden => Answer::not_allowed(),
            Self::Failed(error) => error.answer(),
        }
    }
}

impl Error {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Store(StoreError::Corrupt { .. } | StoreError::UnknownUser) | Self::NoSession => {
                401
            }
            Self::Store(StoreError::NotAdmitted) => 403,
            Self::Store(StoreError::UserUnreadable { .. }) => 500,
            Self::Store(_) | Self::Random(_) => 503,
        }
    }

    /// The response that stands for this error; its cause goes to the log and nowhere else.
    pub(crate) fn answer(&self) -> Answer {
        match self {
            Self::Store(StoreError::Corrupt { .. }) => {
                tracing::error!(error = %self, "session refused");
            }
            Self::Store(StoreError::UnknownUser | StoreError::NotAdmitted) | Self::NoSession => {}
            Self::Store(_) | Self::Random(_) => {
                tracing::error!(error = %self, "request failed");
            }
        }
        match self.status() {
            401 => Answer::sign_in(),
            403 => Answer::not_allowed(),
            500 => Answer::plain(500, "This account cannot be read at present.\n"),
            status => Answer {
                reports_outage: self.is_outage(),
                ..Answer::plain(status, "Try again in a moment.\n")
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(next: &str, login: &'static str) -> Option<String> {
        let way = Way {
            next: Some(next.into()),
            login: Some(login.into()),
        };
        Refusal::SignedOut(way).answer().location
    }

    #[test]
    fn the_way_to_the_login_page_leads_back_and_nowhere_else() {
        let to = |path| location(path, "/login");
        assert_eq!(to("/a?b=c&d"), Some("/login?next=%2Fa%3Fb%3Dc%26d".into()));
        assert_eq!(to("//evil.example"), Some("/login".into()));
        assert_eq!(
            location("/a", "/login?lang=de"),
            Some("/login?lang=de&next=%2Fa".into())
        );
        assert_eq!(Refusal::SignedOut(Way::default()).answer().status, 401);
    }

    #[test]
    fn a_login_page_that_requires_a_session_does_not_lead_to_itself() {
        assert_eq!(location("/login?next=%2Fa", "/login"), None);
        assert_eq!(location("/login", "/login?lang=de"), None);
        assert_eq!(
            location("/login/a", "/login"),
            Some("/login?next=%2Flogin%2Fa".into())
        );
    }

    #[test]
    fn i_01_n_03_every_error_has_its_status_and_a_constant_body() {
        let corrupt = StoreError::Corrupt {
            id: "AAAAAAAA".into(),
            reason: "secret SQL".into(),
        };
        let unreadable = StoreError::UserUnreadable {
            reason: "secret column".into(),
        };
        for (error, status) in [
            (StoreError::unavailable("/var/lib/app.db is locked"), 503),
            (StoreError::Timeout, 503),
            (StoreError::DuplicateId, 503),
            (StoreError::Full { capacity: 1 }, 503),
            (corrupt, 401),
            (StoreError::UnknownUser, 401),
            (StoreError::NotAdmitted, 403),
            (unreadable, 500),
        ] {
            let answer = Error::from(error).answer();
            assert_eq!(answer.status, status);
            let body = match status {
                401 => "Sign in first.\n",
                403 => "Not allowed.\n",
                500 => "This account cannot be read at present.\n",
                _ => "Try again in a moment.\n",
            };
            assert_eq!(answer.body, body);
        }
    }
}
