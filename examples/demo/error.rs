//! What a handler answers when something outside the visitor's reach fails.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

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
}

impl From<locals::Error> for AppError {
    fn from(error: locals::Error) -> Self {
        Self::Session(error)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Session(error) => error.into_response(),
            Self::Internal(error) => {
                tracing::error!("{error:#}");
                let text = "Something went wrong here. Please try again in a moment.";
                (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
            }
        }
    }
}
