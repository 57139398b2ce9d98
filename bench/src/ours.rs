//! This library, in front of any store.

use crate::{
    application::{Account, SESSIONS, page},
    rounds::{Call, Contender},
};
use axum::{Router, extract::Path, routing::get};
use locals::{Auth, Session, with_locals};

pub const LOCALS: &str = "locals required, user";

/// And the sessions that it reads, with their users.
pub async fn reading(auth: Auth<Account>) -> (Contender, Vec<(i64, Session)>) {
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

pub fn app(auth: Auth<Account>) -> Router {
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
