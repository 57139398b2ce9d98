//! A reader that never ends, as a backup or a console may: the log grows, and what becomes of reads.

use crate::filled::Filled;
use locals_bench::{
    latencies::Latencies,
    plan::Plan,
    results::Results,
    rounds::latencies,
    table::{microseconds, row},
};
use rusqlite::Connection;
use std::path::Path;

const CLIENTS: usize = 64;

pub async fn print(filled: &Filled, plan: &Plan, results: &Results) {
    let (readers, sign_ins) = (filled.readers(), filled.sign_ins());
    let log = filled.path().with_extension("db-wal");
    row(&filled.name(), ["p50", "p99", "log"]);
    let show = async |when: &str| {
        let latencies = Latencies::of(latencies(&readers, 1, plan.turn).await);
        let size = log.metadata().expect("a log").len() as f64 / 1024.0 / 1024.0;
        let [p50, p99] = [500, 990].map(|of_thousand| latencies.within(of_thousand));
        row(
            when,
            [
                microseconds(p50),
                microseconds(p99),
                format!("{size:.0} MiB"),
            ],
        );
        let name = filled.name();
        results.one(&format!("the log {when}"), "MiB", &name, size);
        results.one(&format!("p50 of a read {when}"), "µs", &name, p50);
        results.one(&format!("p99 of a read {when}"), "µs", &name, p99);
    };
    show("before a reader is stuck").await;
    let stuck = begin_to_read(&filled.path());
    latencies(&sign_ins, CLIENTS, plan.turn * 20).await;
    show("after many sign-ins").await;
    drop(stuck);
    latencies(&sign_ins, CLIENTS, plan.turn).await;
    show("after it has ended").await;
    println!();
}

fn begin_to_read(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("the database");
    let begun = connection.execute_batch("BEGIN; SELECT version FROM locals_meta");
    begun.expect("a transaction");
    connection
}
