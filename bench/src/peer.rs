//! What the peers on axum-login have in common.

use crate::{
    application::{Account, SESSIONS, login, page},
    rounds::Call,
};
use axum::{Router, body::Body};
use axum_login::AuthUser;
use http::{Request, header};
use std::sync::Arc;
use tower::ServiceExt;

impl AuthUser for Account {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.email.as_bytes()
    }
}

/// What the browsers of those ask who have just signed in there.
pub async fn calls(app: &Router) -> Arc<[Call]> {
    let mut calls = Vec::new();
    for user in 1..=SESSIONS {
        calls.push(page(user, signed_in(app, user).await));
    }
    calls.into()
}

/// The cookie of the user's new session.
async fn signed_in(app: &Router, user: i64) -> String {
    let request = Request::get(login(user).uri)
        .body(Body::empty())
        .expect("a request");
    let response = app.clone().oneshot(request).await.expect("infallible");
    let line = response.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text");
    line.split(';').next().expect("a pair").to_owned()
}
