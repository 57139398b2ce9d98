//! What a handler answers when something outside the visitor's reach fails.

use axum::{
    http::{StatusCode, response::Parts},
    response::{IntoResponse, Response},
};

use crate::view::{Page, notice};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug)]
pub(crate) enum AppError {
    /// The library knows its own answer: 503 while the store is out, 401 for a user who is gone.
    Session(locals::Error),
    Internal(BoxError),
}

impl AppError {
    pub(crate) fn internal(error: impl Into<BoxError>) -> Self {
        Self::Internal(error.into())
    }

    /// All but the body, which is another for a program than for a person. The library marks a store
    /// that failed in the extensions: no cookie goes with such a response.
    pub(crate) fn into_head(self) -> Parts {
        let response = match self {
            Self::Session(error) => error.into_response(),
            Self::Internal(error) => {
                tracing::error!("{error:#}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        };
        response.into_parts().0
    }
}

impl From<locals::Error> for AppError {
    fn from(error: locals::Error) -> Self {
        Self::Session(error)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let head = self.into_head();
        let page = failure(head.status);
        dressed(head, page)
    }
}

/// A head with the body of another response, and what that says of it.
pub(crate) fn dressed(mut head: Parts, body: impl IntoResponse) -> Response {
    let (dress, body) = body.into_response().into_parts();
    head.headers.extend(dress.headers);
    Response::from_parts(head, body)
}

/// The page for a failure of this status.
pub(crate) fn failure(status: StatusCode) -> Page {
    let home = ("/", "Home");
    match status {
        StatusCode::UNAUTHORIZED => {
            let text = "Your session is over, or this account is no more.";
            notice(status, "Sign in first", text, ("/login", "Sign in"))
        }
        StatusCode::FORBIDDEN => {
            let text = "This account may not do that.";
            notice(status, "Not allowed", text, home)
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            let text = "Who is signed in cannot be looked up at present. Nothing is lost, and you are \
                 still signed in if you were.";
            notice(status, "Try again in a moment", text, home)
        }
        _ => {
            let text = "It is our fault, not yours. Please try again in a moment.";
            notice(status, "Something went wrong", text, home)
        }
    }
}
