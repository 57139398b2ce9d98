//! [`CurrentUser`] as an extractor.

use super::{LocalFuture, respond};
use crate::{
    current_user::{CurrentUser, NoCurrentUser},
    handler,
    refusal::PlainResponse,
};
use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, dev::Payload,
    http::StatusCode,
};
use std::fmt;

/// An `Option<CurrentUser<U>>` is actix-web's own: `None` for whatever the extractor fails with. A store
/// that is down has been answered by the layer before.
impl<U: Send + Sync + 'static> FromRequest for CurrentUser<U> {
    type Error = Error;
    type Future = LocalFuture<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let shared = request.extensions().get().cloned();
            let required = Self::require(shared, request.head()).await;
            required.map_err(|missing| Missing { missing, request }.into())
        })
    }
}

/// Told when it is answered: who asks for an `Option` refuses nobody.
struct Missing<U> {
    missing: NoCurrentUser<U>,
    request: HttpRequest,
}

impl<U> Missing<U> {
    fn response(&self) -> PlainResponse {
        match &self.missing {
            NoCurrentUser::NoLayer => PlainResponse::internal(),
            NoCurrentUser::Refused(_, refusal) => refusal.response(),
        }
    }
}

impl<U> ResponseError for Missing<U> {
    fn status_code(&self) -> StatusCode {
        super::status(self.response().status)
    }

    fn error_response(&self) -> HttpResponse {
        if let NoCurrentUser::Refused(auth, refusal) = &self.missing {
            handler::tell(refusal, auth.config(), self.request.head());
        }
        respond(self.response())
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
