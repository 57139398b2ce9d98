//! Durable sign-ins, beside a row by hand and a commit for each.

use crate::filled::Filled;
use axum::{Router, extract::State, routing::get};
use locals_bench::{plan::Plan, results::Results, rounds::Contender, signing_in};
use rusqlite::{Connection, params};
use std::sync::{Arc, Mutex};

/// On the same file: both write the same table, with the same indexes.
pub async fn print(filled: &Filled, plan: &Plan, results: &Results) {
    let connection = Connection::open(filled.path()).expect("the database");
    let pragmas =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000";
    connection
        .execute_batch(pragmas)
        .expect("a log that is written ahead");
    let by_hand = Router::new()
        .route("/login/{user}", get(insert))
        .with_state(Arc::new(Mutex::new(connection)));
    let contenders = [
        filled.sign_ins(),
        Contender::new(
            format!("a commit each, {} sessions", filled.sessions),
            by_hand,
            filled.logins(),
        ),
    ];
    let [ours, theirs] = &contenders;
    signing_in::print(&contenders, plan, [&ours.name, &theirs.name], results).await;
}

async fn insert(
    axum::extract::Path(user): axum::extract::Path<i64>,
    State(connection): State<Arc<Mutex<Connection>>>,
) {
    let insert = move || {
        let connection = connection.lock().expect("nobody has panicked");
        let mut statement = connection.prepare_cached(
            "INSERT INTO locals_sessions
                 (id, secret_hash, user_id, created_at, authenticated_at, renewed_at, active_until, idle_until, expires_at)
             VALUES (randomblob(16), randomblob(32), ?1, ?2, ?2, ?2, ?2 + 86400000, ?2 + 1209600000, ?2 + 2592000000)",
        )?;
        let now = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .expect("after 1970");
        statement.execute(params![user, now.as_millis() as i64])
    };
    let inserted = tokio::task::spawn_blocking(insert).await;
    assert_eq!(inserted.expect("no panic").expect("a row"), 1);
}
