//! axum 0.8, and whatever stands on axum-core 0.5: [`WithLocals`] is an extractor, [`Flushed`] a response.

mod current_user;

use super::http::{Head, hand_on, marks, respond};
use crate::{
    auth::Auth,
    error::Error,
    handler::{Cause, Flushed, Rejected, WithLocals, admit},
    locals::{Kind, Locals},
    origin::OriginPolicy,
    refusal::PlainResponse,
};
use axum_core::{
    body::Body,
    extract::{FromRef, FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header, request::Parts};
use std::{convert::Infallible, mem};

impl<T, U, M, C, S> FromRequest<S> for WithLocals<T, Locals<U, M>, C>
where
    T: FromRequest<S>,
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
    S: Send + Sync,
    Auth<U>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Infallible> {
        let head = Head::of(&request);
        let mut locals = Locals::new(Auth::from_ref(state), &head, head.extension(), C::HANDS_ON);
        let admitted = admit::<_, _, C>(&mut locals, &head).await;
        hand_on(&locals, request.extensions_mut());
        let arguments = match admitted {
            Ok(()) => T::from_request(request, state).await.map_err(rejected),
            Err(refusal) => Err(refusal.into()),
        };
        Ok(Self::new(locals, arguments))
    }
}

impl<T, U, M, C, S> FromRequestParts<S> for WithLocals<T, Locals<U, M>, C>
where
    T: FromRequestParts<S>,
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
    S: Send + Sync,
    Auth<U>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let head = Head::of_parts(parts);
        let mut locals = Locals::new(Auth::from_ref(state), &head, head.extension(), false);
        let arguments = match admit::<_, _, C>(&mut locals, &head).await {
            Ok(()) => T::from_request_parts(parts, state).await.map_err(rejected),
            Err(refusal) => Err(refusal.into()),
        };
        Ok(Self::new(locals, arguments))
    }
}

fn rejected(rejection: impl IntoResponse) -> Rejected {
    Rejected(Box::new(Cause::Response(rejection.into_response())))
}

impl<R: IntoResponse> IntoResponse for Flushed<R> {
    fn into_response(self) -> Response {
        let mut response = match self.outcome {
            Ok(returned) => returned.into_response(),
            Err(rejected) => rejected.into_response(),
        };
        let marks = marks(&mut response);
        self.headers.write(marks, response.headers_mut());
        response
    }
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        match *self.0 {
            Cause::Refused(refusal) => with_text(refusal.response()),
            Cause::Response(response) => response,
            #[cfg(feature = "actix-web")]
            Cause::ErrorInRequest => with_text(PlainResponse::internal()),
        }
    }
}

/// 503 while the store cannot answer; 401, 403 and 500 as [`Error`] says.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        with_text(self.response())
    }
}

/// With its body, for which only the frameworks have a type.
pub(super) fn with_text(mut plain: PlainResponse) -> Response {
    let body = Body::from(mem::take(&mut plain.body));
    let mut response = respond(&plain, body);
    let content_type = plain.content_type.as_deref().unwrap_or_default();
    if let Ok(content_type) = HeaderValue::from_bytes(content_type.as_bytes())
        && !content_type.is_empty()
    {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    response
}
