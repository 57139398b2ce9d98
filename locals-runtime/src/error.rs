//! What can go wrong: [`Error`] in a request, [`StoreError`] in a store, [`BuildError`] at start.

use crate::token::{RandomError, SessionId};
use std::{borrow::Cow, fmt};

/// The error of another library, kept as the cause.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An operation on sessions failed: never the same as "there is no session".
///
/// It is a response by itself: axum's `IntoResponse`, actix-web's `ResponseError`,
/// `http::Response::from`, with a constant body, on plain `http` an empty one:
///
/// | status | |
/// |---|---|
/// | 401 | [`NoSession`](Self::NoSession); a session whose row cannot be read; a sign-in of somebody who is not there |
/// | 403 | a user who may not sign in |
/// | 500 | [`SignInOption`](Self::SignInOption), [`Value`](Self::Value), [`HeadersSent`](Self::HeadersSent); a user whose row does not fit the application's type; a store that is not able to do what was asked |
/// | 503 | every other [`Store`](Self::Store), such as one that does not answer; [`Random`](Self::Random) |
///
/// An error of your own hands it on; its `Display` names the cause, which is for the log. On axum:
///
/// ```
/// # #[cfg(feature = "axum")] mod on_axum {
/// use axum::{http::StatusCode, response::{IntoResponse, Response}};
///
/// enum AppError {
///     Locals(locals::Error),
///     NoSuchPage,
/// }
///
/// impl From<locals::Error> for AppError {
///     fn from(error: locals::Error) -> Self {
///         Self::Locals(error)
///     }
/// }
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         match self {
///             Self::Locals(error) => error.into_response(),
///             Self::NoSuchPage => StatusCode::NOT_FOUND.into_response(),
///         }
///     }
/// }
/// # }
/// ```
///
/// On actix-web, whose own `error_response` would send the `Display` text, cause included, to the
/// client:
///
/// ```
/// # #[cfg(feature = "actix-web")] mod on_actix {
/// use actix_web::{HttpResponse, ResponseError, http::StatusCode};
///
/// #[derive(Debug, thiserror::Error)]
/// enum AppError {
///     #[error(transparent)]
///     Locals(#[from] locals::Error),
///     #[error("there is no such page")]
///     NoSuchPage,
/// }
///
/// impl ResponseError for AppError {
///     fn status_code(&self) -> StatusCode {
///         match self {
///             Self::Locals(error) => error.status_code(),
///             Self::NoSuchPage => StatusCode::NOT_FOUND,
///         }
///     }
///
///     fn error_response(&self) -> HttpResponse {
///         match self {
///             Self::Locals(error) => error.error_response(),
///             Self::NoSuchPage => HttpResponse::NotFound().body(self.to_string()),
///         }
///     }
/// }
/// # }
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes could be had, so no session was made.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A sign-in was given something that no session can keep: no session was made or ended.
    #[error("`{option}` of a sign-in: {reason}")]
    SignInOption {
        /// The option.
        option: &'static str,
        /// What it has to be.
        reason: &'static str,
    },
    /// The response had its headers when the change was begun, so no cookie could reach the browser: nothing
    /// was changed, in the store neither. A handler ran on after a layer outside of it had answered.
    #[error("the response's headers are written: change the session before the response is made")]
    HeadersSent,
    /// A change was asked of the current session, but there is none (any more).
    #[error("there is no session to change: the request has none, or it ended meanwhile")]
    NoSession,
    /// A value was not given to the browser: [`Locals::put`](crate::Locals::put).
    #[error("the value `{name}` was not put: {reason}")]
    Value {
        /// What it was to be called.
        name: String,
        /// Why.
        #[source]
        reason: ValueError,
    },
}

/// Why a browser cannot carry a value.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Its name cannot stand in the name of a cookie.
    #[error("name it with 1 to 64 letters, digits and !#$%&'*+-^_`|")]
    Name,
    /// Its type cannot be written as JSON.
    #[error("it cannot be written as JSON: {0}")]
    Json(#[source] BoxError),
    /// There is no room for it beside the other values.
    #[error(
        "with the others it takes {octets} octets of cookies, and {limit} are allowed: keep it in a table, \
         and put its key"
    )]
    TooLarge {
        /// How many octets all values would take together.
        octets: usize,
        /// How many they may take.
        limit: usize,
    },
}

/// The text: `main` prints an error by its `Debug`, and so does `unwrap`.
macro_rules! debug_is_display {
    ($($error:ty),*) => {$(
        impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

debug_is_display!(Error, ValueError, StoreError, BuildError);

impl Error {
    /// Whether it will be better in a moment, unlike an answer that is no: the store could not do what it
    /// was asked, or there were no random bytes. 503.
    pub fn is_outage(&self) -> bool {
        self.status() == 503
    }
}

/// A store could not do what it was asked.
///
/// Implementors of [`SessionStore`](crate::store::SessionStore) choose the variant; everything that
/// has none of its own is [`Unavailable`](Self::Unavailable).
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached or cannot write: down, disk full, read-only, no permission.
    #[error("the session store is unavailable: {0}")]
    Unavailable(#[source] BoxError),
    /// The connection to the store broke: a read was tried twice; whether a write took place is unknown.
    #[error("the connection to the session store broke: {0}")]
    ConnectionLost(#[source] BoxError),
    /// As many calls are in flight as may be: this one was not waited for.
    #[error(
        "{in_flight} calls of the session store are in flight already: it is slow, or \
         `max_store_calls` is too low"
    )]
    Overloaded {
        /// How many.
        in_flight: usize,
    },
    /// The store did not answer in time; whether a write took place is unknown.
    #[error(
        "the session store did not answer in time: it is slow, or a transaction that is still open holds what was \
         asked for; commit before you sign in"
    )]
    Timeout,
    /// SQLite's write lock was held by somebody else all the time: nothing was written.
    #[error(
        "waited {} s for SQLite's write lock: does a transaction of this program hold it? commit before you \
         sign in",
        .waited.as_secs_f64()
    )]
    WriteLock {
        /// How long.
        waited: std::time::Duration,
    },
    /// A session's row is there but cannot be read. It is kept as it is.
    #[error("session {id}… cannot be read: {reason}")]
    Corrupt {
        /// The first characters of the session's public id.
        id: String,
        /// What does not fit.
        reason: String,
    },
    /// A session with this id exists already; it was left untouched.
    #[error("a session with this id exists already")]
    DuplicateId,
    /// A user is there, but its row does not fit the application's type. No session was made or ended:
    /// those there are go on when the row is mended.
    #[error("the user cannot be read: {reason}")]
    UserUnreadable {
        /// The column, and what does not fit: no value of it, but what the type's own `Deserialize` says.
        reason: String,
    },
    /// The user may not sign in: [`AuthBuilder::admits`](crate::AuthBuilder::admits) says so.
    #[error("this user may not sign in")]
    NotAdmitted,
    /// There is no such user, so no session was made.
    #[error("there is no user with this id")]
    UnknownUser,
    /// This store cannot do that at all; nothing was changed.
    #[error("this session store is not able {0}")]
    Unsupported(&'static str),
    /// A bounded store has no room for another session.
    #[error("the session store is full ({capacity} sessions)")]
    Full {
        /// How many sessions it holds.
        capacity: usize,
    },
    /// The store cannot be used as it is set up; the text says what to do.
    #[error("{0}")]
    Setup(String),
}

impl StoreError {
    /// [`Unavailable`](Self::Unavailable) with its cause.
    pub fn unavailable(cause: impl Into<BoxError>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// What is behind an outage, for another error that says itself that there is one.
    #[cfg(any(feature = "postgres", feature = "mysql", feature = "redis"))]
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Unavailable(cause) | Self::ConnectionLost(cause) => cause.to_string(),
            error => error.to_string(),
        }
    }

    /// [`Corrupt`](Self::Corrupt) for the row with this id.
    pub fn corrupt(id: &SessionId, reason: impl Into<String>) -> Self {
        Self::Corrupt {
            id: id.prefix(),
            reason: reason.into(),
        }
    }
}

/// [`AuthBuilder::build`](crate::AuthBuilder::build) was given something that cannot work.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A browser would refuse the cookie, or it would be unsafe.
    #[error("cookie {setting}: {reason}")]
    Cookie {
        /// `name`, `domain`, `path`, …
        setting: &'static str,
        /// Why it cannot be, and what can.
        reason: String,
    },
    /// A period of [`Lifetimes`](crate::Lifetimes) is zero.
    #[error("the lifetime `{0}` is zero: a session would be gone before its first use")]
    ZeroLifetime(&'static str),
    /// Not a serialized origin.
    #[error("`{origin}` is no origin that a browser would send: {reason}")]
    Origin {
        /// What was given.
        origin: String,
        /// What is wrong with it, or what to write.
        reason: Cow<'static, str>,
    },
    /// The login page must be a path of this site.
    #[error(
        "the login path `{0}` is no path of this site: begin it with a single `/`, percent-encode \
         it, and leave out `#`"
    )]
    LoginPath(String),
    /// What stands before the application's paths is a path itself.
    #[error(
        "the mount `{0}` is no path of this site: begin it with a single `/`, percent-encode it, and leave \
         out `?` and `#`"
    )]
    MountPath(String),
    /// The name of a field in a query.
    #[error("`{0}` is no name of a field: take letters, digits, `-`, `.`, `_` and `~`")]
    NextField(String),
    /// A user must be able to have a session.
    #[error("`max_sessions_per_user` is zero: nobody could sign in")]
    NoSessionsAllowed,
    /// Requests under way come with the old token.
    #[error("`grace` of `Renewal::Rotate` is zero: parallel requests would be taken for theft")]
    ZeroGrace,
    /// A store needs some time to answer.
    #[error("`store_deadline` is zero: no store could answer")]
    ZeroDeadline,
    /// A store behind a network has to be asked to be of use.
    #[error("`max_store_calls` is zero: no store could be asked")]
    NoCallsAllowed,
    /// The store cannot serve this application.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `fn main() -> Result<(), Box<dyn Error>>`.
    #[test]
    fn an_error_of_main_prints_its_text() {
        let setup = StoreError::Setup("drop the table, \"users\"".to_owned());
        let error: Box<dyn std::error::Error> = Box::new(BuildError::from(setup));
        assert_eq!(format!("{error:?}"), "drop the table, \"users\"");
        let error = BoxError::from(Error::NoSession);
        assert_eq!(format!("{error:?}"), Error::NoSession.to_string());
    }

    /// No cookie goes with any of them.
    #[test]
    fn i_03_whatever_is_answered_with_503_is_an_outage() {
        for error in [
            StoreError::unavailable("down"),
            StoreError::Timeout,
            StoreError::Full { capacity: 1 },
            StoreError::DuplicateId,
            StoreError::Setup("start again".to_owned()),
        ] {
            assert!(Error::from(error).is_outage());
        }
        assert!(Error::from(RandomError("none")).is_outage());
        for error in [StoreError::UnknownUser, StoreError::NotAdmitted] {
            assert!(!Error::from(error).is_outage());
        }
        assert!(!Error::NoSession.is_outage() && !Error::HeadersSent.is_outage());
    }

    #[test]
    fn i_01_errors_are_told_apart_and_are_not_no_session() {
        let down = Error::from(StoreError::unavailable("connection refused"));
        assert_eq!(
            down.to_string(),
            "the session store is unavailable: connection refused"
        );
        assert!(matches!(down, Error::Store(StoreError::Unavailable(_))));
    }
}
