//! Servers are started, users sign in, and then each server has its turns.

use crate::{
    contenders::{ALL, CANNOT, Contender, Place, Sessions},
    figures::{self, Measured, Memory},
    load::{Connection, Target},
    process::Server,
};
use locals_bench::{latencies::Latencies, plan::Plan, results::Results};
use std::{fs, thread};

/// Connections on which users sign in.
const SIGNING_IN: usize = 16;

/// How often a sign-in is tried that finds SQLite's file locked.
const TRIES: usize = 5;

/// A server that runs, and whose sessions are open.
pub struct Running {
    pub contender: &'static Contender,
    server: Server,
    /// Of the users 1, 2 and so on.
    cookies: Vec<String>,
}

pub fn run(place: &Place, plan: &Plan) {
    let results = Results::of("wire");
    let [few, many] = if plan.is_quick {
        [1_000, 10_000]
    } else {
        [1_000, 100_000]
    };
    let mut running = start(place);

    measure(&mut running, few, plan, &results);
    // Of servers that have answered already: what stays of that is in both figures.
    let before: Vec<f64> = running.iter().map(|it| it.server.memory()).collect();
    for it in &mut running {
        it.sign_in(many);
    }
    let after = running.iter().map(|it| it.server.memory());
    let grown = before
        .into_iter()
        .zip(after)
        .map(|(before, after)| after - before);
    let memory = Memory::of(&running, grown, many - few);
    measure(&mut running, many, plan, &results);

    memory.print();
    memory.leave(&results);
    for (case, reason) in CANNOT {
        println!("{case}: not possible, {reason}");
    }
}

/// Those that can run here.
fn start(place: &Place) -> Vec<Running> {
    let mut running = Vec::new();
    for (contender, number) in ALL.iter().zip(0..) {
        if contender.sessions == Sessions::Redis && place.redis.is_none() {
            let name = contender.name;
            println!("{name}: not run, LOCALS_TEST_REDIS names no server on this machine");
            continue;
        }
        running.push(Running::start(contender, place, number));
    }
    running
}

/// With so many sessions.
fn measure(running: &mut [Running], sessions: usize, plan: &Plan, results: &Results) {
    for it in running.iter_mut() {
        it.sign_in(sessions);
    }
    let mut measured: Vec<Measured> = running.iter().map(|_| Measured::default()).collect();
    for it in running.iter() {
        let target = it.target();
        target.flat_out(&mut target.connect(), plan.turn);
    }
    for round in 0..plan.rounds {
        // Another one begins in every round.
        for place in 0..running.len() {
            let at = (round + place) % running.len();
            running[at].turn(plan, &mut measured[at]);
        }
    }
    figures::print(running, &measured, sessions);
    figures::leave(running, &measured, sessions, results);
}

impl Running {
    fn start(contender: &'static Contender, place: &Place, number: usize) -> Self {
        let own = Place {
            folder: place.folder.join(number.to_string()),
            redis: place.redis.clone(),
        };
        fs::create_dir(&own.folder).expect("a folder");
        Self {
            contender,
            server: Server::start(contender, &own),
            cookies: Vec::new(),
        }
    }

    fn target(&self) -> Target<'_> {
        Target {
            name: self.contender.name,
            address: self.server.address,
            cookies: &self.cookies,
        }
    }

    fn turn(&self, plan: &Plan, measured: &mut Measured) {
        let target = self.target();
        let mut connections = target.connect();
        let before = self.server.processor_time();
        let (asked, seconds) = target.flat_out(&mut connections, 2 * plan.turn);
        let processors = self.server.processor_time() - before;
        measured.rate.push(asked / seconds);
        measured.processors.push(processors / asked * 1e6);

        let times = target.on_time(&mut connections, 5 * plan.turn);
        measured.push_latencies(&Latencies::of(times));
    }

    /// More users, until there are so many sessions, each of another.
    fn sign_in(&mut self, sessions: usize) {
        if self.contender.sessions == Sessions::None {
            // As long as ours, so that only what is done with it makes the difference.
            self.cookies = vec![format!("unknown={}", "x".repeat(73))];
            return;
        }
        let users: Vec<usize> = (self.cookies.len() + 1..=sessions).collect();
        let share = users.len().div_ceil(SIGNING_IN).max(1);
        let this = &*self;
        let cookies: Vec<String> = thread::scope(|scope| {
            let signing_in: Vec<_> = users
                .chunks(share)
                .map(|users| scope.spawn(move || this.cookies_of(users)))
                .collect();
            let signed_in = signing_in.into_iter().map(|it| it.join());
            signed_in
                .flat_map(|it| it.expect("everybody can sign in"))
                .collect()
        });
        self.cookies.extend(cookies);
    }

    /// The cookies of new sessions, in the order of the users.
    fn cookies_of(&self, users: &[usize]) -> Vec<String> {
        let mut connection = Connection::open(self.server.address);
        let sign_in = |user: &usize| self.signed_in(&mut connection, *user);
        users.iter().map(sign_in).collect()
    }

    fn signed_in(&self, connection: &mut Connection, user: usize) -> String {
        let name = self.contender.name;
        for _ in 0..TRIES {
            let answer = connection.get(&format!("/login/{user}"), "");
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
            if answer.status == 200 {
                return answer.cookie();
            }
        }
        panic!("{name}: user {user} cannot sign in");
    }
}
