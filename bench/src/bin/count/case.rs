//! One kind of request, and those who ask it.

use axum::{Router, body::Body, routing::get};
use http::{HeaderValue, Request, header};
use http_body_util::BodyExt;
use locals_bench::application::email;
use std::pin::Pin;
use tempfile::TempDir;
use tower::ServiceExt;

/// How many users there are, each with one session.
pub const USERS: i64 = 400;

/// A case that is not made ready yet.
pub struct Named {
    pub name: &'static str,
    pub ready: Pin<Box<dyn Future<Output = Case>>>,
}

pub fn named(name: &'static str, ready: impl Future<Output = Case> + 'static) -> Named {
    Named {
        name,
        ready: Box::pin(ready),
    }
}

pub struct Case {
    pub app: Router,
    /// Each is asked once at most: signing out twice is something else.
    pub calls: Vec<Call>,
    pub answer: Answer,
    /// With the files of the store.
    pub folder: Option<TempDir>,
}

pub struct Call {
    request: Request<()>,
    /// The only right body of the answer, where it is known.
    body: Option<String>,
}

/// What all answers have in common.
#[derive(Clone, Copy)]
pub struct Answer {
    status: u16,
    sets_cookie: bool,
}

impl Answer {
    pub const OK: Self = Self {
        status: 200,
        sets_cookie: false,
    };
    pub const OK_WITH_COOKIE: Self = Self {
        status: 200,
        sets_cookie: true,
    };
    pub const FORBIDDEN: Self = Self {
        status: 403,
        sets_cookie: false,
    };
}

/// Whose page a form is on.
#[derive(Clone, Copy)]
pub enum Site {
    Ours,
    Another,
}

impl Call {
    /// The page that shows the e-mail of a user.
    pub fn page(user: i64, cookie: &HeaderValue) -> Self {
        let request = Request::get("/")
            .header(header::HOST, "example.com")
            .header(header::COOKIE, cookie);
        Self {
            request: request.body(()).expect("a request"),
            body: Some(email(user)),
        }
    }

    /// A form without fields, sent by a page in a browser.
    pub fn form(path: &str, site: Site, cookie: Option<&HeaderValue>) -> Self {
        let (origin, site) = match site {
            Site::Ours => ("https://example.com", "same-origin"),
            Site::Another => ("https://elsewhere.example", "cross-site"),
        };
        let mut request = Request::post(path)
            .header(header::HOST, "example.com")
            .header(header::ORIGIN, origin)
            .header("sec-fetch-site", site);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        Self {
            request: request.body(()).expect("a request"),
            body: None,
        }
    }

    pub fn sign_in(user: i64, site: Site) -> Self {
        Self::form(&format!("/login/{user}"), site, None)
    }

    pub fn request(&self) -> Request<Body> {
        self.request.clone().map(|()| Body::empty())
    }
}

impl Case {
    /// Without files.
    pub fn new(app: Router, calls: Vec<Call>, answer: Answer) -> Self {
        Self {
            app,
            calls,
            answer,
            folder: None,
        }
    }

    /// Asks so many requests, one after the other, and takes the files away.
    pub async fn run(self, requests: usize) {
        let calls = self.calls.get(..requests);
        for call in calls.unwrap_or_else(|| panic!("there are {USERS} requests, not {requests}")) {
            self.ask(call).await;
        }
        drop(self.folder);
    }

    async fn ask(&self, call: &Call) {
        let app = self.app.clone();
        let response = app.oneshot(call.request()).await.expect("infallible");
        assert_eq!(response.status(), self.answer.status);
        let sets_cookie = response.headers().contains_key(header::SET_COOKIE);
        assert_eq!(
            sets_cookie, self.answer.sets_cookie,
            "whether a cookie is set"
        );
        let body = response.into_body().collect().await.expect("a body");
        if let Some(expected) = &call.body {
            assert_eq!(body.to_bytes(), *expected);
        }
    }
}

/// A handler that reads no session.
pub async fn bare() -> Case {
    // As long as ours, so that only what is done with it makes the difference.
    let cookie = format!("unknown={}", "x".repeat(73));
    let cookie = HeaderValue::try_from(cookie).expect("a header");
    let app = Router::new().route("/", get(|| async { email(1) }));
    let calls = (0..USERS).map(|_| Call::page(1, &cookie)).collect();
    Case::new(app, calls, Answer::OK)
}
