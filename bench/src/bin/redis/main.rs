//! What a session in Redis costs a request: `cargo run --release --features redis --bin redis`.
//!
//! Every contender answers the same requests in the same process, without a socket of its own, on
//! two threads, in turns on the same server: the one that `LOCALS_TEST_REDIS` names,
//! `redis://user:password@host:port`. The benchmark takes an empty database of it, and empties that again.
//! `-- --quick` takes shorter turns.
//!
//! Each does the same for a request: it reads the session by one command, makes the user of its id without asking
//! anybody, and answers with the e-mail. A sign-in is one write of a session; what axum-login writes is in no list
//! of its user's sessions.
//!
//! A turn's latency is the median of its requests. Ratios are taken round by round: what is printed is
//! their median, and the least and the most of them.

mod contenders;
mod server;

use contenders::{AXUM_LOGIN, COMPARED};
use locals_bench::{
    application::SESSIONS,
    ours::LOCALS,
    plan::{Plan, until_interrupted},
    reading::Reading,
    results::Results,
    signing_in,
};
use server::Database;

/// How many clients ask at once.
const CLIENTS: [usize; 3] = [16, 64, 256];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let plan = Plan::of_arguments();
    let database = Database::find().await;
    until_interrupted(run(database.url.clone(), plan), database.remove()).await;
}

async fn run(url: String, plan: Plan) {
    println!("{}\n", server::description(&url).await);
    let results = Results::of("redis");
    let contenders = contenders::all(&url).await;
    let reading = Reading::measure(&contenders, &CLIENTS, &plan).await;
    reading.print(&contenders, &COMPARED, SESSIONS);
    reading.leave(&results, &contenders, SESSIONS);

    let who_sign_in = contenders::signing_in(&url).await;
    let compared = [LOCALS, AXUM_LOGIN];
    signing_in::print(&who_sign_in, &plan, compared, &results).await;
}
