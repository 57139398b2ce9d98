//! The cases of the other libraries, with sessions in memory.

mod login;
mod sessions;

use crate::case::{Answer, Call, Case, Named, Site, USERS, named};
use axum::Router;
use http::HeaderValue;
use locals_bench::peer::cookie_of;
use tower::ServiceExt;

pub fn cases() -> Vec<Named> {
    use Saving::{Always, OnChange};
    vec![
        named("axum-login/required", page(login::app(OnChange))),
        named("axum-login/renewal", renewal(login::app(Always))),
        named("axum-login/sign-in", signing_in(login::app(OnChange))),
        named("axum-login/sign-out", signing_out(login::app(OnChange))),
        named("tower-sessions/untouched", unread()),
        named("tower-sessions/used", page(sessions::app(OnChange))),
        named("tower-sessions/renewal", renewal(sessions::app(Always))),
        named(
            "tower-sessions/sign-in",
            signing_in(sessions::app(OnChange)),
        ),
        named(
            "tower-sessions/sign-out",
            signing_out(sessions::app(OnChange)),
        ),
    ]
}

/// When a request saves its session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Saving {
    OnChange,
    /// Which is how a session lasts as long as it is used.
    Always,
}

/// There is a session, and nobody asks for it.
async fn unread() -> Case {
    let app = sessions::untouched();
    let cookies = cookies(&app).await;
    let calls = calls(&cookies, |_, cookie| Call::page(1, cookie));
    Case::new(app, calls, Answer::OK)
}

async fn page(app: Router) -> Case {
    let cookies = cookies(&app).await;
    let calls = calls(&cookies, Call::page);
    Case::new(app, calls, Answer::OK)
}

async fn renewal(app: Router) -> Case {
    let cookies = cookies(&app).await;
    let calls = calls(&cookies, Call::page);
    Case::new(app, calls, Answer::OK_WITH_COOKIE)
}

/// Of a user who has one session elsewhere.
async fn signing_in(app: Router) -> Case {
    let cookies = cookies(&app).await;
    let calls = calls(&cookies, |user, _| Call::sign_in(user, Site::Ours));
    Case::new(app, calls, Answer::OK_WITH_COOKIE)
}

async fn signing_out(app: Router) -> Case {
    let cookies = cookies(&app).await;
    let sign_out = |_, cookie: &HeaderValue| Call::form("/logout", Site::Ours, Some(cookie));
    let calls = calls(&cookies, sign_out);
    Case::new(app, calls, Answer::OK_WITH_COOKIE)
}

/// Of a new session of each user, 1, 2 and so on.
async fn cookies(app: &Router) -> Vec<HeaderValue> {
    let mut cookies = Vec::new();
    for user in 1..=USERS {
        let request = Call::sign_in(user, Site::Ours).request();
        let response = app.clone().oneshot(request).await.expect("infallible");
        cookies.push(HeaderValue::try_from(cookie_of(&response)).expect("a header"));
    }
    cookies
}

fn calls(cookies: &[HeaderValue], call: impl Fn(i64, &HeaderValue) -> Call) -> Vec<Call> {
    (1..)
        .zip(cookies)
        .map(|(user, cookie)| call(user, cookie))
        .collect()
}
