//! A line on which bytes are late or lost.

use crate::rig::Keys;
use std::time::{Duration, Instant};
use store_tests::program::{Program, soon};
use test_servers::{Direction, Proxy};
use tokio::time::sleep;

/// How long an attempt to connect may take.
const CONNECTING: Duration = Duration::from_secs(2);

/// Keys, and the line to their server.
struct Line {
    proxy: Proxy,
    keys: Keys,
}

impl Line {
    async fn new() -> Option<Self> {
        let keys = Keys::new()?;
        let proxy = Proxy::to(keys.redis.port()).await;
        Some(Self { proxy, keys })
    }

    async fn program(&self) -> Program {
        Program::on(self.keys.store_through(&self.proxy).await).await
    }

    /// Cuts what has lost bytes, as a host does that is there again.
    fn mend(&self) {
        self.proxy.pass();
        self.proxy.cut_now();
    }
}

async fn is_away_while(inflict: impl Fn(&Proxy)) {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    inflict(&line.proxy);
    program.is_away().await;
    line.mend();
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_what_is_asked_gets_lost() {
    is_away_while(|proxy| proxy.black_hole(Direction::ToServer)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_answers_get_lost() {
    is_away_while(|proxy| proxy.black_hole(Direction::ToClient)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_everything_gets_lost() {
    is_away_while(|proxy| proxy.black_hole(Direction::Both)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_new_connections_are_not_answered() {
    is_away_while(|proxy| {
        proxy.say_nothing();
        proxy.cut_now();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_new_connections_are_refused() {
    is_away_while(|proxy| {
        proxy.refuse();
        proxy.cut_now();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_answers_are_later_than_the_deadline() {
    is_away_while(|proxy| proxy.delay(Duration::from_millis(1200))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_answers_come_byte_by_byte() {
    is_away_while(|proxy| proxy.slow_drip(1, Duration::from_millis(50))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delay_below_the_deadline_is_no_outage() {
    let Some(line) = Line::new().await else {
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
#[tokio::test(flavor = "multi_thread")]
async fn i_06_connections_that_fell_silent_are_replaced() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    line.proxy.black_hole(Direction::ToClient);
    program.is_away().await;
    line.proxy.pass();
    sleep(CONNECTING).await;
    program.is_back().await;
}

/// Nobody waits for the system, which would take a quarter of an hour to notice.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_silent_connection_is_given_up_after_two_answers_that_did_not_come() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    let before = line.proxy.accepted();
    line.proxy.black_hole(Direction::Both);
    program.is_away().await;
    program.is_away().await;
    sleep(Duration::from_millis(500)).await;
    assert!(line.proxy.accepted() > before, "another one is tried");
    line.proxy.pass();
    sleep(CONNECTING).await;
    program.is_back().await;
}

/// In the middle of the greeting, too: each answer takes a tenth of a second.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_connection_that_falls_silent_before_it_is_ready_is_replaced() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    line.proxy.delay(Duration::from_millis(50));
    line.proxy.cut_now();
    sleep(Duration::from_millis(120)).await;
    line.proxy.black_hole(Direction::Both);
    sleep(Duration::from_millis(2500)).await;
    line.proxy.pass();
    sleep(CONNECTING).await;
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_half_closed_connection_is_replaced() {
    for direction in [Direction::ToServer, Direction::ToClient, Direction::Both] {
        let Some(line) = Line::new().await else {
            return;
        };
        let program = line.program().await;
        line.proxy.half_close(direction);
        program.is_back().await;
        line.mend();
        program.is_back().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_connections_that_are_cut_are_replaced() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    for _ in 0..3 {
        line.proxy.cut_now();
        program.is_back().await;
    }
}

/// For each connection that dies, one request at most fails; the handles share one.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_connection_that_dies_fails_one_request_at_most() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    // One that dies young is not made again at once.
    sleep(Duration::from_millis(1100)).await;
    line.proxy.cut_now();
    let (mut failed, start) = (0, Instant::now());
    while let Err(error) = program.works().await {
        assert!(error.is_outage(), "{error}");
        failed += 1;
        assert!(failed <= 1, "after {:?}: {error}", start.elapsed());
        sleep(Duration::from_millis(100)).await;
    }
}

/// Requests under way while connections die, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_no_answer_is_wrong_while_connections_die() {
    let Some(line) = Line::new().await else {
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
}
