//! From the opening of a file to the first answer. Another handle has it open: nothing is recovered, and the system has
//! the file in memory.

use crate::filled::{Filled, open};
use locals_bench::{
    ours,
    results::Results,
    rounds::{Contender, Rounds, latencies},
    table::row,
};
use std::time::{Duration, Instant};

const STARTS: usize = 10;

pub async fn print(filled: &Filled, results: &Results) {
    let mut rounds = Rounds::default();
    for _ in 0..STARTS {
        let page = filled.pages(2);
        let start = Instant::now();
        let app = ours::app(open(&filled.path()));
        let first = Contender::new("first", app, page);
        latencies(&first, 1, Duration::ZERO).await;
        rounds.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let what = "from the opening to the first answer";
    row(what, ["median", "worst"]);
    let cells = [rounds.median(), rounds.most()].map(|time| format!("{time:.1} ms"));
    row(&filled.name(), cells);
    results.rounds(what, "ms", &filled.name(), &rounds);
    println!();
}
