//! [`LoadSession`], [`RequireSession`] and [`CheckOrigin`] as middleware: `App::wrap`, `Scope::wrap`.

use super::{LocalFuture, hand_on, marks, respond};
use crate::{
    guard::Guard,
    layer::{CheckOrigin, LoadSession, RequireSession, gate::Gate},
    locals::Locals,
    origin::OriginPolicy,
    response::SessionHeaders,
};
use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    http::StatusCode,
};
use std::{
    borrow::Cow,
    fmt,
    future::{Ready, ready},
    rc::Rc,
    task::{Context, Poll},
};

/// A service behind [`LoadSession`], [`RequireSession`] or [`CheckOrigin`].
pub struct Gated<S, P> {
    inner: Rc<S>,
    gate: P,
}

/// Every gate is a middleware in the same way.
macro_rules! middleware {
    ($($gate:ty [$($parameter:ident $(: $bound:path)?),*];)*) => {$(
        impl<S, B, $($parameter),*> Transform<S, ServiceRequest> for $gate
        where
            S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
            B: MessageBody + 'static,
            U: Send + Sync + 'static,
            $($($parameter: $bound,)?)*
        {
            type Response = ServiceResponse<EitherBody<B>>;
            type Error = Error;
            type Transform = Gated<S, Self>;
            type InitError = ();
            type Future = Ready<Result<Self::Transform, ()>>;

            fn new_transform(&self, service: S) -> Self::Future {
                ready(Ok(Gated {
                    inner: Rc::new(service),
                    gate: self.clone(),
                }))
            }
        }
    )*};
}

middleware! {
    LoadSession<U, C> [U, C: OriginPolicy];
    RequireSession<U, G, C> [U, G: Guard<U>, C: OriginPolicy];
    CheckOrigin<U> [U];
}

impl<S, B, P> Service<ServiceRequest> for Gated<S, P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
    P: Gate,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalFuture<Result<Self::Response, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let gate = self.gate.clone();
        let inner = Rc::clone(&self.inner);
        Box::pin(async move {
            let outer = request.extensions().get().cloned();
            let (locals, admitted) = gate.open(request.head(), outer).await;
            let mut response = match admitted {
                Ok(()) => {
                    hand_on(&locals, &mut request.extensions_mut());
                    match inner.call(request).await {
                        Ok(response) => response.map_into_left_body(),
                        Err(error) => {
                            locals.settle().await;
                            return Err(ErrorBehindGate::new(error, &locals).into());
                        }
                    }
                }
                Err(refusal) => request
                    .into_response::<BoxBody, _>(respond(refusal.response()))
                    .map_into_right_body(),
            };
            locals.settle().await;
            let cookie_name = &locals.auth().config().cookie.name;
            let marks = marks(response.response_mut());
            let headers = locals.close();
            headers.write_around(cookie_name, marks, response.headers_mut());
            Ok(response)
        })
    }
}

/// An error of what is behind the gate: actix-web makes its response outside of here, where nobody
/// could write into it.
pub(super) struct ErrorBehindGate {
    error: Error,
    cookie_name: Cow<'static, str>,
    headers: SessionHeaders,
    /// What an annotated function did has the last word; what a gate found has not.
    is_of_function: bool,
}

impl ErrorBehindGate {
    pub(super) fn new<U, M>(error: Error, locals: &Locals<U, M>) -> Self {
        Self {
            error,
            cookie_name: locals.auth().config().cookie.name.clone(),
            headers: locals.close(),
            is_of_function: false,
        }
    }

    pub(super) fn of_function<U, M>(error: Error, locals: &Locals<U, M>) -> Self {
        Self {
            is_of_function: true,
            ..Self::new(error, locals)
        }
    }
}

impl ResponseError for ErrorBehindGate {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.as_response_error().error_response();
        let marks = marks(&mut response);
        let headers = self.headers.clone();
        match self.is_of_function {
            true => headers.write(marks, response.headers_mut()),
            false => headers.write_around(&self.cookie_name, marks, response.headers_mut()),
        }
        response
    }
}

impl fmt::Display for ErrorBehindGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl fmt::Debug for ErrorBehindGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}
