//! What is printed, and what is left in the results.

use crate::{
    contenders::{Contender, Sessions},
    driver::Running,
    load::{CONNECTIONS, RATE},
};
use locals_bench::{latencies::Latencies, results::Results, rounds::Rounds, table};

/// Of a thousand requests.
const PERCENTILES: [(&str, usize); 3] = [("p50", 500), ("p99", 990), ("p99.9", 999)];

/// This library, and a peer that does the same.
const PAIRS: [[&str; 2]; 4] = [
    ["locals, axum, memory", "axum-login, memory"],
    ["locals, axum, memory", "axum_session, memory"],
    ["locals, axum, SQLite", "axum-login, sqlx SQLite"],
    ["locals, actix-web, Redis", "actix-identity, Redis"],
];

const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// What one server showed in all rounds.
#[derive(Default)]
pub struct Measured {
    /// Requests a second, flat out.
    pub rate: Rounds,
    /// Seconds of the server's processors that a million requests take, flat out.
    pub processors: Rounds,
    /// In microseconds, on time.
    latencies: [Rounds; PERCENTILES.len()],
}

impl Measured {
    pub fn push_latencies(&mut self, latencies: &Latencies) {
        for (rounds, (_, of_thousand)) in self.latencies.iter_mut().zip(PERCENTILES) {
            rounds.push(latencies.within(of_thousand));
        }
    }
}

pub fn print(running: &[Running], measured: &[Measured], sessions: usize) {
    println!("{CONNECTIONS} connections; p50, p99 and p99.9 at {RATE} requests a second, in µs");
    let columns = ["a second", "CPU s/10⁶", "p50", "p99", "p99.9"];
    table::row(&format!("{sessions} sessions"), columns);
    for (it, measured) in running.iter().zip(measured) {
        let Measured {
            rate,
            processors,
            latencies,
        } = measured;
        let first = [
            format!("{:.0}", rate.median()),
            format!("{:.1}", processors.median()),
        ];
        let latencies = latencies
            .iter()
            .map(|rounds| format!("{:.0}", rounds.median()));
        table::row(it.contender.name, first.into_iter().chain(latencies));
    }
    println!();
    print_ratios(running, measured);
    println!();
}

fn print_ratios(running: &[Running], measured: &[Measured]) {
    let of = |name: &str| {
        let mut all = running.iter().zip(measured);
        all.find(|(it, _)| it.contender.name == name)
            .map(|(_, measured)| measured)
    };
    for [ours, theirs] in PAIRS {
        if let (Some(our), Some(their)) = (of(ours), of(theirs)) {
            let pair = format!("{ours} : {theirs}");
            table::ratio(
                &format!("requests a second, {pair}"),
                &our.rate,
                &their.rate,
            );
            table::ratio(&format!("CPU, {pair}"), &our.processors, &their.processors);
        }
    }
}

pub fn leave(running: &[Running], measured: &[Measured], sessions: usize, results: &Results) {
    let all = || running.iter().map(|it| it.contender.name).zip(measured);
    for (name, measured) in all() {
        let what = format!("requests a second, {CONNECTIONS} connections, {sessions} sessions");
        results.rounds(&what, "a second", name, &measured.rate);
    }
    for (name, measured) in all() {
        let what = format!("CPU seconds per million requests, {sessions} sessions");
        results.rounds(&what, "CPU seconds", name, &measured.processors);
    }
    for (at, (percentile, _)) in PERCENTILES.iter().enumerate() {
        for (name, measured) in all() {
            let what = format!("{percentile} at {RATE} requests a second, {sessions} sessions");
            results.rounds(&what, "µs", name, &measured.latencies[at]);
        }
    }
}

/// What the sessions take of the servers that have them, in mebibytes for each 100 000.
pub struct Memory(Vec<(&'static str, f64)>);

impl Memory {
    /// Of servers that have grown by so many bytes since so many users have signed in.
    pub fn of(running: &[Running], grown: impl Iterator<Item = f64>, sessions: usize) -> Self {
        let all = running.iter().map(|it| it.contender).zip(grown);
        let those = all.filter(|(contender, _)| keeps_sessions(contender));
        let of_all = 100_000.0 / sessions as f64 / MEBIBYTE;
        Self(those.map(|(it, bytes)| (it.name, bytes * of_all)).collect())
    }

    pub fn print(&self) {
        table::row("memory of 100 000 sessions", ["MiB"]);
        for (name, mebibytes) in &self.0 {
            table::row(name, [format!("{mebibytes:.1}")]);
        }
        println!();
    }

    pub fn leave(&self, results: &Results) {
        for (name, mebibytes) in &self.0 {
            results.one("memory of 100 000 sessions", "MiB", name, *mebibytes);
        }
    }
}

/// In Redis they are another process's.
fn keeps_sessions(contender: &Contender) -> bool {
    matches!(contender.sessions, Sessions::Memory | Sessions::Sqlite)
}
