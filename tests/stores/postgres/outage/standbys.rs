//! A server that another follows, which takes its place: reads and writes go where it is possible to write.

use super::CONNECTIONS;
use crate::program::Program;
use std::time::{Duration, Instant};
use store_tests::rig::Server;
use test_servers::{Instance, Proxy};
use tokio::time::sleep;

/// L-05, too: a standby that follows at some distance is asked for nothing before it is promoted.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_two_servers_fail_over() {
    let Some(first) = Instance::lasting() else {
        return;
    };
    let second = first.standby();
    let (one, other) = (first.port(), second.port());
    let url = format!("postgres://postgres@127.0.0.1:{one},127.0.0.1:{other}/postgres");
    let program = Program::at(&url).await;
    assert_eq!(second.text(CONNECTIONS), "0");
    first.wait_for_standbys();
    first.kill();
    program.is_away().await;
    second.promote();
    program.is_back().await;
    second.wait_for(CONNECTIONS, "3");
    second.leaves_nothing().await;
}

/// The other order: the first of the URL is the one that follows.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_the_server_that_writes_is_found_wherever_it_stands() {
    let Some(first) = Instance::lasting() else {
        return;
    };
    let second = first.standby();
    let url = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/postgres?target_session_attrs=read-write",
        second.port(),
        first.port()
    );
    let program = Program::at(&url).await;
    program.works().await.expect("the second of the two");
    second.wait_for(CONNECTIONS, "0");
}

/// The first is there still, takes no writes any more, and would serve reads for ever.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_reads_follow_the_server_that_writes() {
    let Some(first) = Instance::lasting() else {
        return;
    };
    let second = first.standby();
    let url = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/postgres",
        first.port(),
        second.port()
    );
    let program = Program::at(&url).await;
    first.wait_for(CONNECTIONS, "3");
    first.wait_for_standbys();
    first.set_read_only(true);
    second.promote();
    program.is_back().await;
    first.wait_for(CONNECTIONS, "0");
    second.wait_for(CONNECTIONS, "3");
    let session = program.auth.create_session(1).await.expect("a session");
    let read = program.auth.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
    program.is_back().await;
    second.leaves_nothing().await;
}

/// The first takes no writes any more, and the second does.
fn demote(first: &Instance, second: &Instance) {
    first.wait_for_standbys();
    first.set_read_only(true);
    second.promote();
}

fn both(first: &Instance, port: u16) -> String {
    let first = first.port();
    format!("postgres://postgres@127.0.0.1:{first},127.0.0.1:{port}/postgres")
}

/// Reads go on until so many connections are there, which they bring about.
async fn reads_move(program: &Program, instance: &Instance, connections: &str) {
    let start = Instant::now();
    while instance.text(CONNECTIONS) != connections {
        assert!(start.elapsed() < Duration::from_secs(10), "{connections}");
        let session = &program.sessions[0];
        if let Err(error) = program.auth.validate_session(session.token()).await {
            assert!(error.is_outage(), "{error}");
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Nobody writes, so that nobody is told.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_whoever_only_reads_finds_the_server_that_writes() {
    let Some(first) = Instance::lasting() else {
        return;
    };
    let second = first.standby();
    let program = Program::at(&both(&first, second.port())).await;
    demote(&first, &second);
    reads_move(&program, &first, "2").await;
    second.wait_for(CONNECTIONS, "1");
    program.is_back().await;
}

/// The connections that write stay where they are, and what they have found is no news.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_reads_that_were_made_elsewhere_come_back() {
    let Some(first) = Instance::lasting() else {
        return;
    };
    let second = first.standby();
    let proxy = Proxy::to(second.port()).await;
    let program = Program::at(&both(&first, proxy.port())).await;
    demote(&first, &second);
    program.is_back().await;
    first.wait_for(CONNECTIONS, "0");
    let last = &program.sessions[0];
    let read = program.auth.validate_session(last.token()).await;
    read.expect("an answer");
    proxy.refuse();
    second.execute(
        "SELECT pg_terminate_backend((
             SELECT pid FROM pg_stat_activity
             WHERE application_name = 'locals'
               AND (query LIKE 'SELECT s.id,%' OR query LIKE '%transaction_read_only%')
             ORDER BY query_start DESC LIMIT 1))",
    );
    reads_move(&program, &first, "1").await;
    second.wait_for(CONNECTIONS, "2");
    proxy.pass();
    reads_move(&program, &first, "0").await;
    second.wait_for(CONNECTIONS, "3");
    program.is_back().await;
}
