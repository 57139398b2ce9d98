//! One request at a time, by Ada, who is signed in.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
    response::{IntoResponse, Response},
};
use locals::{Auth, MemoryStore, testing::cookie_for};
use std::fmt::Write as _;
use tower::ServiceExt;

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    /// Whether the response went through the flush and carries what the handler left there.
    pub(crate) cookies: usize,
}

pub(crate) async fn ask(routes: Router<Auth>, target: &str) -> Answer {
    let auth = auth();
    ask_of(&auth, routes.with_state(auth.clone()), target).await
}

/// The same of an application with users, or a state, of its own.
pub(crate) async fn ask_of<U: Send + Sync + 'static>(
    auth: &Auth<U>,
    routes: Router,
    target: &str,
) -> Answer {
    let cookie = cookie_for(auth, "ada").await.expect("memory");
    let request = Request::get(target)
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .expect("a request");
    let response = routes.oneshot(request).await;
    read(response.into_response()).await
}

fn auth() -> Auth {
    Auth::builder(MemoryStore::new())
        .build()
        .expect("nothing is set")
}

async fn read(response: Response) -> Answer {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    Answer {
        status: head.status.as_u16(),
        text: String::from_utf8_lossy(&body).into_owned(),
        cookies: head.headers.get_all(header::SET_COOKIE).iter().count(),
    }
}

/// Asks for each target. Every handler clears the session, so every answer carries one cookie.
pub(crate) async fn expect(routes: Router<Auth>, answers: &[(&str, u16, &str)]) {
    let auth = auth();
    expect_of(&auth, routes.with_state(auth.clone()), answers).await;
}

/// The same of an application with users, or a state, of its own.
pub(crate) async fn expect_of<U: Send + Sync + 'static>(
    auth: &Auth<U>,
    routes: Router,
    answers: &[(&str, u16, &str)],
) {
    let mut wrong = String::new();
    for &(target, status, text) in answers {
        let answer = ask_of(auth, routes.clone(), target).await;
        let expected = Answer {
            status,
            text: text.to_owned(),
            cookies: 1,
        };
        if answer != expected {
            writeln!(wrong, "{target}: {answer:?}").expect("a string");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
