//! JSON over plain `http`.

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::api::{ApiError, Credentials};

pub(crate) type Reply = Response<Full<Bytes>>;

pub(crate) async fn credentials(request: Request<Incoming>) -> Result<Credentials, ApiError> {
    let body = Limited::new(request.into_body(), 16 * 1024).collect().await;
    let body = body.map_err(|_| ApiError::Unreadable)?.to_bytes();
    serde_json::from_slice(&body).map_err(|_| ApiError::Unreadable)
}

pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = status;
    reply
}

pub(crate) fn with_json(mut reply: Reply, body: &Value) -> Reply {
    *reply.body_mut() = Full::from(body.to_string());
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(CONTENT_TYPE, json);
    reply
}

/// What the library refuses has no body: gives it one.
pub(crate) fn in_json(reply: Reply) -> Reply {
    if reply.status().as_u16() < 400 || !reply.body().is_end_stream() {
        return reply;
    }
    let error = json!({ "error": reply.status().to_string() });
    with_json(reply, &error)
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.status()).expect("it is one of six");
        with_json(empty(status), &json!({ "error": error.to_string() }))
    }
}
