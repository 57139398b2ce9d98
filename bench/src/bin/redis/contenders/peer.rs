//! axum-login on tower-sessions and its store in Redis, by fred.

use axum::{Router, extract::Path, routing::get};
use axum_login::AuthManagerLayerBuilder;
use locals_bench::{
    application::Account,
    peer::{Backend, calls},
    rounds::{Call, Contender},
};
use std::sync::Arc;
use tower_sessions::SessionManagerLayer;
use tower_sessions_redis_store::{
    RedisStore,
    fred::prelude::{ClientLike, Config, ConnectionConfig, Pool, TcpConfig},
};

/// With six connections, as its documentation has it.
pub const AXUM_LOGIN: &str = "axum-login, fred, user";

/// With one, as ours, that sends at once what it has to.
pub const ONE: &str = "axum-login, fred 1 nodelay, user";

/// Both read the same sessions.
pub async fn reading(url: &str) -> [Contender; 2] {
    let app = documented(url).await;
    let calls = calls(&app).await;
    [
        Contender::new(AXUM_LOGIN, app, Arc::clone(&calls)),
        Contender::new(ONE, alone(url).await, calls),
    ]
}

pub async fn signing_in(url: &str, calls: &Arc<[Call]>) -> [Contender; 2] {
    [
        Contender::new(AXUM_LOGIN, documented(url).await, Arc::clone(calls)),
        Contender::new(ONE, alone(url).await, Arc::clone(calls)),
    ]
}

async fn documented(url: &str) -> Router {
    app(pool(url, None, 6).await)
}

async fn alone(url: &str) -> Router {
    let connection = ConnectionConfig {
        tcp: TcpConfig {
            nodelay: Some(true),
            ..TcpConfig::default()
        },
        ..ConnectionConfig::default()
    };
    app(pool(url, Some(connection), 1).await)
}

async fn pool(url: &str, connection: Option<ConnectionConfig>, connections: usize) -> Pool {
    let config = Config::from_url(url).expect("the URL of a Redis");
    let pool =
        Pool::new(config, None, connection, None, connections).expect("a connection or more");
    // It drives the connections on its own.
    drop(pool.init().await.expect("a server"));
    pool
}

fn app(pool: Pool) -> Router {
    let sessions = SessionManagerLayer::new(RedisStore::new(pool));
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
