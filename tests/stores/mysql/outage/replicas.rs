//! A server that another follows, which takes its place: reads and writes go where it is possible to write.

use locals::{Auth, Session};
use std::{
    thread,
    time::{Duration, Instant},
};
use store_tests::{
    program::{Account, Program, SLACK},
    rig::{
        Server,
        mysql::{both, count, primary},
    },
};
use test_servers::MySqlInstance;
use tokio::{task::JoinSet, time::sleep};

/// A look each second, and the way to the other server.
const LEAVING: Duration = Duration::from_secs(2);

/// A server, and the one that follows it.
fn servers() -> Option<(MySqlInstance, MySqlInstance)> {
    let first = primary()?;
    let second = MySqlInstance::replica_of(&first)?;
    Some((first, second))
}

fn wait_for(server: &MySqlInstance, connections: usize) {
    let start = Instant::now();
    while count(server) != connections {
        let is_late = start.elapsed() > Duration::from_secs(10);
        assert!(!is_late, "{} and not {connections}", count(server));
        thread::sleep(Duration::from_millis(20));
    }
}

/// A session that has ended.
async fn ended(program: &Program) -> Session {
    let session = program.auth.create_session(1).await.expect("a session");
    let ended = program.auth.invalidate_session(session.id()).await;
    assert!(ended.expect("an answer"), "it was there");
    session
}

async fn is_there(auth: &Auth<Account>, session: &Session) -> bool {
    let read = auth.validate_session(session.token()).await;
    read.expect("an answer").is_some()
}

/// L-05, too: one that follows at some distance is asked for nothing before it is promoted.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_two_servers_fail_over() {
    let Some((first, second)) = servers() else {
        return;
    };
    let program = Program::at(&both(&first, &second)).await;
    wait_for(&second, 0);
    let session = ended(&program).await;
    second.catch_up_with(&first);
    first.kill();
    program.is_away().await;
    second.promote();
    program.is_back().await;
    assert!(!is_there(&program.auth, &session).await, "it has ended");
    wait_for(&second, MySqlInstance::CONNECTIONS);
    second.leaves_nothing().await;
}

/// The other order: the first of the URL is the one that follows.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_the_server_that_writes_is_found_wherever_it_stands() {
    let Some((first, second)) = servers() else {
        return;
    };
    let program = Program::at(&both(&second, &first)).await;
    program.works().await.expect("the second of the two");
    wait_for(&second, 0);
    wait_for(&first, MySqlInstance::CONNECTIONS);
}

/// The first is there still, takes no writes any more, and would serve reads for ever.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_reads_follow_the_server_that_writes() {
    let Some((first, second)) = servers() else {
        return;
    };
    let program = Program::at(&both(&first, &second)).await;
    let session = ended(&program).await;
    first.set_read_only(true);
    second.catch_up_with(&first);
    second.promote();
    program.is_back().await;
    // Ended where it is possible to write: the first will not hear of it.
    let last = &program.sessions[0];
    let away = program.auth.invalidate_session(last.id()).await;
    assert!(away.expect("an answer"), "it was there");
    let start = Instant::now();
    while read_by_many(&program.auth, last).await {
        let elapsed = start.elapsed();
        assert!(elapsed < LEAVING + SLACK, "it is read after {elapsed:?}");
        sleep(Duration::from_millis(20)).await;
    }
    wait_for(&first, 0);
    wait_for(&second, MySqlInstance::CONNECTIONS);
    assert!(!read_by_many(&program.auth, last).await, "it has ended");
    assert!(!read_by_many(&program.auth, &session).await, "it has ended");
    second.leaves_nothing().await;
}

/// By whichever connections there are; whether any of them says that it is there. Nobody is told so wrongly for want
/// of a connection.
async fn read_by_many(auth: &Auth<Account>, session: &Session) -> bool {
    let mut reads = JoinSet::new();
    for _ in 0..24 {
        let (auth, token) = (auth.clone(), session.token().clone());
        reads.spawn(async move { auth.validate_session(&token).await });
    }
    let reads = reads.join_all().await;
    reads.into_iter().any(|read| match read {
        Ok(found) => found.is_some(),
        Err(error) => {
            assert!(error.is_outage(), "{error}");
            false
        }
    })
}

/// Nobody writes, so that nobody is told; and whoever reads does so by one connection, of six that may be used next.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_whoever_only_reads_finds_the_server_that_writes() {
    let Some((first, second)) = servers() else {
        return;
    };
    let program = Program::at(&both(&first, &second)).await;
    first.set_read_only(true);
    second.catch_up_with(&first);
    second.promote();
    // Those that write stay where they are.
    let (reads, start) = (MySqlInstance::CONNECTIONS - 2, Instant::now());
    while count(&second) != reads {
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(10), "{}", count(&second));
        assert!(is_there_or_away(&program).await, "nothing has ended it");
        sleep(Duration::from_millis(20)).await;
    }
    wait_for(&first, 2);
    program.is_back().await;
}

/// Whoever is signed in is so, or it cannot be said.
async fn is_there_or_away(program: &Program) -> bool {
    let session = &program.sessions[0];
    match program.auth.validate_session(session.token()).await {
        Ok(found) => found.is_some(),
        Err(error) => error.is_outage(),
    }
}
