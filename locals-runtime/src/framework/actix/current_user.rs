//! [`CurrentUser`] as an extractor.

use super::{LocalFuture, respond};
use crate::{
    auth::Auth,
    current_user::{CurrentUser, NoCurrentUser},
    handler,
    refusal::{Denial, PlainResponse},
};
use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, dev::Payload,
    http::StatusCode,
};
use std::{cell::RefCell, fmt};

/// An `Option<CurrentUser<U>>` is actix-web's own: `None` for whatever the extractor fails with, and no
/// implementation of ours may stand beside that. Behind `LoadSession` and `RequireSession` a store that is
/// down is answered before; behind a function that loads nothing it is not, as the documentation says.
impl<U: Send + Sync + 'static> FromRequest for CurrentUser<U> {
    type Error = Error;
    type Future = LocalFuture<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let shared = request.extensions().get().cloned();
            let required = Self::require(shared).await;
            required.map_err(|missing| Missing::new(missing, request).into())
        })
    }
}

/// Told when it is answered: who asks for an `Option` refuses nobody.
struct Missing<U> {
    status: u16,
    /// Until it is answered.
    denied: RefCell<Option<(Auth<U>, Denial)>>,
    request: HttpRequest,
}

impl<U> Missing<U> {
    fn new(missing: NoCurrentUser<U>, request: HttpRequest) -> Self {
        let (status, denied) = match missing {
            NoCurrentUser::NoLayer => (500, None),
            NoCurrentUser::Denied(auth, denial) => (denial.status(), Some((auth, denial))),
        };
        Self {
            status,
            denied: RefCell::new(denied),
            request,
        }
    }
}

impl<U> ResponseError for Missing<U> {
    fn status_code(&self) -> StatusCode {
        super::status(self.status)
    }

    fn error_response(&self) -> HttpResponse {
        let Some((auth, denial)) = self.denied.take() else {
            return respond(PlainResponse::internal());
        };
        let refusal = handler::refuse(denial, auth.config(), self.request.head());
        respond(refusal.response())
    }
}

impl<U> fmt::Display for Missing<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no current user")
    }
}

impl<U> fmt::Debug for Missing<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
