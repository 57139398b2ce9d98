//! The applications that are compared: each answers `GET /` with the e-mail of the user who is signed
//! in, and `GET /login/{user}` by signing in, without a look at a password.

mod direct;
mod ours;
mod peer;

pub use direct::DIRECT;
pub use ours::{LOCALS, WITH_TWO};
pub use peer::{AXUM_LOGIN, UNTESTED};

use crate::{
    measure::{Call, Contender},
    rows::email,
};
use axum::{Router, routing::get};
use http::{HeaderValue, Uri};
use std::sync::Arc;

pub const BARE: &str = "bare axum handler";

/// How many sessions the requests are spread over, each of another user.
const SESSIONS: i64 = 256;

#[derive(Clone, Debug, serde::Deserialize)]
pub struct Account {
    id: i64,
    email: String,
}

/// Those that read a session; the bare one, which does not, is the first.
pub async fn all(url: &str) -> Vec<Contender> {
    let (ours, sessions) = ours::reading(url).await;
    let mut contenders = vec![bare(), direct::reading(url, &sessions).await, ours];
    contenders.extend(peer::reading(url).await);
    contenders
}

/// Those that make sessions, of so many users in turn that none has more than a few of them.
pub async fn signing_in(url: &str) -> Vec<Contender> {
    let calls: Arc<[Call]> = (1..=8192).map(login).collect();
    let mut contenders = ours::signing_in(url, &calls).await;
    contenders.push(peer::signing_in(url, &calls).await);
    contenders
}

fn bare() -> Contender {
    let app = Router::new().route("/", get(|| async { email(1) }));
    // As long as ours, so that only what is done with it makes the difference.
    let cookie = format!("unknown={}", "x".repeat(73));
    Contender::new(BARE, app, [page(1, cookie)])
}

/// The call of a user whose session's cookie that is.
fn page(user: i64, cookie: String) -> Call {
    let cookie = HeaderValue::try_from(cookie).expect("a header");
    Call {
        uri: Uri::from_static("/"),
        cookie: Some(cookie),
        body: email(user),
    }
}

fn login(user: i64) -> Call {
    let uri = Uri::try_from(format!("/login/{user}")).expect("a path");
    Call {
        uri,
        cookie: None,
        body: String::new(),
    }
}
