//! axum-login on tower-sessions, both on one pool of sqlx, as their documentation sets them up.

use crate::server::Place;
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
    MySqlStore,
    sqlx::{self, MySql, MySqlPool, mysql::MySqlPoolOptions},
};

pub const AXUM_LOGIN: &str = "axum-login, sqlx, user";

/// With a pool that does not ask a connection whether it is alive before it hands it out.
pub const UNTESTED: &str = "axum-login, sqlx untested, user";

const USER: &str = "SELECT id, email FROM users WHERE id = ?";

/// Both read the same sessions.
pub async fn reading(place: &Place) -> [Contender; 2] {
    let app = documented(place).await;
    let calls = calls(&app).await;
    let untested = MySqlPoolOptions::new().test_before_acquire(false);
    let untested = untested.connect(&place.url).await.expect("a server");
    let untested = self::app(untested, place).await;
    [
        Contender::new(AXUM_LOGIN, app, Arc::clone(&calls)),
        Contender::new(UNTESTED, untested, calls),
    ]
}

pub async fn signing_in(place: &Place, calls: &Arc<[Call]>) -> Contender {
    Contender::new(AXUM_LOGIN, documented(place).await, Arc::clone(calls))
}

async fn documented(place: &Place) -> Router {
    app(
        MySqlPool::connect(&place.url).await.expect("a server"),
        place,
    )
    .await
}

/// Its table is in our database, and not in one of its own, which would stay.
async fn app(pool: MySqlPool, place: &Place) -> Router {
    let store = MySqlStore::new(pool.clone());
    let store = store.with_schema_name(&place.name).expect("a name");
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
    pool: MySqlPool,
}

impl AuthnBackend for Backend {
    type User = Account;
    type Credentials = i64;
    type Error = sqlx::Error;

    async fn authenticate(&self, id: i64) -> Result<Option<Account>, sqlx::Error> {
        self.get_user(&id).await
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Account>, sqlx::Error> {
        let query = sqlx::query_as::<MySql, (i64, String)>(USER);
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
