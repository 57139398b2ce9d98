//! The demo of `locals`: a small web application with accounts, on axum and SQLite.
//!
//! `cargo run --example demo`, then open the address it prints. `PORT` and `DATABASE` change where. It is
//! the same on PostgreSQL: `DATABASE=postgres://localhost/demo cargo run --example demo --features postgres`.

mod api;
mod change;
mod devices;
mod entry;
mod error;
mod pages;
mod password;
mod refusal;
mod session;
mod users;
mod view;

use std::{
    env,
    ffi::OsStr,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use axum::{
    Router,
    extract::FromRef,
    routing::{get, post},
};
#[cfg(feature = "postgres")]
use locals::PostgresStore;
use locals::{Auth, BuildError, SqliteStore, store::Store};
use tokio::{net::TcpListener, signal};

use crate::{
    error::BoxError,
    users::{Account, Users},
};

/// The application's locals, so that a handler can declare `locals: &Locals<Required>`.
pub(crate) type Locals<M = locals::Lazy> = locals::Locals<Account, M>;

#[derive(Clone)]
struct AppState {
    auth: Auth<Account>,
    users: Users,
}

impl FromRef<AppState> for Auth<Account> {
    fn from_ref(state: &AppState) -> Self {
        state.auth.clone()
    }
}

impl FromRef<AppState> for Users {
    fn from_ref(state: &AppState) -> Self {
        state.users.clone()
    }
}

fn router(state: AppState) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/signup", get(entry::signup_form).post(entry::signup))
        .route("/login", get(entry::login_form).post(entry::login))
        .route("/logout", post(entry::logout))
        .route("/logout-everywhere", post(entry::logout_everywhere))
        .route("/account", get(pages::account))
        .route("/password", get(change::form).post(change::change))
        .route("/devices", get(devices::list))
        .route("/devices/{id}/revoke", post(devices::revoke))
        .route("/admin", get(pages::admin))
        .route("/api/me", get(api::me))
        .route("/api/token", post(api::token))
        .route("/style.css", get(pages::stylesheet))
        .fallback(pages::missing)
        .with_state(state)
}

#[tokio::main]
async fn main() -> ExitCode {
    // The library reports what it refuses and what failed through `tracing`.
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), BoxError> {
    let port: u16 = match env::var("PORT") {
        Ok(port) => port
            .parse()
            .map_err(|_| format!("PORT is `{port}`: give a number from 0 to 65535"))?,
        Err(_) => 3000,
    };
    let database = env::var_os("DATABASE").unwrap_or_else(|| "demo.db".into());
    let state = open(&database).await?;
    let _sweep = state.auth.sweep_every(Duration::from_secs(60 * 60));

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| format!("cannot listen on 127.0.0.1:{port}: {error}"))?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "locals demo on http://{address}")?;

    axum::serve(
        listener,
        router(state).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async {
        // Without a Ctrl-C handler the signal ends the process by itself.
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
    .await?;
    Ok(())
}

/// A database is the URL of a PostgreSQL, or else a file of SQLite.
async fn open(database: &OsStr) -> Result<AppState, BoxError> {
    match database.to_str() {
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            postgres(url).await
        }
        _ => sqlite(database).await,
    }
}

/// The store comes first: it creates the file readable by its owner only. The users table must be there
/// when the store is connected to, because the sessions refer to it.
async fn sqlite(file: &OsStr) -> Result<AppState, BoxError> {
    let store = SqliteStore::open(file)?;
    let users = Users::sqlite(file)?;
    let auth = auth(store.with_users("users")).await?;
    Ok(AppState { auth, users })
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<AppState, BoxError> {
    let store = PostgresStore::connect(url).await?;
    let users = Users::postgres(url).await?;
    let auth = auth(store.with_users("users")).await?;
    Ok(AppState { auth, users })
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_: &str) -> Result<AppState, BoxError> {
    let command = "cargo run --example demo --features postgres";
    Err(format!("this demo was compiled without PostgreSQL: `{command}`").into())
}

/// The same in front of every store.
async fn auth(store: impl Store<Account>) -> Result<Auth<Account>, BuildError> {
    Auth::builder(store)
        .login_path("/login")
        .security_stamp(|account: &Account| account.password_hash.as_bytes())
        .bearer()
        .on_refusal(refusal::answer)
        .insecure_dev()
        .connect()
        .await
}
