//! The types of the crate `http` 1, and handlers of nothing but these:
//! `#[with_locals(http, auth = ..)]`.

use super::StoreFailed;
use crate::{
    auth::Auth,
    error::Error,
    handler::{Close, Closed, OriginPolicy, Reason, Rejected, WithLocals},
    locals::{Kind, Locals},
    refusal::Answer,
    request::{Field, RequestHead},
    response::{ReplyField, ReplyHeaders, vary},
};
use http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header,
};
use std::{borrow::Cow, future::Future};

impl Field {
    fn name(self) -> HeaderName {
        const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
        match self {
            Self::Accept => header::ACCEPT,
            Self::Cookie => header::COOKIE,
            Self::Host => header::HOST,
            Self::Origin => header::ORIGIN,
            Self::SecFetchSite => SEC_FETCH_SITE,
            Self::Upgrade => header::UPGRADE,
        }
    }
}

impl ReplyField {
    fn name(self) -> HeaderName {
        const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
        match self {
            Self::CacheControl => header::CACHE_CONTROL,
            Self::ClearSiteData => CLEAR_SITE_DATA,
            Self::SetCookie => header::SET_COOKIE,
            Self::Vary => header::VARY,
        }
    }
}

/// The head of a request, wherever its parts are.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> Head<'a> {
    pub(super) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }

    #[cfg(feature = "axum")]
    pub(super) fn of_parts(parts: &'a http::request::Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            extensions: &parts.extensions,
        }
    }
}

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn scheme(&self) -> Option<&str> {
        self.uri.scheme_str()
    }

    fn authority(&self) -> Option<&str> {
        self.uri.authority().map(http::uri::Authority::as_str)
    }

    fn path_and_query(&self) -> Cow<'_, str> {
        let uri = super::original_uri(self.extensions).unwrap_or(self.uri);
        uri.path_and_query()
            .map_or("/", |path| path.as_str())
            .into()
    }

    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        let lines = self.headers.get_all(field.name()).into_iter();
        lines.map(HeaderValue::as_bytes)
    }
}

impl ReplyHeaders for HeaderMap {
    fn lines(&self, field: ReplyField) -> impl Iterator<Item = &[u8]> {
        let lines = self.get_all(field.name()).into_iter();
        lines.map(HeaderValue::as_bytes)
    }

    fn replace(&mut self, field: ReplyField, line: Cow<'static, str>) {
        let line = match line {
            Cow::Borrowed(line) => Ok(HeaderValue::from_static(line)),
            Cow::Owned(line) => HeaderValue::try_from(line),
        };
        if let Ok(line) = line {
            self.insert(field.name(), line);
        }
    }

    fn append_cookie(&mut self, line: String) {
        let mut line =
            HeaderValue::try_from(line).expect("the options were checked and a token is base64url");
        line.set_sensitive(true);
        self.append(header::SET_COOKIE, line);
    }

    fn retain_cookies(&mut self, mut keep: impl FnMut(&[u8]) -> bool) {
        if let header::Entry::Occupied(lines) = self.entry(header::SET_COOKIE) {
            let (_, lines) = lines.remove_entry_mult();
            let kept: Vec<_> = lines.filter(|line| keep(line.as_bytes())).collect();
            for line in kept {
                self.append(header::SET_COOKIE, line);
            }
        }
    }
}

/// The response that stands for an answer, with this for its body.
pub(super) fn respond<B>(answer: Answer, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).expect("an answer's status is one of a few constants");
    let headers = response.headers_mut();
    if let Some(location) = answer.location.and_then(|path| path.try_into().ok()) {
        headers.insert(header::LOCATION, location);
    }
    if let Some(names) = answer.vary {
        vary(headers, names);
    }
    if answer.reports_outage {
        response.extensions_mut().insert(StoreFailed);
    }
    response
}

/// 503, or 401 where the session or its user cannot be read or is gone; the body is empty.
impl<B: Default> From<Error> for Response<B> {
    fn from(error: Error) -> Self {
        respond(error.answer(), B::default())
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
        let locals = Self::new(auth.clone(), &head);
        let admitted = locals.admit::<C>(&head).await;
        WithLocals::new(locals, admitted)
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
pub trait HttpReply: Sized {
    #[doc(hidden)]
    type Body: Default;

    #[doc(hidden)]
    fn from_response(response: Response<Self::Body>) -> Self;

    /// Where the headers go, unless the handler failed.
    #[doc(hidden)]
    fn response_mut(&mut self) -> Option<&mut Response<Self::Body>>;
}

impl<B: Default> HttpReply for Response<B> {
    type Body = B;

    fn from_response(response: Self) -> Self {
        response
    }

    fn response_mut(&mut self) -> Option<&mut Self> {
        Some(self)
    }
}

impl<B: Default, E> HttpReply for Result<Response<B>, E> {
    type Body = B;

    fn from_response(response: Response<B>) -> Self {
        Ok(response)
    }

    fn response_mut(&mut self) -> Option<&mut Response<B>> {
        self.as_mut().ok()
    }
}

/// The one exit of a handler of plain `http`.
pub fn flush<R: HttpReply>(locals: &impl Close, outcome: Result<R, Rejected>) -> R {
    let Closed(closing) = locals.close();
    let mut reply = outcome.unwrap_or_else(|rejected| R::from_response(refuse(rejected)));
    if let Some(response) = reply.response_mut() {
        let store_failed = response.extensions().get::<StoreFailed>().is_some();
        closing.write(response.headers_mut(), store_failed);
    }
    reply
}

pub(super) fn refuse<B: Default>(Rejected(reason): Rejected) -> Response<B> {
    match *reason {
        Reason::Refused(refusal) => respond(refusal.answer(), B::default()),
        #[cfg(any(feature = "actix-web", feature = "axum"))]
        _ => respond(Answer::internal(), B::default()),
    }
}
