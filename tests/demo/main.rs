//! The demo as a newcomer uses it: over HTTP with a cookie jar, and in headless Chromium.

mod browser;
#[path = "../support/chromium.rs"]
mod chromium;
mod database;
mod http;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod visitor;

use database::Database;

/// A new database of each kind that can be had here.
fn databases() -> Vec<Database> {
    let postgres = postgres_server().map(|server| Database::postgres(&server));
    [Some(Database::sqlite()), postgres, mysql(), redis()]
        .into_iter()
        .flatten()
        .collect()
}

/// If the demo was compiled for one.
fn postgres_server() -> Option<String> {
    if !cfg!(feature = "postgres") {
        return None;
    }
    Some(test_servers::Postgres::shared()?.url())
}

/// If the demo was compiled for it, and there is a server.
fn mysql() -> Option<Database> {
    if !cfg!(feature = "mysql") {
        return None;
    }
    Database::mysql()
}

/// If the demo was compiled for it, and it is installed.
fn redis() -> Option<Database> {
    if !cfg!(feature = "redis") {
        return None;
    }
    Database::redis()
}
