//! axum_session, which knows no users: a session holds the id of one. Its cookie is neither signed nor encrypted, as
//! it is by default.

use super::page_of;
use axum::{Router, extract::Path, routing::get};
use axum_session::{Session, SessionConfig, SessionLayer, SessionNullPool, SessionStore};
use http::StatusCode;

const USER: &str = "user";

pub async fn in_memory() -> Router {
    let store = SessionStore::<SessionNullPool>::new(None, SessionConfig::default()).await;
    let store = store.expect("there is nothing to connect to");
    Router::new()
        .route("/", get(account))
        .route("/login/{user}", get(sign_in))
        .layer(SessionLayer::new(store))
}

async fn account(session: Session<SessionNullPool>) -> Result<String, StatusCode> {
    let user = session.get(USER);
    user.map(page_of).ok_or(StatusCode::UNAUTHORIZED)
}

async fn sign_in(session: Session<SessionNullPool>, Path(user): Path<i64>) {
    session.renew();
    session.set(USER, user);
}
