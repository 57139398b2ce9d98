//! The floor: one prepared join, on as many connections as this library reads by, and nothing done with what it says.

use axum::{Router, extract::State, routing::get};
use http::{HeaderMap, header};
use locals::{Session, SessionId};
use locals_bench::{
    application::page,
    rounds::{Call, Contender},
};
use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts, prelude::Queryable};

pub const DIRECT: &str = "mysql_async, prepared join";

const JOIN: &str = "
SELECT s.secret_hash, s.idle_until, u.id, u.email
FROM locals_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?";

const CONNECTIONS: usize = 6;

pub fn reading(url: &str, sessions: &[(i64, Session)]) -> Contender {
    let app = Router::new().route("/", get(account)).with_state(pool(url));
    let call = |(user, session): &(i64, Session)| page(*user, format!("id={}", session.id()));
    let calls: Vec<Call> = sessions.iter().map(call).collect();
    Contender::new(DIRECT, app, calls)
}

/// One that keeps what is prepared on a connection.
fn pool(url: &str) -> Pool {
    let constraints = PoolConstraints::new(CONNECTIONS, CONNECTIONS).expect("six is six");
    let kept = PoolOpts::default()
        .with_constraints(constraints)
        .with_reset_connection(false);
    let opts = Opts::from_url(url).expect("a URL of ours");
    let opts = OptsBuilder::from_opts(opts).prefer_socket(false);
    Pool::new(opts.tcp_nodelay(true).pool_opts(kept))
}

async fn account(State(pool): State<Pool>, headers: HeaderMap) -> String {
    let cookie = headers[header::COOKIE].to_str().expect("text");
    let id: SessionId = cookie[3..].parse().expect("an id");
    let mut conn = pool.get_conn().await.expect("a server");
    let row = conn.exec_first(JOIN, (id.as_bytes().to_vec(),)).await;
    let row: Option<(Vec<u8>, i64, i64, String)> = row.expect("our tables");
    let (_, _, _, email) = row.expect("a session");
    email
}
