//! All sessions but a few have expired: how long their removal takes, and what others notice of it.

use crate::filled::Filled;
use locals_bench::{latencies::Latencies, results::Results, rounds::latencies, table::row};
use rusqlite::Connection;
use std::time::{Duration, Instant};

/// Whose sessions go on.
const LEFT: i64 = 1_000;

pub async fn print(filled: &Filled, results: &Results) {
    expire(filled);
    let asking = [
        ("reads meanwhile", filled.readers_of(LEFT)),
        ("sign-ins meanwhile", filled.sign_ins()),
    ];
    let start = Instant::now();
    let sweeping = tokio::spawn({
        let auth = filled.auth.clone();
        async move { auth.delete_expired_sessions().await }
    });
    let mut times = [Vec::new(), Vec::new()];
    while !sweeping.is_finished() {
        for ((_, contender), times) in asking.iter().zip(&mut times) {
            times.extend(latencies(contender, 1, Duration::from_millis(20)).await);
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    let swept = sweeping
        .await
        .expect("no panic")
        .expect("a store that is there");
    let rate = swept as f64 / elapsed;
    row(
        &format!("{swept} expired sessions are swept"),
        ["in", "a second"],
    );
    row("", [format!("{elapsed:.1} s"), format!("{rate:.0}")]);
    results.one(
        "expired sessions swept a second",
        "a second",
        &filled.name(),
        rate,
    );
    row("", ["p50", "p99", "worst"]);
    for ((who, _), times) in asking.iter().zip(times) {
        let latencies = Latencies::of(times);
        let within = [500, 990, 1000].map(|of_thousand| latencies.within(of_thousand));
        row(who, within.map(|time| format!("{:.2} ms", time / 1e3)));
        for (what, time) in ["p50", "p99", "worst"].iter().zip(within) {
            results.one(&format!("{what} of {who}"), "µs", &filled.name(), time);
        }
    }
    println!();
}

fn expire(filled: &Filled) {
    let expire = format!(
        "UPDATE locals_sessions SET active_until = 1, idle_until = abs(random()) % 1000000 + 1, \
         expires_at = 1000000 WHERE user_id <= {}",
        filled.sessions - LEFT
    );
    Connection::open(filled.path())
        .and_then(|connection| connection.execute_batch(&expire))
        .expect("the database");
}
