//! A server that is killed, paused, restarted, read-only, full, or gone for good.

use crate::{
    program::{Account, DEADLINE, Program, USERS, in_time, is_outage, soon},
    rig::leaves_nothing,
};
use locals::{Auth, PostgresStore, SessionState};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use test_servers::{Instance, Options, Proxy};
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls};

/// As many clients as this one serves, its superuser included.
const MOST: usize = 12;

fn instance() -> Option<Instance> {
    let instance = Instance::start(Options {
        settings: vec![("max_connections", MOST.to_string())],
        without_fsync: true,
        ..Options::default()
    })?;
    instance.execute(USERS);
    Some(instance)
}

/// The store's own name for its connections.
async fn leaves_nothing_on(instance: &Instance) {
    leaves_nothing(|sql| instance.text(sql), "application_name = 'locals'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_server_that_is_killed_is_away_until_it_is_back() {
    let Some(instance) = instance() else { return };
    let program = Program::at(&instance.url()).await;
    instance.kill();
    program.is_away().await;
    instance.start_again();
    program.is_back().await;
    leaves_nothing_on(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_a_server_that_is_paused_is_away_until_it_goes_on() {
    let Some(instance) = instance() else { return };
    let program = Program::at(&instance.url()).await;
    instance.pause();
    program.is_away().await;
    // What it is told by now is not waited for.
    program.is_away().await;
    instance.resume();
    program.is_back().await;
    leaves_nothing_on(&instance).await;
}

/// Shorter than anybody's patience.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_below_the_deadline_is_no_outage() {
    let Some(instance) = instance() else { return };
    let program = Program::at(&instance.url()).await;
    instance.pause();
    let asked = in_time(DEADLINE, program.works());
    let resumed = async {
        sleep(Duration::from_millis(300)).await;
        instance.resume();
    };
    let (answer, ()) = tokio::join!(asked, resumed);
    answer.expect("answers that are there in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_no_answer_is_wrong_while_a_server_restarts() {
    let Some(instance) = instance() else { return };
    let instance = Arc::new(instance);
    let program = Program::at(&instance.url()).await;
    let restarted = Arc::clone(&instance);
    let restarting = tokio::task::spawn_blocking(move || restarted.restart());
    while !restarting.is_finished() {
        if let Err(error) = program.works().await {
            assert!(error.is_outage(), "{error}");
        }
        sleep(Duration::from_millis(5)).await;
    }
    restarting.await.expect("it has restarted");
    program.is_back().await;
    leaves_nothing_on(&instance).await;
}

/// As one is that was demoted, or whose disk is full: who is signed in stays so, and nobody signs in.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_a_read_only_server_serves_reads() {
    let Some(instance) = instance() else { return };
    let program = Program::at(&instance.url()).await;
    instance.set_read_only(true);
    // Each process reads its settings when it gets to it.
    let start = Instant::now();
    while program.auth.create_session(1).await.is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(20)).await;
    }
    serves_reads_only(&program).await;
    instance.terminate_backends("locals");
    soon(|| program.knows_everybody(&program.auth)).await;
    serves_reads_only(&program).await;
    instance.set_read_only(false);
    program.is_back().await;
    let session = &program.sessions[0];
    let renewed = soon(|| program.auth.renew_session(session.token())).await;
    assert!(
        renewed.expect("the session").is_fresh(),
        "now it is written"
    );
    leaves_nothing_on(&instance).await;
}

/// A node that starts meanwhile serves those who are signed in, too.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_a_program_starts_on_a_read_only_server() {
    let Some(instance) = instance() else { return };
    let url = format!("{}?connect_timeout=1", instance.url());
    let before = Program::at(&url).await;
    instance.set_read_only(true);
    let store = PostgresStore::connect(&url).await.expect("a store");
    let auth = Auth::<Account>::builder(store.with_users("users"));
    let auth = auth.clock(before.clock.clone()).connect().await;
    let auth = auth.expect("the tables are there");
    before.knows_everybody(&auth).await.expect("reads");
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    instance.set_read_only(false);
    let session = soon(|| auth.create_session(1).into_future()).await;
    let read = auth.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
}

/// I-02: an idle session is served as it is, since it cannot be renewed.
async fn serves_reads_only(program: &Program) {
    let auth = &program.auth;
    for auth in [auth, &program.hasty] {
        let known = program.knows_everybody(auth).await;
        known.expect("reads");
    }
    let session = &program.sessions[0];
    program.clock.advance(Duration::from_secs(36 * 3600));
    let renewed = in_time(DEADLINE, auth.renew_session(session.token())).await;
    let served = renewed.expect("a read").expect("the session");
    assert_eq!(served.state(), SessionState::Idle);
    assert!(!served.is_fresh());
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    let ended = auth.invalidate_session(program.sessions[1].id());
    is_outage("a sign-out", in_time(DEADLINE, ended).await);
    let listed = auth.list_sessions(2).await.expect("a list");
    assert!(!listed.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn i_05_a_server_without_a_connection_to_spare_is_away() {
    let Some(instance) = instance() else { return };
    let proxy = Proxy::to(instance.port()).await;
    let url = instance.url();
    let by_proxy = url.replace(
        &format!(":{}/", instance.port()),
        &format!(":{}/", proxy.port()),
    );
    let program = Program::at(&by_proxy).await;
    proxy.refuse();
    proxy.cut_now();
    let crowd = crowd(&url).await;
    proxy.pass();
    program.is_away().await;
    let start = Instant::now();
    while !instance.log().contains("too many clients") {
        assert!(start.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(20)).await;
    }
    program.is_away().await;
    drop(crowd);
    program.is_back().await;
    leaves_nothing_on(&instance).await;
}

/// Everybody whom the server serves.
async fn crowd(url: &str) -> Vec<Client> {
    let start = Instant::now();
    let mut crowd = Vec::new();
    while crowd.len() < MOST {
        assert!(start.elapsed() < Duration::from_secs(5), "{}", crowd.len());
        match tokio_postgres::connect(url, NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                crowd.push(client);
            }
            // Those whom they follow have not left yet.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
    crowd
}

const CONNECTIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'locals'";

/// L-05, too: a standby that follows at some distance is asked for nothing before it is promoted.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_two_servers_fail_over() {
    let Some(first) = instance() else { return };
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
    leaves_nothing_on(&second).await;
}

/// The other order: the first of the URL is the one that follows.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_the_server_that_writes_is_found_wherever_it_stands() {
    let Some(first) = instance() else { return };
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
    let Some(first) = instance() else { return };
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
    leaves_nothing_on(&second).await;
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
    let Some(first) = instance() else { return };
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
    let Some(first) = instance() else { return };
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
             WHERE application_name = 'locals' ORDER BY query_start DESC LIMIT 1))",
    );
    reads_move(&program, &first, "1").await;
    second.wait_for(CONNECTIONS, "2");
    proxy.pass();
    reads_move(&program, &first, "0").await;
    second.wait_for(CONNECTIONS, "3");
    program.is_back().await;
}

/// What a connection that was made during a migration could not prepare is prepared when that is over.
#[tokio::test(flavor = "multi_thread")]
async fn statements_that_a_migration_kept_away_are_prepared_later() {
    let Some(instance) = Instance::start(Options {
        settings: vec![("log_min_duration_statement", "0".to_owned())],
        without_fsync: true,
        ..Options::default()
    }) else {
        return;
    };
    instance.execute(USERS);
    let program = Program::at(&instance.url()).await;
    instance.execute("ALTER TABLE users RENAME COLUMN name TO called");
    let before = instance.text("SELECT clock_timestamp()");
    instance.terminate_backends("locals");
    let anew = format!("{CONNECTIONS} AND backend_start > '{before}'");
    instance.wait_for(&anew, "3");
    is_outage("a read", read_user(&program).await);
    instance.execute("ALTER TABLE users RENAME COLUMN called TO name");
    let start = Instant::now();
    loop {
        let before = instance.log().len();
        read_user(&program).await.expect("it is asked unprepared");
        let log = instance.log().split_off(before);
        let mut lines = log.lines();
        if lines.any(|line| line.contains("execute s") && line.contains("LEFT JOIN")) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{log}");
        sleep(Duration::from_millis(100)).await;
    }
    program.is_back().await;
}

async fn read_user(program: &Program) -> Result<(), locals::Error> {
    let token = program.sessions[0].token();
    let read = program.auth.validate_session_user(token).await?;
    assert!(read.is_some(), "nothing has ended it");
    Ok(())
}
