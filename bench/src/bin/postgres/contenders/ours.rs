//! This library.

use super::{Account, SESSIONS, page};
use crate::measure::{Call, Contender};
use axum::{Router, extract::Path, routing::get};
use locals::{Auth, PostgresStore, Session, with_locals};
use std::sync::Arc;

pub const LOCALS: &str = "locals required, user";

/// The one that signs in as the store does by default.
pub const WITH_TWO: &str = "locals, write connections: 2";

/// And the sessions that it reads, with their users.
pub async fn reading(url: &str) -> (Contender, Vec<(i64, Session)>) {
    let store = PostgresStore::connect(url).await.expect("a server");
    let auth = auth(store).await;
    let mut sessions = Vec::new();
    for user in 1..=SESSIONS {
        sessions.push((user, auth.create_session(user).await.expect("a session")));
    }
    let cookie = |session: &Session| format!("__Host-session={}", session.token().expose());
    let calls: Vec<Call> = sessions
        .iter()
        .map(|(user, session)| page(*user, cookie(session)))
        .collect();
    (Contender::new(LOCALS, app(auth), calls), sessions)
}

/// By the number of connections for writes.
pub async fn signing_in(url: &str, calls: &Arc<[Call]>) -> Vec<Contender> {
    let mut contenders = Vec::new();
    for connections in [1, 2, 4, 8] {
        let options = PostgresStore::options(url).expect("a URL of ours");
        let store = options
            .write_connections(connections)
            .connect()
            .await
            .expect("a server");
        let name = format!("locals, write connections: {connections}");
        contenders.push(Contender::new(
            name,
            app(auth(store).await),
            Arc::clone(calls),
        ));
    }
    contenders
}

async fn auth(store: PostgresStore) -> Auth<Account> {
    Auth::builder(store.with_users("users"))
        .connect()
        .await
        .expect("a users table")
}

fn app(auth: Auth<Account>) -> Router {
    Router::new()
        .route("/", get(account))
        .route("/login/{user}", get(login))
        .with_state(auth)
}

#[with_locals(user = Account, required)]
async fn account() -> String {
    let (_, account) = locals.get_session_user();
    account.email.clone()
}

#[with_locals(user = Account)]
async fn login(Path(user): Path<i64>) -> Result<String, locals::Error> {
    locals.sign_in(user).await?;
    Ok(String::new())
}
