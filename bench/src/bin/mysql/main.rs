//! What a session in MySQL or MariaDB costs a request: `cargo run --release --features mysql --bin mysql`.
//!
//! Every contender answers the same requests in the same process, without a socket of its own, on
//! two threads, in turns on the same server: the one that `LOCALS_TEST_MYSQL` names,
//! `mysql://user:password@host:port/database` of a user who may create databases. The benchmark makes a database and
//! drops it again. `-- --quick` takes shorter turns and fewer rows.
//!
//! A turn's latency is the median of its requests. Ratios are taken round by round: what is printed is
//! their median, and the least and the most of them.

mod contenders;
mod rows;
mod server;

use contenders::{AXUM_LOGIN, COMPARED, WITH_TWO};
use locals_bench::{
    plan::{Plan, until_interrupted},
    reading::Reading,
    results::Results,
    signing_in,
};
use server::{Database, Place};

/// How many clients ask at once.
const CLIENTS: [usize; 3] = [16, 64, 256];

/// How many rows the tables have first.
const FEW: i64 = 1_000;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let plan = Plan::of_arguments();
    let database = Database::create().await;
    until_interrupted(run(database.place.clone(), plan), database.remove()).await;
}

async fn run(place: Place, plan: Plan) {
    let many = if plan.is_quick { 100_000 } else { 1_000_000 };
    let mut conn = server::connect(&place.url).await;
    let description = server::description(&mut conn).await;
    println!("{description}\n");
    let results = Results::of("mysql");
    rows::users(&mut conn).await;
    let contenders = contenders::all(&place).await;

    rows::sessions(&mut conn, FEW).await;
    let with_few = Reading::measure(&contenders, &CLIENTS, &plan).await;
    with_few.print(&contenders, &COMPARED, FEW);
    with_few.leave(&results, &contenders, FEW);

    let who_sign_in = contenders::signing_in(&place).await;
    let compared = [WITH_TWO, AXUM_LOGIN];
    signing_in::print(&who_sign_in, &plan, compared, &results).await;

    rows::sessions(&mut conn, many).await;
    let with_many = Reading::measure(&contenders, &[64], &plan).await;
    with_many.print(&contenders, &COMPARED, many);
    with_many.leave(&results, &contenders, many);
    with_few.compare(&with_many, &contenders, [FEW, many]);
}
