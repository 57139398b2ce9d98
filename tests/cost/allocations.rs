//! The allocations of a request to an annotated handler, beyond those of a bare one.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use allocation_counter::measure;
use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Request, header},
    routing::get,
};
use futures_util::FutureExt;
use locals::{Auth, MemoryStore, Renewal, SqliteStore, UserId, testing::cookie_for, with_locals};
use serde::Deserialize;
use tower::ServiceExt;

#[derive(Clone, Deserialize)]
struct Account {
    email: String,
}

const EMAIL: &str = "ada@example.com";

async fn bare() -> String {
    EMAIL.to_owned()
}

#[with_locals(user = Account)]
async fn untouched() -> String {
    EMAIL.to_owned()
}

#[with_locals(user = Account)]
async fn used() -> Result<String, locals::Error> {
    let user = locals.get_session_user().await?;
    Ok(user.map_or_else(String::new, |(_, account)| account.email.clone()))
}

#[with_locals(user = Account, required)]
async fn required() -> String {
    let (_, account) = locals.get_session_user();
    account.email.clone()
}

fn in_memory() -> Auth<Account> {
    Auth::builder(MemoryStore::new())
        .users_with(ada)
        .build()
        .expect("safe defaults")
}

/// Whatever may be asked of a session and its user.
fn with_every_option() -> Auth<Account> {
    Auth::builder(MemoryStore::new())
        .users_with(ada)
        .admits(|account: &Account| !account.email.is_empty())
        .security_stamp(|account: &Account| account.email.as_bytes())
        .renewal(Renewal::Rotate {
            grace: Duration::from_secs(60),
        })
        .bearer()
        .trusted_origin_if(|_| true)
        .on_refusal(|_| None)
        .build()
        .expect("options that fit together")
}

async fn ada(_: UserId) -> Result<Option<Account>, Infallible> {
    let email = EMAIL.to_owned();
    Ok(Some(Account { email }))
}

fn in_sqlite(directory: &tempfile::TempDir) -> Auth<Account> {
    let path = directory.path().join("app.db");
    let store = SqliteStore::open(&path).expect("a new file");
    rusqlite::Connection::open(&path)
        .and_then(|file| {
            file.execute_batch(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
                 INSERT INTO users VALUES (1, 'ada@example.com')",
            )
        })
        .expect("a users table");
    let builder = Auth::builder(store.with_users("users"));
    builder.build().expect("the users table")
}

fn app(auth: &Auth<Account>) -> Router {
    Router::new()
        .route("/bare", get(bare))
        .route("/untouched", get(untouched))
        .route("/used", get(used))
        .route("/required", get(required))
        .with_state(auth.clone())
}

fn request(path: &str, cookie: &HeaderValue) -> Request<Body> {
    let builder = Request::get(path).header(header::COOKIE, cookie);
    builder.body(Body::empty()).expect("a request")
}

/// How often a request allocates from the router to the response's head, once it is warm.
///
/// It has its answer by the first poll: neither store makes a reader wait.
fn allocations(app: &Router, path: &str, cookie: &HeaderValue) -> u64 {
    least_allocations(app, || request(path, cookie))
}

fn least_allocations(app: &Router, request: impl Fn() -> Request<Body>) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..5 {
        let (request, app) = (request(), app.clone());
        let path = request.uri().clone();
        let mut response = None;
        let counted = measure(|| response = app.oneshot(request).now_or_never());
        let response = response.expect("an answer at once").expect("infallible");
        assert_eq!(response.status(), 200, "{path}");
        least = least.min(counted.count_total);
    }
    least
}

async fn beyond_bare(auth: &Auth<Account>, path: &str) -> u64 {
    let app = app(auth);
    let cookie = cookie_for(auth, 1).await.expect("a session");
    let cookie = HeaderValue::try_from(cookie).expect("a header");
    let bare = allocations(&app, "/bare", &cookie);
    let more = allocations(&app, path, &cookie).saturating_sub(bare);
    eprintln!("{path}: {more} allocations beyond the {bare} of a bare handler");
    more
}

#[tokio::test]
async fn a_lazy_handler_that_asks_for_nothing_allocates_nothing() {
    assert_eq!(beyond_bare(&in_memory(), "/untouched").await, 0);
}

#[tokio::test]
async fn session_and_user_from_memory_take_three_allocations() {
    for path in ["/used", "/required"] {
        assert!(beyond_bare(&in_memory(), path).await <= 3, "{path}");
    }
}

/// As long as nothing comes of them; looking at a user who has to be waited for takes one.
#[tokio::test]
async fn options_take_one_allocation_at_most() {
    let auth = with_every_option();
    assert_eq!(beyond_bare(&auth, "/untouched").await, 0);
    for path in ["/used", "/required"] {
        assert!(beyond_bare(&auth, path).await <= 4, "{path}");
    }
    let app = app(&auth);
    let session = auth.create_session(1).await.expect("a session");
    let cookie = HeaderValue::from_static("a=b; c=d");
    let bearer = HeaderValue::try_from(format!("Bearer {}", session.token().expose()));
    let bearer = bearer.expect("a header");
    for (path, most) in [("/bare", 0), ("/untouched", 0), ("/required", 4)] {
        let bare = allocations(&app, "/bare", &cookie);
        let with_header = || {
            let mut request = request(path, &cookie);
            let headers = request.headers_mut();
            headers.insert(header::AUTHORIZATION, bearer.clone());
            request
        };
        let more = least_allocations(&app, with_header).saturating_sub(bare);
        assert!(more <= most, "{path}: {more}");
    }
}

#[tokio::test]
async fn session_and_user_from_sqlite_take_seven_allocations() {
    let directory = tempfile::tempdir().expect("a folder");
    let auth = in_sqlite(&directory);
    for path in ["/used", "/required"] {
        assert!(beyond_bare(&auth, path).await <= 7, "{path}");
    }
}

/// A megabyte of each: nothing is allocated per pair, and it takes no time to speak of.
#[tokio::test]
async fn c_07_a_huge_cookie_header_costs_nothing() {
    let auth = in_memory();
    let app = app(&auth);
    let small = HeaderValue::from_static("a=b");
    let usual = allocations(&app, "/used", &small);
    for pair in [
        ";",
        "a=b;",
        "=",
        "__Host-session;",
        "__Host-session=x;",
        "x",
    ] {
        let huge = HeaderValue::try_from(pair.repeat((1 << 20) / pair.len())).expect("a header");
        assert_eq!(allocations(&app, "/used", &huge), usual, "{pair}");
        let quickest = quickest(&app, "/used", &huge).await;
        assert!(quickest < Duration::from_millis(5), "{pair}: {quickest:?}");
    }
}

#[tokio::test]
async fn c_08_a_malformed_token_costs_nothing() {
    let auth = in_memory();
    let app = app(&auth);
    let usual = allocations(&app, "/used", &HeaderValue::from_static("a=b"));
    let token = "A".repeat(66);
    for malformed in ["", "x", ".", &token, &token[..65], &"A".repeat(4000)] {
        let cookie = HeaderValue::try_from(format!("__Host-session={malformed}")).expect("text");
        assert_eq!(allocations(&app, "/used", &cookie), usual, "{malformed}");
        let quickest = quickest(&app, "/used", &cookie).await;
        assert!(
            quickest < Duration::from_millis(1),
            "{malformed}: {quickest:?}"
        );
    }
}

/// Of many, for the machine may have other things to do.
async fn quickest(app: &Router, path: &str, cookie: &HeaderValue) -> Duration {
    let mut quickest = Duration::MAX;
    for _ in 0..20 {
        let (request, app) = (request(path, cookie), app.clone());
        let start = Instant::now();
        app.oneshot(request).await.expect("infallible");
        quickest = quickest.min(start.elapsed());
    }
    quickest
}
