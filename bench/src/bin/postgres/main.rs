//! What a session in PostgreSQL costs a request: `cargo run --release --features postgres --bin postgres`.
//!
//! Every contender answers the same requests in the same process, without a socket of its own, on
//! two threads, in turns on the same server: the one that `LOCALS_TEST_POSTGRES` names, a connection
//! string of a role that may create databases. The benchmark makes a database and drops it again.
//! `-- --quick` takes shorter turns and fewer rows.
//!
//! A turn's latency is the median of its requests. Ratios are taken round by round: what is printed is
//! their median, and the least and the most of them.

mod contenders;
mod measure;
mod reading;
mod rows;
mod server;
mod signing_in;
mod table;

use measure::Plan;
use reading::Reading;
use server::Database;
use std::{env, panic, time::Duration};

/// How many clients ask at once.
const CLIENTS: [usize; 3] = [16, 64, 256];

const FEW: i64 = 1_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let plan = plan();
    let database = Database::create().await;
    let mut running = tokio::spawn(run(database.url.clone(), plan));
    let ended = tokio::select! {
        ended = &mut running => ended,
        _ = tokio::signal::ctrl_c() => {
            running.abort();
            Ok(())
        }
    };
    database.remove().await;
    if let Err(error) = ended {
        panic::resume_unwind(error.into_panic());
    }
}

fn plan() -> Plan {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Plan {
            rounds: 8,
            turn: Duration::from_millis(400),
            many: 1_000_000,
        },
        ["--quick"] => Plan {
            rounds: 6,
            turn: Duration::from_millis(60),
            many: 100_000,
        },
        _ => panic!("{arguments:?}: there is `--quick`, and nothing else"),
    }
}

async fn run(url: String, plan: Plan) {
    let client = server::connect(&url).await;
    let description = server::description(&client).await;
    println!("{description}\n");
    rows::users(&client).await;
    let contenders = contenders::all(&url).await;

    rows::sessions(&client, FEW).await;
    let few = Reading::measure(&contenders, &CLIENTS, &plan).await;
    few.print(&contenders, FEW);

    signing_in::measure(&url, &plan).await;

    rows::sessions(&client, plan.many).await;
    let many = Reading::measure(&contenders, &[64], &plan).await;
    many.print(&contenders, plan.many);
    few.compare(&many, &contenders, [FEW, plan.many]);
}
