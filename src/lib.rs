//! The session and the user of a request, in every web handler, by one attribute.
//!
//! `#[with_locals]` gives a handler a binding `locals` and sends the session's cookie on every way
//! out of it: `return`, `?`, the tail, a rejected form. There is no middleware to forget.
//!
//! ```no_run
//! use axum::{Form, Router, extract::State, response::{Html, Redirect}, routing::{get, post}};
//! use locals::{Auth, SqliteStore, with_locals};
//!
//! #[derive(Clone, serde::Deserialize)]
//! struct Account { id: i64, email: String, admin: bool }          // columns of the app's own table
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let store = SqliteStore::open("app.db")?.with_users("users"); // the app's table, key column `id`
//!     let auth: Auth<Account> = Auth::builder(store).login_path("/login").insecure_dev().build()?;
//!     let app = Router::new()
//!         .route("/", get(home))
//!         .route("/account", get(account))
//!         .route("/login", get(login_page).post(login))
//!         .route("/logout", post(logout))
//!         .with_state(auth);
//!     axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app).await?;
//!     Ok(())
//! }
//!
//! #[with_locals(user = Account)]
//! async fn home() -> Result<Html<String>, locals::Error> {
//!     let Some((_, account)) = locals.get_session_user().await? else {
//!         return Ok(Html("hello, stranger".into()));
//!     };
//!     Ok(Html(format!("hello, {}", account.email)))
//! }
//!
//! #[with_locals(user = Account, required)]
//! async fn account(State(auth): State<Auth<Account>>) -> Result<Html<String>, locals::Error> {
//!     let (session, Account { id, email, admin }) = locals.get_session_user();
//!     let devices = auth.list_sessions(session.user_id()).await?.len();
//!     Ok(Html(format!("{email}: user {id}, admin: {admin}, devices: {devices}")))
//! }
//!
//! async fn login_page() -> Html<&'static str> {
//!     Html("<form method=post><input name=email><input name=password type=password><button>Sign in</button></form>")
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Credentials { email: String, password: String }
//!
//! #[with_locals(user = Account)]
//! async fn login(Form(credentials): Form<Credentials>) -> Result<Redirect, locals::Error> {
//!     let Some(id) = check_password(&credentials) else {
//!         return Ok(Redirect::to("/"));
//!     };
//!     locals.sign_in(id).await?;
//!     Ok(Redirect::to("/account"))
//! }
//!
//! #[with_locals(user = Account)]
//! async fn logout() -> Result<Redirect, locals::Error> {
//!     locals.sign_out().await?;
//!     Ok(Redirect::to("/"))
//! }
//!
//! /// The application's part: find the user, verify the password against its hash.
//! fn check_password(credentials: &Credentials) -> Option<i64> {
//!     (credentials.email == "ada@example.com" && credentials.password == "swordfish").then_some(1)
//! }
//! ```
//!
//! # The three kinds of locals
//!
//! | attribute | `get_session()` | the handler runs |
//! |---|---|---|
//! | `#[with_locals]` ([`Lazy`]) | `async -> Result<Option<&Session>, Error>` | always; nothing is read until it is asked for |
//! | `#[with_locals(eager)]` ([`Eager`]) | `-> Option<&Session>` | unless the store fails (503) |
//! | `#[with_locals(required)]` ([`Required`]) | `-> &Session` | with a session that the [`Guard`] admits; else 401, 303 to the login page, 403, or 503 while the store fails: [refusals](guide::refusals) |
//!
//! `get_session_user()` brings the user too: by the same round trip where users and sessions are in one
//! database, else by a second one. All options are listed at [`macro@with_locals`], all that a binding can do
//! at [`Locals`].
//!
//! # Frameworks
//!
//! Handlers of actix-web look the same; their `Auth` comes from `App::app_data`.
//! `#[with_locals(http, auth = ..)]` is for functions from `http::Request` to `http::Response`.
//! [`RequireSession`] and [`CheckOrigin`] are for what cannot be annotated; [`guide::frameworks`] has all
//! of them side by side.
//!
//! # Where things are
//!
//! - [`Auth`]: sessions outside a handler: create, validate, list, invalidate.
//! - [`AuthBuilder`]: cookie, lifetimes, login page, origins; every default is the safe one.
//! - [`SqliteStore`], [`MemoryStore`], with the feature `postgres` `PostgresStore`, with `mysql` `MySqlStore`, with
//!   `redis` `RedisStore`, and [`store`] for one of your own. [`AuthBuilder::users_from`] puts the users of one
//!   beside the sessions of another.
//! - [`Error`]: a store that is down is an error and a 503, never "no session".
//! - [`Event`]: what happens to sessions, for counters and an audit log.
//! - [`Refusal`], [`PlainResponse`]: what is answered in a handler's place, in your own words.
//! - [`guide`]: pages on [frameworks](guide::frameworks), [refusals](guide::refusals),
//!   [users tables](guide::users_tables), [signing in](guide::signing_in),
//!   [the current user](guide::current_user), [bearer tokens](guide::bearer),
//!   [data of a session](guide::session_data), [values of a visitor](guide::visitor_values),
//!   [testing](guide::testing), [proxies](guide::proxies), [deploying](guide::deploying),
//!   [several machines](guide::several_machines), [sessions in MySQL](guide::mysql),
//!   [sessions in Redis](guide::redis), [events](guide::events), [streams](guide::streams), the
//!   [expansion](guide::expansion), and [coming from](guide::coming_from) another library.
//! - `testing`, with the feature of that name: a browser that is signed in, a clock to set, a store that
//!   fails on demand.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `axum` | yes | handlers of axum 0.8; brings `http` |
//! | `axum-core` | | handlers of another axum that stands on axum-core 0.5; brings `http` |
//! | `actix-web` | | handlers of actix-web 4 |
//! | `http` | | handlers of plain `http` 1, for hyper and others; tower layers |
//! | `sqlite` | yes | [`SqliteStore`], by a bundled SQLite |
//! | `postgres` | | `PostgresStore`, for PostgreSQL 13 or later, by tokio-postgres and rustls |
//! | `mysql` | | `MySqlStore`, for MySQL 8 and 9, and MariaDB 10.6 or later, by mysql_async and rustls |
//! | `redis` | | `RedisStore`, for Redis 6.2 or later and Valkey, by redis and rustls |
//! | `uuid` | | `UserId: From<Uuid>` |
//! | `testing` | | the module `testing` |
//!
//! Each of them is for Rust 1.88 or later.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use locals_macros::with_locals;
pub use locals_runtime::*;

#[cfg(doc)]
pub mod guide;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
