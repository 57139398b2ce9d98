//! Sign-ins a second.

use crate::{
    plan::Plan,
    results::Results,
    rounds::{Contender, measure, of},
    table,
};

const CLIENTS: usize = 64;

/// The names are of the two whose ratio is printed.
pub async fn print(
    contenders: &[Contender],
    plan: &Plan,
    [ours, theirs]: [&str; 2],
    results: &Results,
) {
    let measured = measure(contenders, CLIENTS, plan).await;
    let what = format!("sign-ins a second, {CLIENTS} clients");
    table::row(&what, ["median", "best", "latency"]);
    for (contender, measured) in contenders.iter().zip(&measured) {
        let rate = &measured.rate;
        let cells = [
            format!("{:.0}", rate.median()),
            format!("{:.0}", rate.most()),
            format!("{:.1} ms", measured.latency.median() / 1e3),
        ];
        table::row(&contender.name, cells);
        results.rounds(&what, "a second", &contender.name, rate);
    }

    println!();
    let of = |name| of(contenders, &measured, name);
    table::ratio(
        &format!("sign-ins a second, {ours} : {theirs}"),
        &of(ours).rate,
        &of(theirs).rate,
    );
    println!();
}
