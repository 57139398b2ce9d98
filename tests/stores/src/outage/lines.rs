//! A line on which bytes are late or lost.

use crate::{
    program::{Program, soon},
    rig::{Manner, Place, Server},
};
use std::time::{Duration, Instant};
use test_servers::{Direction, Proxy};
use tokio::time::sleep;

/// A place, and the line to it. The proxy is dropped first.
pub struct Line<P> {
    pub proxy: Proxy,
    pub place: P,
}

impl<P: Place> Line<P> {
    pub async fn new() -> Option<Self> {
        let place = P::new()?;
        let proxy = Proxy::to(place.port()).await;
        Some(Self { proxy, place })
    }

    pub async fn program(&self) -> Program {
        self.program_by(Manner::Usual).await
    }

    async fn program_by(&self, manner: Manner) -> Program {
        let store = self.place.store_by(self.proxy.port(), manner).await;
        Program::on(store.expect("a store")).await
    }

    /// Cuts what has lost bytes, as a host does that is there again.
    fn mend(&self) {
        self.proxy.pass();
        self.proxy.cut_now();
    }
}

async fn is_away_while<P: Place>(inflict: impl Fn(&Proxy)) {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program().await;
    inflict(&line.proxy);
    program.is_away().await;
    line.mend();
    program.is_back().await;
    line.place.leaves_nothing().await;
}

pub async fn i_04_what_is_asked_gets_lost<P: Place>() {
    is_away_while::<P>(|proxy| proxy.black_hole(Direction::ToServer)).await;
}

pub async fn i_04_answers_get_lost<P: Place>() {
    is_away_while::<P>(|proxy| proxy.black_hole(Direction::ToClient)).await;
}

pub async fn i_04_everything_gets_lost<P: Place>() {
    is_away_while::<P>(|proxy| proxy.black_hole(Direction::Both)).await;
}

pub async fn i_04_new_connections_are_not_answered<P: Place>() {
    is_away_while::<P>(|proxy| {
        proxy.say_nothing();
        proxy.cut_now();
    })
    .await;
}

pub async fn i_06_new_connections_are_refused<P: Place>() {
    is_away_while::<P>(|proxy| {
        proxy.refuse();
        proxy.cut_now();
    })
    .await;
}

pub async fn i_04_answers_are_later_than_the_deadline<P: Place>() {
    is_away_while::<P>(|proxy| proxy.delay(Duration::from_millis(1200))).await;
}

pub async fn i_04_answers_come_byte_by_byte<P: Place>() {
    is_away_while::<P>(|proxy| proxy.slow_drip(1, Duration::from_millis(50))).await;
}

pub async fn a_delay_below_the_deadline_is_no_outage<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program().await;
    line.proxy.delay(Duration::from_millis(100));
    let known = program.knows_everybody(&program.hasty).await;
    known.expect("answers that are there in time");
    let session = program.auth.create_session(1).await.expect("a sign-in");
    let ended = program.auth.invalidate_session(session.id()).await;
    assert!(ended.expect("a sign-out"));
}

/// What has lost bytes stays silent, and so does an attempt to connect: each is given up by itself.
pub async fn i_06_connections_that_fell_silent_are_replaced<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program_by(Manner::Impatient).await;
    line.proxy.black_hole(Direction::ToClient);
    program.is_away().await;
    line.proxy.pass();
    sleep(P::CONNECTING).await;
    program.is_back().await;
}

/// Nobody waits for the system, which would take a quarter of an hour to notice.
pub async fn i_06_a_silent_connection_is_given_up_after_two_answers_that_did_not_come<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program_by(Manner::Impatient).await;
    let before = line.proxy.accepted();
    line.proxy.black_hole(Direction::Both);
    program.is_away().await;
    program.is_away().await;
    sleep(Duration::from_millis(500)).await;
    assert!(line.proxy.accepted() > before, "another one is tried");
    line.proxy.pass();
    sleep(P::CONNECTING).await;
    program.is_back().await;
}

/// In the middle of what comes before the first question, too: each answer takes a tenth of a second.
pub async fn i_06_a_connection_that_falls_silent_before_it_is_ready_is_replaced<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program_by(Manner::Impatient).await;
    line.proxy.delay(Duration::from_millis(50));
    line.proxy.cut_now();
    sleep(P::BEFORE_IT_IS_READY).await;
    line.proxy.black_hole(Direction::Both);
    sleep(Duration::from_millis(2500)).await;
    line.proxy.pass();
    sleep(P::CONNECTING).await;
    program.is_back().await;
}

pub async fn i_06_a_half_closed_connection_is_replaced<P: Place>() {
    for direction in [Direction::ToServer, Direction::ToClient, Direction::Both] {
        let Some(line) = Line::<P>::new().await else {
            return;
        };
        let program = line.program().await;
        line.proxy.half_close(direction);
        program.is_back().await;
        line.mend();
        program.is_back().await;
        line.place.leaves_nothing().await;
    }
}

pub async fn i_06_connections_that_are_cut_are_replaced<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program().await;
    for _ in 0..3 {
        line.proxy.cut_now();
        program.is_back().await;
    }
    line.place.leaves_nothing().await;
}

/// For each connection that dies, one request at most fails; the handles share them.
pub async fn i_06_connections_that_are_cut_fail_one_request_each<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program().await;
    // One that dies young is not made again at once.
    sleep(Duration::from_millis(1100)).await;
    line.proxy.cut_now();
    let connections = <P::Server as Server>::CONNECTIONS;
    program.fails_at_most(connections).await;
}

/// Requests under way while connections die, again and again.
pub async fn l_03_no_answer_is_wrong_while_connections_die<P: Place>() {
    let Some(line) = Line::<P>::new().await else {
        return;
    };
    let program = line.program().await;
    let asks = async || {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1500) {
            if let Err(error) = program.works().await {
                assert!(error.is_outage(), "{error}");
                sleep(Duration::from_millis(5)).await;
            }
        }
    };
    let dies = async {
        for _ in 0..10 {
            sleep(Duration::from_millis(130)).await;
            line.proxy.cut_now();
        }
    };
    tokio::join!(dies, asks(), asks(), asks(), asks());
    program.is_back().await;
    soon(|| program.auth.ping()).await;
    line.place.leaves_nothing().await;
}
