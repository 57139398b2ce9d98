//! axum-login on tower-sessions.

use super::Saving;
use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use axum_login::AuthManagerLayerBuilder;
use locals_bench::{application::Account, peer::Backend};
use tower_sessions::{MemoryStore, SessionManagerLayer};

type AuthSession = axum_login::AuthSession<Backend>;

pub(super) fn app(saving: Saving) -> Router {
    let sessions =
        SessionManagerLayer::new(MemoryStore::default()).with_always_save(saving == Saving::Always);
    Router::new()
        .route("/", get(account))
        .route_layer(axum_login::login_required!(Backend))
        .route("/login/{user}", post(sign_in))
        .route("/logout", post(sign_out))
        .layer(AuthManagerLayerBuilder::new(Backend, sessions).build())
}

async fn account(auth: AuthSession) -> String {
    auth.user.map(|account| account.email).unwrap_or_default()
}

async fn sign_in(mut auth: AuthSession, Path(user): Path<i64>) {
    auth.login(&Account::of(user)).await.expect("a session");
}

async fn sign_out(mut auth: AuthSession) {
    auth.logout().await.expect("a session");
}
