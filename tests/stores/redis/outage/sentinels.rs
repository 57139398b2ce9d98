//! Two servers that sentinels watch: who leads is known from these, after a crash and after a failover.

use crate::rig::{COMMANDS, auth, instance, store_at};
use locals::{RedisStore, StoreError};
use std::time::{Duration, Instant};
use store_tests::program::{Program, soon};
use test_servers::RedisSentinel;
use tokio::{task::block_in_place, time::sleep};

/// For who decides that a server is gone and another one leads, on a busy machine.
const FAILOVER: Duration = Duration::from_secs(20);

/// Until everybody has left a server that was replaced.
const LEAVING: Duration = Duration::from_millis(1500);

fn sentinel() -> Option<RedisSentinel> {
    block_in_place(RedisSentinel::start)
}

/// I-02: what is answered meanwhile is an outage, and no session is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_server_that_is_killed_is_replaced() {
    let Some(sentinel) = sentinel() else { return };
    let program = Program::at(&sentinel.url()).await;
    let (leader, follower) = (sentinel.leader(), sentinel.follower());
    block_in_place(|| sentinel.wait_for_follower());
    leader.kill();
    let start = Instant::now();
    while let Err(error) = program.knows_everybody(&program.auth).await {
        assert!(error.is_outage(), "{error}");
        assert!(start.elapsed() < FAILOVER, "{error}");
        sleep(Duration::from_millis(20)).await;
    }
    program.is_back().await;
    let new = block_in_place(|| sentinel.leader());
    assert_eq!(new.port(), follower.port());
}

/// The server that was replaced is not told for ten seconds: until then it answers as if it led.
#[tokio::test(flavor = "multi_thread")]
async fn l_03_a_server_that_was_replaced_is_left_before_it_is_told() {
    let Some(sentinel) = sentinel() else { return };
    let program = Program::at(&sentinel.url()).await;
    let old = sentinel.leader();
    block_in_place(|| sentinel.wait_for_follower());
    block_in_place(|| sentinel.fail_over());
    sleep(LEAVING).await;
    let new = sentinel.leader();
    assert_ne!(new.port(), old.port());
    // By another way to the new one.
    let beside = auth(store_at(&new.url()).await).await;
    let session = soon(|| program.auth.create_session(1).into_future()).await;
    let read = beside.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some(), "made on the new one");
    let ended = beside.invalidate_session(session.id()).await;
    assert!(ended.expect("an answer"));
    let read = soon(|| program.auth.validate_session(session.token()).into_future()).await;
    assert!(read.is_none(), "read from the new one");
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sentinels_that_are_gone_or_silent_are_passed_over() {
    let Some(sentinel) = sentinel() else { return };
    let program = Program::at(&sentinel.url()).await;
    let [gone, silent, _] = sentinel.sentinels() else {
        panic!("there are three");
    };
    let leader = sentinel.leader();
    gone.kill();
    silent.pause();
    program.works().await.expect("every answer");
    drop(store_at(&sentinel.url()).await);
    leader.command(&["CLIENT", "KILL", "TYPE", "normal"]);
    program.is_back().await;
    silent.resume();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sentinel_does_not_know_is_refused() {
    let Some(server) = instance(&[]) else { return };
    let watched = format!("monitor main 127.0.0.1 {} 1", server.port());
    let Some(sentinel) = instance(&[("sentinel", &watched)]) else {
        return;
    };
    let place = format!("127.0.0.1:{}", sentinel.port());
    let beside = format!("127.0.0.1:{}", server.port());
    for (url, part) in [
        (format!("redis+sentinel://{place}/other"), "`other`"),
        (format!("redis+sentinel://{beside}/main"), "no Sentinel"),
        (format!("redis://{place}"), "redis+sentinel://"),
    ] {
        let refused = RedisStore::connect(&url).await.expect_err("it is refused");
        assert!(matches!(refused, StoreError::Setup(_)), "{url}: {refused}");
        assert!(refused.to_string().contains(part), "{url}: {refused}");
    }
    drop(store_at(&format!("redis+sentinel://{place}/main")).await);
}

/// Both have users of their own, with no more rights than they need.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_sentinels_are_told_a_password_of_their_own() {
    let app = format!("app on >theirs ~locals:* -@all +{}", COMMANDS.join(" +"));
    let Some(server) = instance(&[("user", &app)]) else {
        return;
    };
    let watched = format!("monitor main 127.0.0.1 {} 1", server.port());
    let asking = "asking on >ours -@all +hello +sentinel|master +sentinel|get-master-addr-by-name";
    let settings = [("sentinel", watched.as_str()), ("user", asking)];
    let Some(sentinel) = instance(&settings) else {
        return;
    };
    let url = |password| {
        let port = sentinel.port();
        let login = format!("sentinel_username=asking&sentinel_password={password}");
        format!("redis+sentinel://app:theirs@127.0.0.1:{port}/main?{login}")
    };
    let program = Program::at(&url("ours")).await;
    server.command(&["CLIENT", "KILL", "TYPE", "normal"]);
    program.is_back().await;
    let refused = RedisStore::connect(url("theirs")).await;
    let error = refused.expect_err("it is another password");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    let text = error.to_string();
    assert!(!text.contains("theirs") && !text.contains("ours"), "{text}");
}
