//! The applications that are compared: each answers `GET /` with the e-mail of the user who is signed
//! in, and `GET /login/{user}` by signing in, without a look at a password.

use crate::rounds::{Call, Contender};
use axum::{Router, routing::get};
use http::{HeaderValue, Uri};
use std::sync::Arc;

pub const BARE: &str = "bare axum handler";

/// How many sessions the requests are spread over, each of another user.
pub const SESSIONS: i64 = 256;

#[derive(Clone, Debug, serde::Deserialize)]
pub struct Account {
    pub id: i64,
    pub email: String,
}

impl Account {
    pub fn of(user: i64) -> Self {
        Self {
            id: user,
            email: email(user),
        }
    }
}

pub fn email(user: i64) -> String {
    format!("user{user}@example.com")
}

/// It reads no session.
pub fn bare() -> Contender {
    // As long as ours, so that only what is done with it makes the difference.
    let cookie = format!("unknown={}", "x".repeat(73));
    bare_for(BARE, [cookie])
}

/// The same for requests with these cookies, which are read from memory as those of the others are.
pub fn bare_for(name: impl Into<String>, cookies: impl IntoIterator<Item = String>) -> Contender {
    let app = Router::new().route("/", get(|| async { email(1) }));
    let calls: Vec<Call> = cookies.into_iter().map(|cookie| page(1, cookie)).collect();
    Contender::new(name, app, calls)
}

/// The call of a user whose session's cookie that is.
pub fn page(user: i64, cookie: String) -> Call {
    let cookie = HeaderValue::try_from(cookie).expect("a header");
    Call {
        uri: Uri::from_static("/"),
        cookie: Some(cookie),
        body: email(user),
    }
}

/// Of so many users in turn that none has more than a few sessions.
pub fn logins() -> Arc<[Call]> {
    (1..=8192).map(login).collect()
}

pub fn login(user: i64) -> Call {
    let uri = Uri::try_from(format!("/login/{user}")).expect("a path");
    Call {
        uri,
        cookie: None,
        body: String::new(),
    }
}
