//! axum-login on tower-sessions.

use super::Place;
use axum::{Router, extract::Path, routing::get};
use axum_login::AuthManagerLayerBuilder;
use locals_bench::{application::Account, peer::Backend};
use tower_sessions::{MemoryStore, SessionManagerLayer, SessionStore};
use tower_sessions_sqlx_store::{
    SqliteStore,
    sqlx::{
        SqlitePool,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

pub fn in_memory() -> Router {
    app(MemoryStore::default())
}

/// As quick as SQLite lets it be: readers and the writer do not wait for each other, and no change for the disk.
/// Ours waits for the disk when somebody signs in, which is not measured here.
pub async fn in_sqlite(place: &Place) -> Router {
    let options = SqliteConnectOptions::new()
        .filename(place.folder.join("sessions.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let pool = SqlitePool::connect_with(options).await.expect("a database");
    let store = SqliteStore::new(pool);
    store.migrate().await.expect("tables");
    app(store)
}

fn app<S: SessionStore + Clone>(store: S) -> Router {
    let sessions = SessionManagerLayer::new(store);
    Router::new()
        .route("/", get(account))
        .route_layer(axum_login::login_required!(Backend))
        .route("/login/{user}", get(sign_in))
        .layer(AuthManagerLayerBuilder::new(Backend, sessions).build())
}

type AuthSession = axum_login::AuthSession<Backend>;

async fn account(auth: AuthSession) -> String {
    auth.user.map(|account| account.email).unwrap_or_default()
}

async fn sign_in(mut auth: AuthSession, Path(user): Path<i64>) {
    auth.login(&Account::of(user)).await.expect("a session");
}
