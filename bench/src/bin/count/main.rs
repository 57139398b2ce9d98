//! Requests of one kind, for whoever counts the instructions of this process: `./count` does.
//!
//! `count CASE REQUESTS` makes everything ready, which takes the same whatever the number of requests is, asks so
//! often, and leaves. `count --list` names the cases; `count --leave CASE INSTRUCTIONS` puts what was counted among
//! the results.

mod case;
mod ours;
#[cfg(feature = "peers")]
mod peer;

use case::{Named, named};
use locals_bench::results::Results;
use std::{env, process};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => cases().iter().for_each(|case| println!("{}", case.name)),
        ["--leave", case, count] => leave(case, count.parse().expect("a number of instructions")),
        [name, requests] => run(name, requests.parse().expect("a number of requests")).await,
        _ => panic!("{arguments:?}: name a case and say how many requests, or say `--list`"),
    }
}

fn cases() -> Vec<Named> {
    let mut cases = vec![named("bare", case::bare())];
    cases.extend(ours::cases());
    #[cfg(feature = "peers")]
    cases.extend(peer::cases());
    cases
}

fn leave(case: &str, instructions: f64) {
    Results::of("count").one("a request", "instructions", case, instructions);
}

async fn run(name: &str, requests: usize) {
    let mut cases = cases().into_iter();
    let case = cases
        .find(|case| case.name == name)
        .unwrap_or_else(|| panic!("there is no case {name}: `--list` names them"));
    case.ready.await.run(requests).await;
    // Taking a store down takes longer the more was written to it.
    process::exit(0);
}
