//! [`CurrentUser`] as an extractor.

use super::{Head, with_text};
use crate::{
    current_user::{CurrentUser, NoCurrentUser},
    handler,
    refusal::PlainResponse,
};
use axum_core::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::Response,
};
use http::request::Parts;

impl<U: Send + Sync + 'static, S: Send + Sync> FromRequestParts<S> for CurrentUser<U> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let head = Head::of_parts(parts);
        let shared = head.extension().cloned();
        let required = Self::require(shared).await;
        required.map_err(|missing| refused(missing, &head))
    }
}

impl<U: Send + Sync + 'static, S: Send + Sync> OptionalFromRequestParts<S> for CurrentUser<U> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Response> {
        let head = Head::of_parts(parts);
        let loaded = Self::load(head.extension().cloned()).await;
        loaded.map_err(|missing| refused(missing, &head))
    }
}

fn refused<U>(missing: NoCurrentUser<U>, head: &Head<'_>) -> Response {
    match missing {
        NoCurrentUser::NoLayer => with_text(PlainResponse::internal()),
        NoCurrentUser::Denied(auth, denial) => {
            let refusal = handler::refuse(denial, auth.config(), head);
            with_text(refusal.response())
        }
    }
}
