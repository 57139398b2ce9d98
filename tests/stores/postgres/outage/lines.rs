//! A line on which bytes are late or lost.

use crate::{
    program::{Program, USERS, soon},
    rig::{leaves_nothing_in, named, schema, through},
};
use std::{
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};
use test_servers::{Direction, Postgres, Proxy, Schema};

/// A schema with users, and the line to it. The proxy is dropped first.
struct Line {
    proxy: Proxy,
    schema: Schema,
}

impl Line {
    async fn new() -> Option<Self> {
        let schema = schema()?;
        schema.execute(USERS);
        let proxy = Proxy::to(Postgres::shared()?.port()).await;
        Some(Self { proxy, schema })
    }

    async fn program(&self) -> Program {
        self.program_with("").await
    }

    /// With further parameters of the URL.
    async fn program_with(&self, parameters: &str) -> Program {
        let url = through(&self.proxy, &named(&self.schema));
        Program::at(&format!("{url}{parameters}")).await
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
    leaves_nothing_in(&line.schema).await;
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
    let program = line.program_with("&connect_timeout=1").await;
    line.proxy.black_hole(Direction::ToClient);
    program.is_away().await;
    line.proxy.pass();
    program.is_back().await;
}

/// In the middle of what comes after authentication, too: each answer takes a tenth of a second.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_connection_that_falls_silent_before_it_is_ready_is_replaced() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program_with("&connect_timeout=1").await;
    line.proxy.delay(Duration::from_millis(50));
    line.proxy.cut_now();
    tokio::time::sleep(Duration::from_millis(700)).await;
    line.proxy.black_hole(Direction::Both);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    line.proxy.pass();
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
        leaves_nothing_in(&line.schema).await;
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
    leaves_nothing_in(&line.schema).await;
}

/// For each connection that dies, one request at most fails.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_backends_that_are_terminated_fail_one_request_each() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    let terminate = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{}'",
        line.schema.name()
    );
    // One that dies young is not made again at once.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(line.schema.text(&terminate), "3");
    let (mut failed, start) = (0, Instant::now());
    while let Err(error) = program.works().await {
        assert!(error.is_outage(), "{error}");
        failed += 1;
        assert!(failed <= 3, "after {:?}: {error}", start.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for _ in 0..3 {
        line.schema.execute(&terminate);
        program.is_back().await;
    }
    leaves_nothing_in(&line.schema).await;
}

/// Requests under way while connections die, again and again.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_no_answer_is_wrong_while_connections_die() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    let asks = async || {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(1500) {
            if let Err(error) = program.works().await {
                assert!(error.is_outage(), "{error}");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    let dies = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(130)).await;
            line.proxy.cut_now();
        }
    };
    tokio::join!(dies, asks(), asks(), asks(), asks());
    program.is_back().await;
    soon(|| program.auth.ping()).await;
    leaves_nothing_in(&line.schema).await;
}

/// Whoever asks is gone at once, again and again, and the server answers late.
#[tokio::test(flavor = "multi_thread")]
async fn i_05_reads_that_nobody_waits_for_are_bounded() {
    let Some(line) = Line::new().await else {
        return;
    };
    let program = line.program().await;
    line.proxy.delay(Duration::from_millis(200));
    let token = program.sessions[0].token();
    let (mut asked, mut refused) = (0, 0);
    let start = Instant::now();
    while asked + refused < 100_000 {
        let mut read = pin!(program.auth.validate_session(token));
        match poll_fn(|context| Poll::Ready(read.as_mut().poll(context))).await {
            Poll::Pending => asked += 1,
            Poll::Ready(Err(error)) => {
                assert!(error.is_outage(), "{error}");
                refused += 1;
            }
            Poll::Ready(Ok(_)) => panic!("it is answered at once"),
        }
    }
    // One more each 50 ms, and as many again where answers have come meanwhile.
    let most = 1100 + 4 * start.elapsed().as_millis();
    assert!(
        asked >= 1024 && asked < most,
        "{asked} in {:?}",
        start.elapsed()
    );
    line.proxy.pass();
    program.is_back().await;
    leaves_nothing_in(&line.schema).await;
}
