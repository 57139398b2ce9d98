//! A server that follows another one (L-03): it takes no writes, and what it says may be old.

use crate::rig::{auth, instance, store_at};
use locals::{Auth, Error, RedisStore, UserId};
use std::time::{Duration, Instant};
use store_tests::program::{DEADLINE, Program, in_time, is_outage, soon};
use test_servers::RedisInstance;
use tokio::time::sleep;

/// Until nobody reads any more from a server that was demoted.
const LEAVING: Duration = Duration::from_secs(2);

fn follow(follower: &RedisInstance, port: u16) {
    follower.command(&["REPLICAOF", "127.0.0.1", &port.to_string()]);
}

fn lead(instance: &RedisInstance) {
    instance.command(&["REPLICAOF", "NO", "ONE"]);
}

/// A port that nobody answers on.
fn nobody() -> Option<u16> {
    let gone = instance(&[])?;
    Some(gone.port())
}

/// Nobody signs in or out. Who asks who somebody is hears the truth, or that it cannot be said.
async fn takes_no_writes(program: &Program) {
    let auth = &program.auth;
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    let ended = auth.invalidate_session(program.sessions[1].id());
    is_outage("a sign-out", in_time(DEADLINE, ended).await);
    let ended = auth.invalidate_user_sessions(2);
    is_outage("a sign-out everywhere", in_time(DEADLINE, ended).await);
    if let Err(error) = program.knows_everybody(auth).await {
        assert!(error.is_outage(), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_03_a_server_that_was_demoted_takes_no_writes() {
    let (Some(instance), Some(nobody)) = (instance(&[]), nobody()) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    follow(&instance, nobody);
    for _ in 0..5 {
        takes_no_writes(&program).await;
        sleep(Duration::from_millis(100)).await;
    }
    lead(&instance);
    program.is_back().await;
}

/// I-02: an idle session is served as it is, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn i_02_a_session_that_cannot_be_renewed_is_not_ended() {
    let (Some(instance), Some(nobody)) = (instance(&[]), nobody()) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    follow(&instance, nobody);
    program.clock.advance(Duration::from_secs(36 * 3600));
    let session = &program.sessions[0];
    match in_time(DEADLINE, program.auth.renew_session(session.token())).await {
        Ok(served) => assert!(!served.expect("the session").is_fresh()),
        Err(error) => assert!(error.is_outage(), "{error}"),
    }
    lead(&instance);
    program.is_back().await;
    let renewed = soon(|| program.auth.renew_session(session.token())).await;
    assert!(
        renewed.expect("the session").is_fresh(),
        "now it is written"
    );
}

/// One that does not answer what may be old.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_a_server_without_its_leader_is_away() {
    let settings = [("replica-serve-stale-data", "no")];
    let (Some(instance), Some(nobody)) = (instance(&settings), nobody()) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    follow(&instance, nobody);
    program.is_away().await;
    lead(&instance);
    program.is_back().await;
}

/// Behind one address, as a proxy or a name has it: the connections stay on the one that was demoted.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_two_servers_change_places() {
    let (Some(first), Some(second)) = (instance(&[]), instance(&[])) else {
        return;
    };
    let program = Program::at(&first.url()).await;
    follow(&second, first.port());
    second.wait_for("master_link_status", "up");
    lead(&second);
    follow(&first, second.port());
    first.wait_for("master_link_status", "up");
    takes_no_writes(&program).await;
    lead(&first);
    program.is_back().await;
}

/// J-01: it has not heard what was ended since, and never will.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_a_server_that_was_demoted_is_not_read_for_long() {
    let (Some(first), Some(second), Some(nobody)) = (instance(&[]), instance(&[]), nobody()) else {
        return;
    };
    let program = Program::at(&first.url()).await;
    follow(&second, first.port());
    second.wait_for("master_link_status", "up");
    lead(&second);
    follow(&first, nobody);
    let beside = auth(store_at(&second.url()).await).await;
    let session = &program.sessions[0];
    let ended = beside.invalidate_session(session.id()).await;
    assert!(ended.expect("an answer"), "both had it");
    let start = Instant::now();
    while let Ok(Some(_)) = program.auth.validate_session(session.token()).await {
        assert!(start.elapsed() < LEAVING, "it is read still");
        sleep(Duration::from_millis(20)).await;
    }
    program.is_away().await;
    follow(&first, second.port());
    first.wait_for("master_link_status", "up");
    lead(&first);
    let read = soon(|| program.auth.validate_session(session.token())).await;
    assert!(read.is_none(), "it has ended");
}

/// What is asked at start, too: a replica would not see a sign-out at once (L-05).
#[tokio::test(flavor = "multi_thread")]
async fn l_05_nobody_starts_on_a_replica() {
    let (Some(instance), Some(nobody)) = (instance(&[]), nobody()) else {
        return;
    };
    follow(&instance, nobody);
    let start = Instant::now();
    let refused = started(&instance.url()).await;
    let text = refused.expect_err("it would say what is old");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(text.contains("replica"), "{text}");
    lead(&instance);
    let auth = started(&instance.url()).await.expect("now it leads");
    let session: Result<_, Error> = auth.create_session("ada").await;
    assert!(session.is_ok());
}

async fn started(url: &str) -> Result<Auth, String> {
    let store = RedisStore::connect(url).await;
    let store = store.map_err(|error| error.to_string())?;
    let auth = Auth::<UserId>::builder(store).connect().await;
    auth.map_err(|error| error.to_string())
}
