//! The floor: one prepared join on one pipelined connection, and nothing done with what it says.

use crate::server;
use axum::{Router, extract::State, routing::get};
use http::{HeaderMap, header};
use locals::{Session, SessionId};
use locals_bench::{
    application::page,
    rounds::{Call, Contender},
};
use std::sync::Arc;
use tokio_postgres::{Client, Statement};

pub const DIRECT: &str = "tokio-postgres, prepared join";

const JOIN: &str = "
SELECT s.secret_hash, s.idle_until, u.id, u.email
FROM locals_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1";

#[derive(Clone)]
struct Direct {
    client: Arc<Client>,
    join: Statement,
}

pub async fn reading(url: &str, sessions: &[(i64, Session)]) -> Contender {
    let client = server::connect(url).await;
    let join = client.prepare(JOIN).await.expect("our tables");
    let state = Direct {
        client: Arc::new(client),
        join,
    };
    let app = Router::new().route("/", get(account)).with_state(state);
    let call = |(user, session): &(i64, Session)| page(*user, format!("id={}", session.id()));
    let calls: Vec<Call> = sessions.iter().map(call).collect();
    Contender::new(DIRECT, app, calls)
}

async fn account(State(direct): State<Direct>, headers: HeaderMap) -> String {
    let cookie = headers[header::COOKIE].to_str().expect("text");
    let id: SessionId = cookie[3..].parse().expect("an id");
    let id = id.as_bytes().as_slice();
    let row = direct
        .client
        .query_one(&direct.join, &[&id])
        .await
        .expect("a session");
    row.get(3)
}
