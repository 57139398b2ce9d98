//! The application of the sites: Ada signs in, changes something, and leaves.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    extract::{FromRef, State},
    http::header::CACHE_CONTROL,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use locals::{Auth, CookieOptions, MemoryStore, testing::TestClock, with_locals};
use tokio::sync::Notify;

use crate::site::Site;

#[derive(Clone, FromRef)]
pub(crate) struct App {
    pub(crate) auth: Auth,
    changes: Arc<Changes>,
    pub(crate) gate: Arc<Gate>,
}

/// How often something was changed.
#[derive(Default)]
struct Changes(AtomicU32);

/// Where `/slow` waits.
#[derive(Default)]
pub(crate) struct Gate {
    reached: Notify,
    opened: Notify,
}

#[with_locals]
async fn put_and_tell() -> Result<Redirect, locals::Error> {
    locals.put("state", "of the visitor")?;
    locals.flash("success", "Saved: <b>ä</b> \u{1f600}.");
    Ok(Redirect::to("/told"))
}

/// What the page before has told, and what it has put: shown once.
#[with_locals]
async fn told() -> String {
    let state: Option<String> = locals.take("state");
    let flashes = locals.flashes().into_iter();
    let flashes: Vec<_> = flashes.map(|flash| flash.text).collect();
    format!("{} [{}]", state.unwrap_or_default(), flashes.join(", "))
}

impl Gate {
    pub(crate) async fn reached(&self) {
        self.reached.notified().await;
    }

    pub(crate) fn open(&self) {
        self.opened.notify_one();
    }
}

impl App {
    /// With a clock that stands, so that the cookie's `Max-Age` is the same for all.
    pub(crate) fn with(cookie: CookieOptions) -> Self {
        let builder = Auth::builder(MemoryStore::new()).clock(TestClock::new());
        let auth = builder.cookie(cookie).build();
        Self::of(auth.expect("a cookie that can be"))
    }

    pub(crate) fn of(auth: Auth) -> Self {
        Self {
            auth,
            changes: Arc::default(),
            gate: Arc::default(),
        }
    }

    pub(crate) fn changes(&self) -> u32 {
        self.changes.0.load(Ordering::Relaxed)
    }

    pub(crate) async fn serve(&self) -> Site {
        Site::serve(self.routes()).await
    }

    pub(crate) fn routes(&self) -> Router {
        Router::new()
            .route("/home", get(home))
            .route("/put-and-tell", get(put_and_tell))
            .route("/told", get(told))
            .route("/whoami", get(whoami))
            .route("/account", get(account))
            .route("/login", post(login))
            .route("/logout-cookie-only", post(logout_cookie_only))
            .route("/change", post(change))
            .route("/slow", get(slow))
            .route("/greeting", get(greeting))
            .route("/cached", get(cached))
            .with_state(self.clone())
    }
}

/// A page with this text, from which everything can be done. The addresses are relative: the
/// application may be nested.
fn page(text: &str) -> Html<String> {
    Html(format!(
        "<p>{text}</p>
         <a id=whoami href=whoami>Who am I?</a>
         <form method=post action=login><button id=login>Login</button></form>
         <form method=post action=change><button id=change>Change</button></form>
         <form method=post action=logout-cookie-only><button id=forget>Forget</button></form>"
    ))
}

async fn home() -> Html<String> {
    page("welcome")
}

#[with_locals]
async fn whoami() -> Result<Html<String>, locals::Error> {
    Ok(match locals.get_session().await? {
        Some(session) => page(&format!("hello, {}", session.user_id())),
        None => page("hello, stranger"),
    })
}

#[with_locals(required)]
async fn account() -> Html<String> {
    page(&format!("account of {}", locals.get_session().user_id()))
}

#[with_locals]
async fn login() -> Result<Html<String>, locals::Error> {
    locals.sign_in("ada").await?;
    Ok(page("signed in"))
}

#[with_locals]
async fn logout_cookie_only() -> Html<String> {
    locals.clear_session();
    page("forgotten")
}

/// Asks for no session, so that nothing but the origin check is in the way.
#[with_locals]
async fn change(State(changes): State<Arc<Changes>>) -> Html<String> {
    let earlier = changes.0.fetch_add(1, Ordering::Relaxed);
    page(&format!("change {}", earlier + 1))
}

/// Loads the session, waits at the gate, and answers who was there.
#[with_locals]
async fn slow(State(gate): State<Arc<Gate>>) -> Result<String, locals::Error> {
    let user = locals
        .get_session()
        .await?
        .map(|session| session.user_id().to_string());
    gate.reached.notify_one();
    gate.opened.notified().await;
    Ok(user.unwrap_or_else(|| "stranger".into()))
}

/// Signs in, and claims that everybody may have a copy of the answer.
#[with_locals]
async fn greeting(State(changes): State<Arc<Changes>>) -> Result<Response, locals::Error> {
    locals.sign_in("ada").await?;
    Ok(cached(State(changes)).await)
}

/// The number of the call, for an hour.
async fn cached(State(changes): State<Arc<Changes>>) -> Response {
    let earlier = changes.0.fetch_add(1, Ordering::Relaxed);
    let policy = [(CACHE_CONTROL, "public, max-age=3600")];
    (policy, (earlier + 1).to_string()).into_response()
}
