//! The floor: one command on one connection, and nothing done with what it says.

use crate::server;
use axum::{Router, extract::State, routing::get};
use http::{HeaderMap, header};
use locals::{Session, SessionId};
use locals_bench::{
    application::{email, page},
    rounds::{Call, Contender},
};
use redis::aio::MultiplexedConnection;

pub const DIRECT: &str = "redis, HGET";

pub async fn reading(url: &str, sessions: &[(i64, Session)]) -> Contender {
    let connection = server::connect(url).await;
    let app = Router::new()
        .route("/", get(account))
        .with_state(connection);
    let call = |(user, session): &(i64, Session)| {
        let cookie = format!("id={}; user={user}", session.id());
        page(*user, cookie)
    };
    let calls: Vec<Call> = sessions.iter().map(call).collect();
    Contender::new(DIRECT, app, calls)
}

async fn account(State(mut redis): State<MultiplexedConnection>, headers: HeaderMap) -> String {
    let cookie = headers[header::COOKIE].to_str().expect("text");
    let (id, user) = cookie[3..].split_once("; user=").expect("both");
    let id: SessionId = id.parse().expect("an id");
    let (field, of_user) = id.as_bytes().split_at(8);
    let of_user: String = of_user.iter().map(|byte| format!("{byte:02x}")).collect();
    let record: Option<Vec<u8>> = redis::cmd("HGET")
        .arg(format!("locals:{{{of_user}}}"))
        .arg(field)
        .query_async(&mut redis)
        .await
        .expect("an answer");
    assert!(record.is_some(), "a session");
    email(user.parse().expect("an id"))
}
