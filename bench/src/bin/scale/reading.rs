//! Who is signed in: with few and many sessions, and while others sign in.

use crate::filled::Filled;
use locals_bench::{
    latencies::Latencies,
    plan::Plan,
    results::Results,
    rounds::{Contender, latencies, measure},
    table::{microseconds, ratio, row},
};
use std::time::Duration;
use tokio::task::JoinHandle;

/// So many sign in all the time.
const WRITERS: [usize; 3] = [0, 1, 16];

/// Few sessions and many, in the same kind of store.
pub async fn print(filled: &[Filled; 2], plan: &Plan, results: &Results) {
    let [few, many] = filled;
    let contenders = [few.bare(), few.readers(), many.bare(), many.readers()];
    let measured = measure(&contenders, 1, plan).await;
    let [few_bare, of_few, many_bare, of_many] = &measured[..] else {
        unreachable!("one for each contender");
    };
    let added = [
        of_few.latency.minus(&few_bare.latency),
        of_many.latency.minus(&many_bare.latency),
    ];
    row("one client adds", ["best", "median"]);
    for (filled, added) in filled.iter().zip(&added) {
        let cells = [added.least(), added.median()].map(microseconds);
        row(&filled.name(), cells);
        results.rounds("added latency, one client", "µs", &filled.name(), added);
    }
    let what = format!(
        "{}: {} sessions : {}",
        few.store, many.sessions, few.sessions
    );
    let [few, many] = &added;
    ratio(&what, many, few);
    println!();
}

/// Pages of those who are signed in, while others sign in.
pub async fn print_under_writes(filled: &Filled, plan: &Plan, results: &Results) {
    let (readers, sign_ins) = (filled.readers(), filled.sign_ins());
    let mut times = WRITERS.map(|_| Vec::new());
    for _ in 0..plan.rounds {
        for (writers, times) in WRITERS.into_iter().zip(&mut times) {
            let writing = (writers > 0).then(|| sign_in_without_end(&sign_ins, writers));
            times.extend(latencies(&readers, 1, plan.turn).await);
            if let Some(writing) = writing {
                writing.abort();
                let ended = writing.await.expect_err("it goes on without end");
                assert!(ended.is_cancelled(), "{ended}");
            }
        }
    }
    println!("one client reads, others sign in: {}", filled.name());
    row("who sign in", ["p50", "p99", "p99.9", "reads"]);
    for (writers, times) in WRITERS.into_iter().zip(times) {
        let count = times.len();
        let latencies = Latencies::of(times);
        let within = [500, 990, 999].map(|of_thousand| latencies.within(of_thousand));
        let cells = within
            .map(microseconds)
            .into_iter()
            .chain([count.to_string()]);
        row(&writers.to_string(), cells);
        for (what, time) in ["p50", "p99", "p99.9"].iter().zip(within) {
            let what = format!("{what} while {writers} sign in");
            results.one(&what, "µs", &filled.name(), time);
        }
    }
    println!();
}

fn sign_in_without_end(sign_ins: &Contender, clients: usize) -> JoinHandle<()> {
    let sign_ins = sign_ins.clone();
    tokio::spawn(async move {
        latencies(&sign_ins, clients, Duration::MAX).await;
    })
}
