//! What a handler's parameters may be.

use std::{str::FromStr, sync::Arc};

use http::{Method, header::USER_AGENT};
use http_body_util::BodyExt;
use locals::Auth;
use serde::de::DeserializeOwned;

use super::{Request, Response, prelude::response, respond::Json};
use crate::{
    framework::App,
    rig::{Account, Stage},
};

pub(crate) trait FromRequest: Sized {
    /// Or the response that says why there is none.
    fn from_request(request: &mut Request) -> impl Future<Output = Result<Self, Response>> + Send;
}

fn app(request: &Request) -> &App {
    request.extensions().get().expect("every request has one")
}

/// For the `auth` of `#[with_locals(http, auth = auth_of(&request))]`.
pub(crate) fn auth_of(request: &Request) -> &Auth<Account> {
    &app(request).auth
}

fn bad_request(reason: String) -> Response {
    response(400, &[], reason)
}

/// What the `{}` of a route's path stood for.
#[derive(Clone)]
pub(crate) struct Captured(pub(crate) Option<String>);

pub(crate) struct Path<T>(pub(crate) T);

impl<T: FromStr> FromRequest for Path<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        let captured = request
            .extensions()
            .get()
            .and_then(|Captured(text)| text.as_ref());
        let parsed = captured.and_then(|text| text.parse().ok());
        parsed
            .map(Self)
            .ok_or_else(|| bad_request("path".to_owned()))
    }
}

pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        let query = request.uri().query().unwrap_or_default();
        let parsed = serde_urlencoded::from_str(query);
        parsed
            .map(Self)
            .map_err(|error| bad_request(format!("query: {error}")))
    }
}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        let body = request.body_mut().collect().await;
        let body = body.map_err(|error| bad_request(error.to_string()))?;
        let parsed = serde_json::from_slice(&body.to_bytes());
        parsed
            .map(Self)
            .map_err(|error| bad_request(format!("JSON: {error}")))
    }
}

impl FromRequest for String {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        let body = request.body_mut().collect().await;
        let body = body.map_err(|error| bad_request(error.to_string()))?;
        let text = Self::from_utf8(body.to_bytes().into());
        text.map_err(|error| bad_request(error.to_string()))
    }
}

impl FromRequest for Method {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        Ok(request.method().clone())
    }
}

/// What the handler shares with the test.
pub(crate) struct Shared(pub(crate) Arc<Stage>);

impl FromRequest for Shared {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        Ok(Self(Arc::clone(&app(request).stage)))
    }
}

/// Extracts nothing, and counts.
pub(crate) struct Counted;

impl FromRequest for Counted {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        app(request).stage.extract();
        Ok(Self)
    }
}

/// What the browser calls itself.
pub(crate) struct UserAgent(pub(crate) Vec<u8>);

impl FromRequest for UserAgent {
    async fn from_request(request: &mut Request) -> Result<Self, Response> {
        let agent = request.headers().get(USER_AGENT);
        Ok(Self(agent.map_or_else(Vec::new, |agent| {
            agent.as_bytes().to_owned()
        })))
    }
}
