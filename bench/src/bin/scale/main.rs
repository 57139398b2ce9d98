//! What many sessions cost, in memory and in SQLite: `cargo run --release --bin scale`.
//!
//! The sessions are a million, each of another user, and where something is compared with fewer, the two have turns in
//! one process. SQLite's file is in the folder for temporary files, which `TMPDIR` names: on a disk, if commits are to
//! cost what they cost. `-- --quick` takes a tenth of the sessions, and shorter turns.

mod filled;
mod reading;
mod signing_in;
mod starting;
mod stuck;
mod sweeping;

use filled::Filled;
use locals_bench::{plan::Plan, results::Results};

const FEW: i64 = 1_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let plan = Plan::of_arguments();
    let many = if plan.is_quick { 100_000 } else { 1_000_000 };
    let results = Results::of("scale");
    tokio::spawn(run(plan, many, results))
        .await
        .expect("no part fails");
}

async fn run(plan: Plan, many: i64, results: Results) {
    println!("SQLite's files are in {}\n", std::env::temp_dir().display());
    let memory = [Filled::memory(FEW).await, Filled::memory(many).await];
    reading::print(&memory, &plan, &results).await;
    drop(memory);
    let sqlite = [Filled::sqlite(FEW).await, Filled::sqlite(many).await];
    reading::print(&sqlite, &plan, &results).await;
    let [_, sqlite] = sqlite;
    starting::print(&sqlite, &results).await;
    reading::print_under_writes(&sqlite, &plan, &results).await;
    let fewer = Filled::sqlite(many / 10).await;
    for filled in [&fewer, &sqlite] {
        signing_in::print(filled, &plan, &results).await;
    }
    stuck::print(&fewer, &plan, &results).await;
    sweeping::print(&sqlite, &results).await;
}
