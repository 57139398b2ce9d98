//! What a handler may return.

use std::convert::Infallible;

use futures_util::stream;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Bytes, Frame};
use serde::Serialize;

use super::Response;
use crate::framework::AppError;

pub(crate) type Body = BoxBody<Bytes, Infallible>;

const TEXT: &[u8] = b"text/plain; charset=utf-8";

/// What the handler's own body comes to.
pub(crate) async fn answer<R: IntoResponse>(body: impl Future<Output = R>) -> Response {
    body.await.into_response()
}

pub(crate) fn response(status: u16, fields: &[(&str, &[u8])], body: impl Into<String>) -> Response {
    let mut response = Response::new(Full::from(body.into()).boxed());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        let value = HeaderValue::from_bytes(value).expect("a header's value");
        response.headers_mut().append(name, value);
    }
    response
}

/// Sends one piece after the other.
pub(crate) fn in_pieces(pieces: [&'static str; 3]) -> Response {
    let frames = pieces.map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes()))));
    Response::new(StreamBody::new(stream::iter(frames)).boxed())
}

pub(crate) trait IntoResponse {
    fn into_response(self) -> Response;
}

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

impl IntoResponse for &'static str {
    fn into_response(self) -> Response {
        response(200, &[("content-type", TEXT)], self)
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Response {
        response(200, &[("content-type", TEXT)], self)
    }
}

pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let json = serde_json::to_string(&self.0).expect("plain data");
        response(200, &[("content-type", b"application/json")], json)
    }
}

pub(crate) struct Redirect(&'static str);

pub(crate) fn see_other(path: &'static str) -> Redirect {
    Redirect(path)
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        response(303, &[("location", self.0.as_bytes())], "")
    }
}

impl<R: IntoResponse, E: IntoResponse> IntoResponse for Result<R, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(answer) => answer.into_response(),
            Err(error) => error.into_response(),
        }
    }
}

impl IntoResponse for locals::Error {
    fn into_response(self) -> Response {
        self.into()
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Locals(error) => error.into(),
            Self::Teapot => response(418, &[("content-type", TEXT)], "a teapot"),
            Self::Other(error) => response(500, &[("content-type", TEXT)], error.to_string()),
        }
    }
}
