//! What it costs to find out who is signed in, with so many sessions.

use crate::{
    application::BARE,
    plan::Plan,
    results::Results,
    rounds::{Contender, Measured, Rounds, measure, of},
    table::{microseconds, ratio, row},
};

/// At how many clients the ratios are taken.
const COMPARED: usize = 64;

/// The names of those who are compared.
pub struct Compared {
    /// It asks the server, and does nothing with what it says.
    pub floor: &'static str,
    pub ours: &'static str,
    pub peers: &'static [&'static str],
}

/// Of all contenders, in their order.
pub struct Reading {
    alone: Vec<Measured>,
    /// By the number of clients.
    together: Vec<(usize, Vec<Measured>)>,
}

impl Reading {
    pub async fn measure(contenders: &[Contender], clients: &[usize], plan: &Plan) -> Self {
        let alone = measure(contenders, 1, plan).await;
        let mut together = Vec::new();
        for &clients in clients {
            together.push((clients, measure(contenders, clients, plan).await));
        }
        Self { alone, together }
    }

    pub fn print(&self, contenders: &[Contender], compared: &Compared, sessions: i64) {
        self.print_latencies(contenders, compared.floor, sessions);
        println!();
        self.print_rates(contenders);
        println!();
        self.print_ratios(contenders, compared);
        println!();
    }

    /// The figures that are compared.
    pub fn leave(&self, results: &Results, contenders: &[Contender], sessions: i64) {
        let sessions = format!("{sessions} sessions");
        for Contender { name, .. } in contenders.iter().filter(|it| it.name != BARE) {
            let what = format!("added latency, one client, {sessions}");
            results.rounds(&what, "µs", name, &self.added(contenders, name));
        }
        for Contender { name, .. } in contenders.iter().filter(|it| it.name != BARE) {
            let what = format!("requests a second, {COMPARED} clients, {sessions}");
            results.rounds(&what, "a second", name, self.rate(contenders, name));
        }
    }

    fn print_latencies(&self, contenders: &[Contender], floor: &str, sessions: i64) {
        let columns = ["best", "median", "× the floor"];
        row(&format!("one client, {sessions} sessions, adds"), columns);
        let floor = self.added(contenders, floor);
        for Contender { name, .. } in contenders.iter().filter(|it| it.name != BARE) {
            let added = self.added(contenders, name);
            let times = format!("{:.2}", added.over(&floor).median());
            row(
                name,
                [
                    microseconds(added.least()),
                    microseconds(added.median()),
                    times,
                ],
            );
        }
    }

    fn print_rates(&self, contenders: &[Contender]) {
        let all = || {
            [(1, &self.alone)]
                .into_iter()
                .chain(self.together.iter().map(|(n, m)| (*n, m)))
        };
        row(
            "requests a second, by clients",
            all().map(|(clients, _)| clients.to_string()),
        );
        for Contender { name, .. } in contenders.iter().filter(|it| it.name != BARE) {
            let rate = |measured: &[Measured]| of(contenders, measured, name).rate.median();
            row(
                name,
                all().map(|(_, measured)| format!("{:.0}", rate(measured))),
            );
        }
    }

    fn print_ratios(&self, contenders: &[Contender], compared: &Compared) {
        let Compared { ours, peers, .. } = compared;
        for peer in *peers {
            ratio(
                &format!("added latency, one client, locals : {peer}"),
                &self.added(contenders, ours),
                &self.added(contenders, peer),
            );
        }
        for peer in *peers {
            ratio(
                &format!("requests a second, {COMPARED} clients, locals : {peer}"),
                self.rate(contenders, ours),
                self.rate(contenders, peer),
            );
        }
    }

    /// What more rows cost, `sessions` being how many there were here and in `many`: each was measured
    /// in rounds of its own, so what the floor shows stands for the machine.
    pub fn compare(&self, many: &Self, contenders: &[Contender], sessions: [i64; 2]) {
        let [few_rows, many_rows] = sessions;
        row(
            &format!("{many_rows} sessions : {few_rows}"),
            ["added", "a second"],
        );
        for Contender { name, .. } in contenders.iter().filter(|it| it.name != BARE) {
            let added = many
                .added(contenders, name)
                .over(&self.added(contenders, name));
            let rate = many
                .rate(contenders, name)
                .over(self.rate(contenders, name));
            row(
                name,
                [added, rate].map(|ratio| format!("{:.2}", ratio.median())),
            );
        }
    }

    /// The latency of one client beyond that of a bare handler, in microseconds.
    fn added(&self, contenders: &[Contender], name: &str) -> Rounds {
        let latency = |name| &of(contenders, &self.alone, name).latency;
        latency(name).minus(latency(BARE))
    }

    fn rate(&self, contenders: &[Contender], name: &str) -> &Rounds {
        let mut together = self.together.iter();
        let found = together.find(|(clients, _)| *clients == COMPARED);
        &of(contenders, &found.expect("measured").1, name).rate
    }
}
