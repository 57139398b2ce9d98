//! Handlers of nothing but the crate `http` 1: `#[with_locals(http, auth = ..)]`.

mod headers;

use crate::{
    auth::Auth,
    error::Error,
    handler::{self, Cause, Rejected, WithLocals},
    locals::{Kind, Locals},
    origin::OriginPolicy,
    refusal::{Marks, PlainResponse},
    response::{ResponseField, ResponseHeaders},
};
use http::{Extensions, HeaderName, HeaderValue, Request, Response, StatusCode};
use std::future::Future;

pub(super) use headers::Head;

super::hands_on!(Extensions);

/// The response that stands for an answer, with this for its body.
pub(super) fn respond<B>(plain: &PlainResponse, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(plain.status).expect("its status is looked at when it is made");
    let headers = response.headers_mut();
    for (name, line) in plain.lines() {
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

/// 503 while the store cannot answer; 401, 403 and 500 as [`Error`] says; the body is empty.
impl<B: Default> From<Error> for Response<B> {
    fn from(error: Error) -> Self {
        respond(&error.response(), B::default())
    }
}

/// Locals that can be opened for a request; the attribute names them by any alias.
pub trait Open: Sized {
    #[doc(hidden)]
    type User;

    #[doc(hidden)]
    fn open<C: OriginPolicy>(
        auth: &Auth<Self::User>,
        head: Head<'_>,
    ) -> impl Future<Output = WithLocals<(), Self, C>> + Send;
}

impl<U: Send + Sync + 'static, M: Kind<U>> Open for Locals<U, M> {
    type User = U;

    async fn open<C: OriginPolicy>(auth: &Auth<U>, head: Head<'_>) -> WithLocals<(), Self, C> {
        let mut locals = Self::new(auth.clone(), &head, head.extension(), false);
        let admitted = handler::admit::<_, _, C>(&mut locals, &head).await;
        WithLocals::new(locals, admitted.map_err(Into::into))
    }
}

/// The way into a handler of plain `http`.
// Not an `async fn`: the future holds the head only, so that no body has to be `Sync`.
pub fn open<'a, L: Open, C: OriginPolicy, B>(
    auth: &'a Auth<L::User>,
    request: &'a Request<B>,
) -> impl Future<Output = WithLocals<(), L, C>> + Send + use<'a, L, C, B> {
    L::open(auth, Head::of(request))
}

/// What a handler of plain `http` may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `http::Response`",
    label = "this handler returns something that is no response",
    note = "return `http::Response<B>` or `Result<http::Response<B>, E>`; `B` implements `Default`, for the body of a refusal is empty"
)]
pub trait HttpResponse: Sized {
    #[doc(hidden)]
    type Body: Default;

    #[doc(hidden)]
    fn from_response(response: Response<Self::Body>) -> Self;

    /// Where the headers go, unless the handler failed.
    #[doc(hidden)]
    fn response_mut(&mut self) -> Option<&mut Response<Self::Body>>;
}

impl<B: Default> HttpResponse for Response<B> {
    type Body = B;

    fn from_response(response: Self) -> Self {
        response
    }

    fn response_mut(&mut self) -> Option<&mut Self> {
        Some(self)
    }
}

impl<B: Default, E> HttpResponse for Result<Response<B>, E> {
    type Body = B;

    fn from_response(response: Response<B>) -> Self {
        Ok(response)
    }

    fn response_mut(&mut self) -> Option<&mut Response<B>> {
        self.as_mut().ok()
    }
}

/// The one exit of a handler of plain `http`.
pub fn flush<R, U, M>(locals: &Locals<U, M>, outcome: Result<R, Rejected>) -> R
where
    R: HttpResponse,
    U: Send + Sync + 'static,
{
    locals.settle_at_once();
    let headers = locals.close();
    let mut returned = outcome.unwrap_or_else(|rejected| R::from_response(refuse(rejected)));
    if let Some(response) = returned.response_mut() {
        headers.write(marks(response), response.headers_mut());
    }
    returned
}

/// What this exit has to know of a response, if that is ours.
pub(super) fn marks<B>(response: &mut Response<B>) -> Marks {
    let marks = response.extensions_mut().get_mut::<Marks>();
    marks.map(Marks::heeded).unwrap_or_default()
}

fn refuse<B: Default>(Rejected(reason): Rejected) -> Response<B> {
    match *reason {
        Cause::Refused(refusal) => respond(&refusal.response(), B::default()),
        #[cfg(any(feature = "actix-web", feature = "axum-core"))]
        _ => respond(&PlainResponse::internal(), B::default()),
    }
}
