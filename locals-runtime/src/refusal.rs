//! What the library answers in a handler's place, and why: [`RefusalReason`], [`Denial`].
//!
//! `negotiate` says in which shape, `page` in which words, `hook` what the application says instead;
//! `pending` holds it until the response is made, `marks` is what the exit has to know of that.

mod hook;
mod marks;
mod negotiate;
mod page;
mod pending;
mod plain;

pub use hook::Refusal;
pub use plain::PlainResponse;

pub(crate) use hook::Hook;
pub(crate) use marks::Marks;
pub(crate) use pending::PendingRefusal;
pub(crate) use plain::{BY_BEARER, BY_COOKIE};

use crate::{
    error::{Error, StoreError},
    origin::CrossSite,
};
use std::fmt;

/// Why a handler does not run.
#[derive(Debug)]
pub enum Denial {
    /// The request comes from another site.
    CrossSite(CrossSite),
    /// There is no session.
    SignedOut,
    /// The guard does not admit this user.
    Forbidden,
    /// Whether there is a session could not be found out.
    Failed(Error),
}

impl Denial {
    pub(crate) fn reason(&self) -> RefusalReason {
        match self {
            Self::CrossSite(_) => RefusalReason::CrossSite,
            Self::SignedOut => RefusalReason::SignedOut,
            Self::Forbidden => RefusalReason::Forbidden,
            Self::Failed(Error::Store(StoreError::UserUnreadable { .. })) => {
                RefusalReason::UserUnreadable
            }
            Self::Failed(_) => RefusalReason::StoreFailed,
        }
    }

    /// Without the way to the login page.
    #[cfg(feature = "actix-web")]
    pub(crate) fn status(&self) -> u16 {
        self.plain().status
    }

    /// The answer as a line of text.
    fn plain(&self) -> PlainResponse {
        match self {
            Self::CrossSite(reason) => PlainResponse {
                vary: vec![match reason {
                    CrossSite::CookieAlone => "Sec-Fetch-Site, Origin, Cookie",
                    _ => "Sec-Fetch-Site, Origin",
                }],
                ..PlainResponse::text(403, "Cross-site request refused.\n")
            },
            Self::SignedOut => sign_in(),
            Self::Forbidden => not_allowed(),
            Self::Failed(error) => error.response(),
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

/// Marks a response with which the library refused a request: it is in the response's extensions, on every
/// framework and from every gate, and in those of no response that a handler made itself.
///
/// For a layer that counts, logs or dresses what was refused, and leaves a handler's own 401 alone:
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::{Router, middleware::map_response, response::Response};
/// use locals::Refused;
///
/// async fn count(response: Response) -> Response {
///     if let Some(refused) = response.extensions().get::<Refused>() {
///         println!("refused: {}", refused.reason());
///     }
///     response
/// }
///
/// fn counted(app: Router) -> Router {
///     app.layer(map_response(count))
/// }
/// # }
/// ```
///
/// On actix-web, a middleware finds it in `response.response().extensions()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    reason: RefusalReason,
}

impl Refused {
    /// Why.
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }
}

fn not_allowed() -> PlainResponse {
    PlainResponse::text(403, "Not allowed.\n")
}

fn sign_in() -> PlainResponse {
    PlainResponse::text(401, "Sign in first.\n")
}

impl Error {
    /// The status of the response that this error is, for an error type of your own that answers in
    /// another form, such as JSON.
    ///
    /// Put your body under the head of that response (on axum `error.into_response().into_parts()`): with it go the
    /// challenge, `Retry-After`, and that an outage takes no value from the browser.
    ///
    /// ```
    /// assert_eq!(locals::Error::NoSession.status(), 401);
    /// ```
    pub fn status(&self) -> u16 {
        match self {
            Self::Store(StoreError::Corrupt { .. } | StoreError::UnknownUser) | Self::NoSession => {
                401
            }
            Self::Store(StoreError::NotAdmitted) => 403,
            Self::Store(StoreError::UserUnreadable { .. } | StoreError::Unsupported(_))
            | Self::SignInOption { .. }
            | Self::Value { .. }
            | Self::HeadersSent => 500,
            Self::Store(_) | Self::Random(_) => 503,
        }
    }

    /// The response that stands for this error; its cause went to the log, and goes nowhere else.
    pub(crate) fn response(&self) -> PlainResponse {
        match self.status() {
            401 => sign_in(),
            403 => not_allowed(),
            500 if matches!(self, Self::Store(StoreError::UserUnreadable { .. })) => {
                PlainResponse::text(500, "This account cannot be read at present.\n")
            }
            500 => PlainResponse::internal(),
            status => PlainResponse {
                reports_outage: self.is_outage(),
                ..PlainResponse::text(status, "Try again in a moment.\n")
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
            (response.status, &*response.body),
            (500, "Something went wrong.\n")
        );
    }
}
