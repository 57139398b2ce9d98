//! What `DATABASE` names: where the accounts and their sessions are.

use std::{env, ffi::OsStr};

#[cfg(feature = "mysql")]
use locals::MySqlStore;
#[cfg(feature = "postgres")]
use locals::PostgresStore;
#[cfg(feature = "redis")]
use locals::RedisStore;
use locals::{Auth, AuthBuilder, BuildError, SqliteStore, store::Store};

use crate::{
    AppState,
    error::BoxError,
    refusal,
    users::{Account, Users},
};

const FILE: &str = "demo.db";

/// The URL of a PostgreSQL, a MySQL or a Redis, or else a file of SQLite.
pub(crate) async fn open() -> Result<AppState, BoxError> {
    let database = env::var_os("DATABASE").unwrap_or_else(|| FILE.into());
    let url = database.to_str().unwrap_or_default();
    match url.split_once("://") {
        Some(("postgres" | "postgresql", _)) => postgres(url).await,
        Some(("mysql" | "mariadb", _)) => mysql(url).await,
        Some((scheme, _)) if is_of_redis(scheme) => redis(url).await,
        _ => sqlite(&database).await,
    }
}

/// With or without TLS, sentinels or a cluster.
fn is_of_redis(scheme: &str) -> bool {
    scheme == "unix" || scheme.starts_with("redis") || scheme.starts_with("valkey")
}

/// The store comes first: it creates the file readable by its owner only. The users table must be there
/// when the store is connected to, because the sessions refer to it.
async fn sqlite(file: &OsStr) -> Result<AppState, BoxError> {
    let store = SqliteStore::open(file)?;
    let users = Users::sqlite(file)?;
    let auth = auth(Auth::builder(store.with_users("users"))).await?;
    Ok(AppState { auth, users })
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<AppState, BoxError> {
    let store = PostgresStore::connect(url).await?;
    let users = Users::postgres(url).await?;
    let auth = auth(Auth::builder(store.with_users("users"))).await?;
    Ok(AppState { auth, users })
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_: &str) -> Result<AppState, BoxError> {
    without("PostgreSQL", "postgres")
}

#[cfg(feature = "mysql")]
async fn mysql(url: &str) -> Result<AppState, BoxError> {
    let store = MySqlStore::connect(url).await?;
    let users = Users::mysql(url).await?;
    let auth = auth(Auth::builder(store.with_users("users"))).await?;
    Ok(AppState { auth, users })
}

#[cfg(not(feature = "mysql"))]
async fn mysql(_: &str) -> Result<AppState, BoxError> {
    without("MySQL", "mysql")
}

/// The sessions alone: the accounts are in a file of SQLite, `USERS`.
#[cfg(feature = "redis")]
async fn redis(url: &str) -> Result<AppState, BoxError> {
    let sessions = RedisStore::connect(url).await?;
    let file = env::var_os("USERS").unwrap_or_else(|| FILE.into());
    let accounts = SqliteStore::open(&file)?.with_users("users");
    let users = Users::sqlite(file)?;
    let auth = auth(Auth::builder(sessions).users_from(accounts)).await?;
    Ok(AppState { auth, users })
}

#[cfg(not(feature = "redis"))]
async fn redis(_: &str) -> Result<AppState, BoxError> {
    without("Redis", "redis")
}

#[cfg(not(all(feature = "postgres", feature = "mysql", feature = "redis")))]
fn without(database: &str, feature: &str) -> Result<AppState, BoxError> {
    let command = format!("cargo run --example demo --features {feature}");
    Err(format!("this demo was compiled without {database}: `{command}`").into())
}

/// The same in front of every store.
async fn auth(
    builder: AuthBuilder<Account, impl Store<Account>>,
) -> Result<Auth<Account>, BuildError> {
    builder
        .login_path("/login")
        .security_stamp(|account: &Account| account.password_hash.as_bytes())
        .bearer()
        .on_refusal(refusal::answer)
        .insecure_dev()
        .connect()
        .await
}
