//! What the library answers in a handler's place: 401, 403, 503, or 303 to the login page.

use crate::{
    error::{Error, StoreError},
    login::LoginRedirect,
    origin::CrossSite,
};
use std::fmt;

/// Why a handler does not run.
#[derive(Debug)]
pub enum Refusal {
    /// The request comes from another site.
    CrossSite(CrossSite),
    /// There is no session.
    SignedOut(LoginRedirect),
    /// The guard does not admit this user.
    Forbidden,
    /// Whether there is a session could not be found out.
    Failed(Error),
}

impl Refusal {
    /// Sends a browser that is not signed in to this page.
    pub(crate) fn redirect(&mut self, login: &'static str) {
        if let Self::SignedOut(redirect) = self {
            redirect.login = Some(login.into());
        }
    }

    pub(crate) fn reason(&self) -> RefusalReason {
        match self {
            Self::CrossSite(_) => RefusalReason::CrossSite,
            Self::SignedOut(_) => RefusalReason::SignedOut,
            Self::Forbidden => RefusalReason::Forbidden,
            Self::Failed(Error::Store(StoreError::UserUnreadable { .. })) => {
                RefusalReason::UserUnreadable
            }
            Self::Failed(_) => RefusalReason::StoreFailed,
        }
    }
}

/// Why the library answers in a handler's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The origin check takes the request for one of another site: 403.
    CrossSite,
    /// There is no session: 303 to the login page, or 401.
    SignedOut,
    /// The [`Guard`](crate::Guard) does not admit this user: 403.
    Forbidden,
    /// The store could not answer: 503.
    StoreFailed,
    /// The user's row does not fit the application's type: 500.
    UserUnreadable,
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CrossSite => "cross_site",
            Self::SignedOut => "signed_out",
            Self::Forbidden => "forbidden",
            Self::StoreFailed => "store_failed",
            Self::UserUnreadable => "user_unreadable",
        })
    }
}

/// A response in no framework's types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlainResponse {
    pub(crate) status: u16,
    pub(crate) body: &'static str,
    pub(crate) location: Option<String>,
    pub(crate) vary: Option<&'static str>,
    /// Nothing about cookies goes with it, unless the store has it already.
    pub(crate) reports_outage: bool,
}

impl PlainResponse {
    fn plain(status: u16, body: &'static str) -> Self {
        Self {
            status,
            body,
            location: None,
            vary: None,
            reports_outage: false,
        }
    }

    /// For a fault of the application's own code.
    pub(crate) fn internal() -> Self {
        Self::plain(500, "Something went wrong.\n")
    }

    fn not_allowed() -> Self {
        Self::plain(403, "Not allowed.\n")
    }

    fn sign_in() -> Self {
        Self::plain(401, "Sign in first.\n")
    }

    /// When to come again (RFC 9110 §10.2.3), in seconds: a store is back soon, or an operator is needed.
    pub(crate) fn retry_after(&self) -> Option<&'static str> {
        (self.status == 503).then_some("1")
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
    pub(crate) fn response(&self) -> PlainResponse {
        match self {
            Self::CrossSite(reason) => PlainResponse {
                vary: Some(match reason {
                    CrossSite::CookieAlone => "Sec-Fetch-Site, Origin, Cookie",
                    _ => "Sec-Fetch-Site, Origin",
                }),
                ..PlainResponse::plain(403, "Cross-site request refused.\n")
            },
            Self::SignedOut(redirect) => match redirect.location() {
                Some(location) => PlainResponse {
                    location: Some(location),
                    ..PlainResponse::plain(303, "Sign in first.\n")
                },
                None => PlainResponse::sign_in(),
            },
            Self::Forbidden => PlainResponse::not_allowed(),
            Self::Failed(error) => error.response(),
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
            Self::Store(StoreError::UserUnreadable { .. } | StoreError::Unsupported(_))
            | Self::SignIn { .. }
            | Self::Value { .. }
            | Self::HeadersSent => 500,
            Self::Store(_) | Self::Random(_) => 503,
        }
    }

    /// The response that stands for this error; its cause went to the log, and goes nowhere else.
    pub(crate) fn response(&self) -> PlainResponse {
        match self.status() {
            401 => PlainResponse::sign_in(),
            403 => PlainResponse::not_allowed(),
            500 if matches!(self, Self::Value { .. }) => PlainResponse::internal(),
            500 => PlainResponse::plain(500, "This account cannot be read at present.\n"),
            status => PlainResponse {
                reports_outage: self.is_outage(),
                ..PlainResponse::plain(status, "Try again in a moment.\n")
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ValueError;

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
            let response = Error::from(error).response();
            assert_eq!(response.status, status);
            let body = match status {
                401 => "Sign in first.\n",
                403 => "Not allowed.\n",
                500 => "This account cannot be read at present.\n",
                _ => "Try again in a moment.\n",
            };
            assert_eq!(response.body, body);
        }
        let error = Error::Value {
            name: "secret name".into(),
            reason: ValueError::Name,
        };
        let response = error.response();
        assert_eq!(
            (response.status, response.body),
            (500, "Something went wrong.\n")
        );
    }
}
