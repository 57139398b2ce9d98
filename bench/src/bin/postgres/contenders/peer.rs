//! axum-login on tower-sessions, both on one pool of sqlx, as their documentation sets them up.

use axum::{Router, extract::Path, routing::get};
use axum_login::{AuthManagerLayerBuilder, AuthnBackend, UserId};
use locals_bench::{
    application::Account,
    peer::calls,
    rounds::{Call, Contender},
};
use std::sync::Arc;
use tower_sessions::SessionManagerLayer;
use tower_sessions_sqlx_store::{
    PostgresStore,
    sqlx::{self, PgPool, Postgres, postgres::PgPoolOptions},
};

pub const AXUM_LOGIN: &str = "axum-login, sqlx, user";

/// With a pool that does not ask a connection whether it is alive before it hands it out.
pub const UNTESTED: &str = "axum-login, sqlx untested, user";

const USER: &str = "SELECT id, email FROM users WHERE id = $1";

/// Both read the same sessions.
pub async fn reading(url: &str) -> [Contender; 2] {
    let app = app(PgPool::connect(url).await.expect("a server")).await;
    let calls = calls(&app).await;
    let untested = PgPoolOptions::new().test_before_acquire(false);
    let untested = self::app(untested.connect(url).await.expect("a server")).await;
    [
        Contender::new(AXUM_LOGIN, app, Arc::clone(&calls)),
        Contender::new(UNTESTED, untested, calls),
    ]
}

pub async fn signing_in(url: &str, calls: &Arc<[Call]>) -> Contender {
    let app = app(PgPool::connect(url).await.expect("a server")).await;
    Contender::new(AXUM_LOGIN, app, Arc::clone(calls))
}

async fn app(pool: PgPool) -> Router {
    let store = PostgresStore::new(pool.clone());
    store.migrate().await.expect("a table of sessions");
    let sessions = SessionManagerLayer::new(store);
    Router::new()
        .route("/", get(account))
        .route_layer(axum_login::login_required!(Backend))
        .route("/login/{user}", get(sign_in))
        .layer(AuthManagerLayerBuilder::new(Backend { pool }, sessions).build())
}

#[derive(Clone, Debug)]
struct Backend {
    pool: PgPool,
}

impl AuthnBackend for Backend {
    type User = Account;
    type Credentials = i64;
    type Error = sqlx::Error;

    async fn authenticate(&self, id: i64) -> Result<Option<Account>, sqlx::Error> {
        self.get_user(&id).await
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Account>, sqlx::Error> {
        let query = sqlx::query_as::<Postgres, (i64, String)>(USER);
        let row = query.bind(*id).fetch_optional(&self.pool).await?;
        Ok(row.map(|(id, email)| Account { id, email }))
    }
}

type AuthSession = axum_login::AuthSession<Backend>;

async fn account(auth: AuthSession) -> String {
    auth.user.map(|account| account.email).unwrap_or_default()
}

/// Without a query for the user: this library's contender is handed no more than the key either.
async fn sign_in(mut auth: AuthSession, Path(user): Path<i64>) {
    auth.login(&Account::of(user)).await.expect("a session");
}
