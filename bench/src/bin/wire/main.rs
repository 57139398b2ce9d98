//! What a session costs a server on a socket: `cargo run --release --features wire --bin wire`.
//!
//! Each contender is a server of its own process, this program's, on a free port of 127.0.0.1. It answers `GET /`
//! with the e-mail of the user who is signed in, and makes that user of the id without asking anybody. This process
//! asks them in turns, on 64 connections that stay open, each request with the cookie of any one of 1 000 sessions,
//! then of 100 000. `-- --quick` takes shorter turns, and 10 000 sessions instead.
//!
//! A turn has two parts. Flat out, each connection asks again when it is answered: that gives requests a second, and
//! what they cost the server's processors, but no latency, since who waits for a slow answer does not ask meanwhile.
//! On time, the requests are due at so many a second, whatever has become of those before; a latency begins when its
//! request is due, and not when it is sent, so what a slow answer holds up has waited too.

mod contenders;
mod driver;
mod figures;
mod load;
mod process;
#[path = "../redis/server.rs"]
mod server;

use contenders::Place;
use locals_bench::plan::{Plan, until_interrupted};
use server::Database;
use std::{env, path::PathBuf};
use tokio::runtime::Builder;

/// Threads that a server answers on.
const WORKERS: usize = 2;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [serve, name, folder] if serve == process::SERVE => {
            process::end_with_the_driver();
            contenders::serve(name, &Place::of_this_process(folder));
        }
        _ => drive(Plan::of_arguments()),
    }
}

fn drive(plan: Plan) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("threads");
    runtime.block_on(async {
        match redis().await {
            Some(database) => {
                println!("{}\n", server::description(&database.url).await);
                let running = run(path, Some(database.url.clone()), plan);
                until_interrupted(running, database.remove()).await;
            }
            None => until_interrupted(run(path, None, plan), async {}).await,
        }
    });
    // Who was interrupted does not wait for the turn to end; the servers end with this process.
    runtime.shutdown_background();
}

/// On a thread that may wait.
async fn run(folder: PathBuf, redis: Option<String>, plan: Plan) {
    let driven = tokio::task::spawn_blocking(move || driver::run(&Place { folder, redis }, &plan));
    driven
        .await
        .expect("every request is answered as it has to be");
}

/// A database of the server that is named, if it is on this machine.
async fn redis() -> Option<Database> {
    let named = env::var("LOCALS_TEST_REDIS").ok()?;
    let is_here = ["127.0.0.1", "localhost"]
        .iter()
        .any(|host| named.contains(host));
    if is_here {
        Some(Database::find().await)
    } else {
        None
    }
}
