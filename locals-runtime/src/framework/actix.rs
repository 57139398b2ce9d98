//! actix-web 4: [`WithLocals`] is an extractor, [`Flushed`] a responder.

mod current_user;
pub(crate) mod from_fn;
mod headers;
mod middleware;

use crate::{
    auth::Auth,
    error::Error,
    event::TARGET,
    handler::{self, Cause, Flushed, Rejected, WithLocals},
    locals::{Kind, Locals},
    origin::OriginPolicy,
    refusal::{Marks, PlainResponse},
    response::{ResponseField, ResponseHeaders},
};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    dev::{Extensions, Payload},
    error::ErrorInternalServerError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web,
};
use std::{any::type_name, borrow::Cow, future::Future, mem, pin::Pin};

/// A future of one worker: actix-web moves no request to another thread.
type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

impl<T, U, M, C> FromRequest for WithLocals<T, Locals<U, M>, C>
where
    T: FromRequest + 'static,
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
{
    type Error = actix_web::Error;
    type Future = LocalFuture<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let (locals, arguments) = open::<T, U, M, C>(&request, &mut payload).await?;
            let arguments = arguments
                .and_then(|arguments| arguments.map_err(|error| rejected(&request, error)));
            Ok(Self::new(locals, arguments))
        })
    }
}

/// What a function's extractors say, unless it is not to run.
type Extracted<T> = Result<Result<T, actix_web::Error>, Rejected>;

async fn open<T, U, M, C>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> Result<(Locals<U, M>, Extracted<T>), actix_web::Error>
where
    T: FromRequest,
    U: Send + Sync + 'static,
    M: Kind<U>,
    C: OriginPolicy,
{
    let (auth, outer) = (auth_of(request)?, request.extensions().get().cloned());
    let mut locals = Locals::new(auth, request.head(), outer.as_ref(), C::HANDS_ON);
    let admitted = handler::admit::<_, _, C>(&mut locals, request.head()).await;
    hand_on(&locals, &mut request.extensions_mut());
    let extracted = match admitted {
        Ok(()) => Ok(T::from_request(request, payload).await.map_err(Into::into)),
        Err(refusal) => Err(refusal.into()),
    };
    Ok((locals, extracted))
}

super::hands_on!(Extensions);

/// What `App::app_data` was given, by itself or in `web::Data`.
fn auth_of<U: 'static>(request: &HttpRequest) -> Result<Auth<U>, actix_web::Error> {
    let in_data = || {
        request
            .app_data::<web::Data<Auth<U>>>()
            .map(|data| &***data)
    };
    let auth = request.app_data::<Auth<U>>().or_else(in_data);
    auth.cloned().ok_or_else(|| {
        tracing::error!(
            target: TARGET,
            "the application has no `Auth<{}>`: add `.app_data(auth.clone())` to the `App`; if it is \
             there with users of another type, name them: `#[with_locals(user = ..)]`",
            type_name::<U>()
        );
        ErrorInternalServerError(PlainResponse::internal().body)
    })
}

/// An extractor's error.
struct RejectedBy(actix_web::Error);

fn rejected(request: &HttpRequest, error: actix_web::Error) -> Rejected {
    request.extensions_mut().insert(RejectedBy(error));
    Rejected(Box::new(Cause::ErrorInRequest))
}

impl<R: Responder> Responder for Flushed<R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = match self.outcome {
            Ok(returned) => returned.respond_to(request).map_into_boxed_body(),
            Err(rejected) => refuse(rejected, request),
        };
        let marks = marks(&mut response);
        self.headers.write(marks, response.headers_mut());
        response
    }
}

fn refuse(Rejected(reason): Rejected, request: &HttpRequest) -> HttpResponse {
    match *reason {
        Cause::Refused(refusal) => respond(refusal.response()),
        Cause::ErrorInRequest => {
            // The error may want the request's extensions for itself: they are free again here.
            let error = request.extensions_mut().remove::<RejectedBy>();
            error.map_or_else(
                || respond(PlainResponse::internal()),
                |RejectedBy(error)| HttpResponse::from_error(error),
            )
        }
        #[cfg(feature = "axum-core")]
        Cause::Response(_) => respond(PlainResponse::internal()),
    }
}

/// 503 while the store cannot answer; 401, 403 and 500 as [`Error`] says.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status(self.status())
    }

    fn error_response(&self) -> HttpResponse {
        respond(self.response())
    }
}

fn respond(mut plain: PlainResponse) -> HttpResponse {
    let mut response = HttpResponse::build(status(plain.status));
    let mut response = match mem::take(&mut plain.body) {
        Cow::Borrowed(body) => response.body(body),
        Cow::Owned(body) => response.body(body),
    };
    let headers = response.headers_mut();
    let content_type = plain.content_type.as_deref();
    let content_type = content_type.map(|line| ("content-type", line));
    for (name, line) in plain.lines().chain(content_type) {
        let name = HeaderName::from_bytes(name.as_bytes());
        let line = HeaderValue::from_bytes(line.as_bytes());
        if let (Ok(name), Ok(line)) = (name, line) {
            headers.append(name, line);
        }
    }
    if let Some(names) = plain.vary() {
        headers.replace(ResponseField::Vary, names);
    }
    if let Some(marks) = plain.marks() {
        response.extensions_mut().insert(marks);
    }
    if let Some(refused) = plain.refused {
        response.extensions_mut().insert(refused);
    }
    response
}

/// What this exit has to know of a response, if that is ours.
fn marks<B>(response: &mut HttpResponse<B>) -> Marks {
    let mut extensions = response.extensions_mut();
    let marks = extensions.get_mut::<Marks>();
    marks.map(Marks::heeded).unwrap_or_default()
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).expect("its status is looked at when it is made")
}
