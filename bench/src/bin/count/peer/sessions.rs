//! tower-sessions alone, which knows no users: a session holds the id of one.

use super::Saving;
use axum::{
    Router,
    extract::Path,
    routing::{MethodRouter, get, post},
};
use locals_bench::application::email;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

const USER: &str = "user";

pub(super) fn app(saving: Saving) -> Router {
    with(get(page), saving)
}

pub(super) fn untouched() -> Router {
    with(get(|| async { email(1) }), Saving::OnChange)
}

fn with(page: MethodRouter, saving: Saving) -> Router {
    let sessions =
        SessionManagerLayer::new(MemoryStore::default()).with_always_save(saving == Saving::Always);
    Router::new()
        .route("/", page)
        .route("/login/{user}", post(sign_in))
        .route("/logout", post(sign_out))
        .layer(sessions)
}

async fn page(session: Session) -> String {
    let user = session.get::<i64>(USER).await.expect("a store");
    user.map(email).unwrap_or_default()
}

async fn sign_in(session: Session, Path(user): Path<i64>) {
    session.cycle_id().await.expect("a store");
    session.insert(USER, user).await.expect("a store");
}

async fn sign_out(session: Session) {
    session.flush().await.expect("a store");
}
