//! What the peers on axum-login have in common.

use crate::{
    application::{Account, SESSIONS, login, page},
    rounds::Call,
};
use axum::{Router, body::Body, response::Response};
use axum_login::{AuthUser, AuthnBackend, UserId};
use http::{Request, header};
use std::{convert::Infallible, sync::Arc};
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

/// Makes a user of the id, without asking anybody.
#[derive(Clone, Debug)]
pub struct Backend;

impl AuthnBackend for Backend {
    type User = Account;
    type Credentials = i64;
    type Error = Infallible;

    async fn authenticate(&self, id: i64) -> Result<Option<Account>, Infallible> {
        self.get_user(&id).await
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Account>, Infallible> {
        Ok(Some(Account::of(*id)))
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
    cookie_of(&response)
}

/// The cookie that a response sets, as the browser sends it.
pub fn cookie_of(response: &Response) -> String {
    let line = response.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text");
    line.split(';').next().expect("a pair").to_owned()
}
