//! Sign-ins a second, by the number of connections that write.

use crate::{
    contenders::{self, AXUM_LOGIN, WITH_TWO},
    measure::{self, Plan},
    table,
};

const CLIENTS: usize = 64;

pub async fn measure(url: &str, plan: &Plan) {
    let contenders = contenders::signing_in(url).await;
    let measured = measure::measure(&contenders, CLIENTS, plan).await;

    let columns = ["median", "best", "latency"];
    table::row(&format!("sign-ins a second, {CLIENTS} clients"), columns);
    for (contender, measured) in contenders.iter().zip(&measured) {
        let rate = &measured.rate;
        let cells = [
            format!("{:.0}", rate.median()),
            format!("{:.0}", rate.most()),
            format!("{:.1} ms", measured.latency.median() / 1e3),
        ];
        table::row(&contender.name, cells);
    }

    println!();
    let of = |name| measure::of(&contenders, &measured, name);
    table::ratio(
        "sign-ins a second, locals with 2 write connections : axum-login",
        &of(WITH_TWO).rate,
        &of(AXUM_LOGIN).rate,
    );
    println!();
}
