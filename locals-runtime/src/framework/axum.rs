//! axum 0.8: [`WithLocals`] is an extractor, [`Flushed`] a response.

use super::http::{Head, vary};
use crate::{
    auth::Auth,
    error::Error,
    handler::{Flushed, OriginPolicy, Reason, Rejected, WithLocals},
    locals::{Kind, Locals},
    refusal::{Answer, Refusal},
};
use axum::{
    body::Body,
    extract::{FromRef, FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use std::convert::Infallible;

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

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let (locals, checked) = enter::<U, M, C, S>(&Head::of(&request), state);
        let admitted = match checked {
            Ok(()) => locals.admit().await,
            Err(refusal) => return Ok(Self::new(locals, Err(refusal.into()))),
        };
        let arguments = match admitted {
            Ok(()) => T::from_request(request, state).await.map_err(rejected),
            Err(denied) => Err(locals.refusal(denied, &Head::of(&request)).into()),
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
        let (locals, checked) = enter::<U, M, C, S>(&Head::of_parts(parts), state);
        let admitted = match checked {
            Ok(()) => locals.admit().await,
            Err(refusal) => return Ok(Self::new(locals, Err(refusal.into()))),
        };
        let arguments = match admitted {
            Ok(()) => T::from_request_parts(parts, state).await.map_err(rejected),
            Err(denied) => Err(locals.refusal(denied, &Head::of_parts(parts)).into()),
        };
        Ok(Self::new(locals, arguments))
    }
}

/// What needs no waiting: the token out of the cookie, and the origin check.
fn enter<U, M, C, S>(head: &Head<'_>, state: &S) -> (Locals<U, M>, Result<(), Refusal>)
where
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
    Auth<U>: FromRef<S>,
{
    let locals = Locals::new(Auth::from_ref(state), head);
    let checked = if C::CHECKS {
        locals.check_origin(head).map_err(Refusal::CrossSite)
    } else {
        Ok(())
    };
    (locals, checked)
}

fn rejected(rejection: impl IntoResponse) -> Rejected {
    Rejected(Box::new(Reason::Extractor(Box::new(
        rejection.into_response(),
    ))))
}

impl<R: IntoResponse> IntoResponse for Flushed<R> {
    fn into_response(self) -> Response {
        let mut response = match self.outcome {
            Ok(returned) => returned.into_response(),
            Err(rejected) => rejected.into_response(),
        };
        let store_failed = response.extensions().get::<StoreFailed>().is_some();
        self.closing.write(response.headers_mut(), store_failed);
        response
    }
}

/// Marks a response that reports a failed store: it carries nothing about cookies.
#[derive(Clone, Copy)]
struct StoreFailed;

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        match *self.0 {
            Reason::Refused(Refusal::Failed(error)) => error.into_response(),
            Reason::Refused(refusal) => refusal.answer().into_response(),
            Reason::Extractor(response) => match response.downcast::<Response>() {
                Ok(response) => *response,
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            },
        }
    }
}

impl IntoResponse for Error {
    /// 503, or 401 where the session or its user cannot be read or is gone.
    fn into_response(self) -> Response {
        let mut response = self.answer().into_response();
        if self.is_outage() {
            response.extensions_mut().insert(StoreFailed);
        }
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status)
            .expect("an answer's status is one of a few constants");
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        if let Some(location) = self.location.and_then(|path| path.try_into().ok()) {
            headers.insert(header::LOCATION, location);
        }
        if let Some(names) = self.vary {
            vary(headers, names);
        }
        response
    }
}
