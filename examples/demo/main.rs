//! The demo of `locals`: a small web application with accounts, on axum and SQLite.
//!
//! `cargo run --example demo`, then open the address it prints. `PORT` and `DATABASE` change where. It is
//! the same on PostgreSQL: `DATABASE=postgres://localhost/demo cargo run --example demo --features postgres`, and on
//! MySQL or MariaDB: `DATABASE=mysql://demo:demo@127.0.0.1/demo cargo run --example demo --features mysql`.
//! Redis has the sessions, and the file `USERS` the accounts:
//! `DATABASE=redis://127.0.0.1/ cargo run --example demo --features redis`.

mod api;
mod change;
mod database;
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
use locals::Auth;
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
    let state = database::open().await?;
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
