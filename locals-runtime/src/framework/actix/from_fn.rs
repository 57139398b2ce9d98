//! Functions for actix-web's `middleware::from_fn`: what the attribute makes of one whose parameters end
//! with a `ServiceRequest` and a `Next`.

use super::{LocalFuture, middleware::ErrorBehindGate, open, respond};
use crate::{
    handler::{Cause, Rejected, WithLocals},
    locals::{Kind, Locals, Required},
    origin::{BeforeNext, OriginPolicy},
    refusal::PlainResponse,
};
use actix_web::{
    Error, FromRequest, HttpRequest,
    dev::{Payload, ServiceResponse},
    error::InternalError,
};

/// The first parameter of such a function: as [`WithLocals`], but the request's body is left to the
/// service behind the function, and a rejected extractor answers by itself.
#[must_use]
pub struct BeforeService<T, L, C>(WithLocals<T, L, C>);

impl<T, U, G, C> BeforeService<T, Locals<U, Required<G>>, C> {
    #[doc(hidden)]
    pub fn redirect(self, login: &'static str) -> Self {
        Self(self.0.redirected(login))
    }
}

/// The locals, and the function's arguments unless it is not to run.
pub fn opened<T, L, C>(request: BeforeService<T, L, C>) -> (L, Result<T, Rejected>) {
    crate::handler::opened(request.0)
}

impl<T, U, M, C> FromRequest for BeforeService<T, Locals<U, M>, C>
where
    T: FromRequest + 'static,
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
{
    type Error = Error;
    type Future = LocalFuture<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (locals, arguments) =
                open::<T, U, M, BeforeNext<C>>(&request, &mut Payload::None).await?;
            match arguments {
                Ok(Ok(arguments)) => Ok(Self(WithLocals::new(locals, Ok(arguments)))),
                Err(refused) => Ok(Self(WithLocals::new(locals, Err(refused)))),
                // The function does not run, so this is its exit.
                Ok(Err(error)) => {
                    locals.settle().await;
                    Err(ErrorBehindGate::of_function(error, &locals).into())
                }
            }
        })
    }
}

/// What such a function may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what actix-web's middleware returns",
    label = "this function returns something else than a service's response",
    note = "return `Result<ServiceResponse<B>, actix_web::Error>`, as `next.call(request).await` does"
)]
pub trait Passed: Sized {
    #[doc(hidden)]
    fn flushed<U, M>(self, locals: &Locals<U, M>) -> Self;

    #[doc(hidden)]
    fn failed(error: Error) -> Self;
}

impl<B> Passed for Result<ServiceResponse<B>, Error> {
    fn flushed<U, M>(self, locals: &Locals<U, M>) -> Self {
        match self {
            Ok(mut response) => {
                let marks = super::marks(response.response_mut());
                locals.close().write(marks, response.headers_mut());
                Ok(response)
            }
            Err(error) => Err(ErrorBehindGate::of_function(error, locals).into()),
        }
    }

    fn failed(error: Error) -> Self {
        Err(error)
    }
}

/// The one exit of such a function. A refusal leaves as an error that answers with its response: nobody
/// knows what the body of the service's own would be.
pub fn flush<R, U, M>(locals: &Locals<U, M>, outcome: Result<R, Rejected>) -> R
where
    R: Passed,
    U: Send + Sync + 'static,
{
    locals.settle_at_once();
    let Rejected(reason) = match outcome {
        Ok(passed) => return passed.flushed(locals),
        Err(rejected) => rejected,
    };
    let mut response = respond(match *reason {
        Cause::Refused(refusal) => refusal.response(),
        _ => PlainResponse::internal(),
    });
    let marks = super::marks(&mut response);
    locals.close().write(marks, response.headers_mut());
    R::failed(InternalError::from_response("refused", response).into())
}
