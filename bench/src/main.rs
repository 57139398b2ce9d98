//! What a session costs a request, as ratios: `cargo run --release`.
//!
//! Every contender answers the same request in the same process, without a socket, in turns; the
//! cost of a request is the best round's mean, and the overhead is what it costs beyond a bare
//! handler. Ratios of overheads hold from machine to machine where times do not.

mod contenders;
mod measure;

use contenders::Contender;
use locals_bench::results::Results;
use measure::{Cost, costs};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let contenders = contenders::all().await;
    let costs = costs(&contenders).await;
    let of = |name: &str| -> &Cost {
        let found = contenders.iter().zip(&costs).find(|(c, _)| c.name == name);
        found
            .map(|(_, cost)| cost)
            .expect("a contender of this name")
    };
    let bare = of(contenders::BARE).nanoseconds;

    println!(
        "{:<44} {:>9} {:>11} {:>7}",
        "handler", "× bare", "overhead", "allocs"
    );
    for (Contender { name, .. }, cost) in contenders.iter().zip(&costs) {
        println!(
            "{name:<44} {:>9.2} {:>8.0} ns {:>7}",
            cost.nanoseconds / bare,
            cost.nanoseconds - bare,
            cost.allocations,
        );
    }

    let results = Results::of("request");
    for (Contender { name, .. }, cost) in contenders.iter().zip(&costs) {
        if *name != contenders::BARE {
            let overhead = cost.nanoseconds - bare;
            results.one("beyond a bare handler", "ns", name, overhead);
        }
    }
    for (Contender { name, .. }, cost) in contenders.iter().zip(&costs) {
        // Far fewer than the integers that an `f64` can hold.
        results.one("allocations", "allocations", name, cost.allocations as f64);
    }

    // They are the same on every machine, and so have a bound.
    let allocations = of(contenders::BARE).allocations;
    for (name, most) in [
        ("locals lazy, untouched", 0),
        ("locals lazy, used, memory, user", 3),
        ("locals required, memory, user", 3),
        ("locals lazy, used, SQLite, user", 7),
        ("locals required, SQLite, user", 7),
    ] {
        let more = of(name).allocations.saturating_sub(allocations);
        assert!(
            more <= most,
            "{name}: {more} allocations beyond a bare handler's, not {most}"
        );
    }

    println!();
    let overhead = |name: &str| of(name).nanoseconds - bare;
    for (what, ours, theirs) in [
        (
            "required, memory, with user : axum-login, memory",
            "locals required, memory, user",
            "axum-login, memory, user",
        ),
        (
            "required, memory, with user : by hand in one handler",
            "locals required, memory, user",
            "by hand in one handler, memory, user",
        ),
        (
            "untouched : a parse of the Cookie header",
            "locals lazy, untouched",
            "axum handler that parses its cookies",
        ),
        (
            "required, SQLite, with user : tower-sessions, sqlx SQLite",
            "locals required, SQLite, user",
            "tower-sessions, sqlx SQLite, no user",
        ),
    ] {
        println!("{what:<60} {:.3}", overhead(ours) / overhead(theirs));
    }
}
