//! What an operator may type into `redis-cli` meanwhile.

use crate::rig::instance;
use std::{sync::Arc, time::Duration};
use store_tests::program::{Program, is_outage, soon};
use test_servers::RedisInstance;
use tokio::{task::spawn_blocking, time::sleep};

/// Sends a command that is not answered for a while.
fn send(instance: &Arc<RedisInstance>, words: &'static [&str]) {
    let instance = Arc::clone(instance);
    drop(spawn_blocking(move || {
        let _ = instance.try_command(words);
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_clients_that_are_paused_wait_no_longer_than_they_want() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    instance.command(&["CLIENT", "PAUSE", "4000", "ALL"]);
    program.is_away().await;
    // Who would end the pause is paused, too.
    instance.command(&["PING"]);
    program.is_back().await;
}

/// As during a failover by hand: who is signed in stays so.
#[tokio::test(flavor = "multi_thread")]
async fn i_04_writes_that_are_paused_keep_no_read_waiting() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    instance.command(&["CLIENT", "PAUSE", "6000", "WRITE"]);
    let known = program.knows_everybody(&program.hasty).await;
    known.expect("reads");
    is_outage("a sign-in", program.hasty.create_session(1).await);
    instance.command(&["CLIENT", "UNPAUSE"]);
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_a_server_that_sleeps_is_away() {
    let Some(instance) = instance(&[("enable-debug-command", "local")]) else {
        return;
    };
    let instance = Arc::new(instance);
    let program = Program::at(&instance.url()).await;
    send(&instance, &["DEBUG", "SLEEP", "4"]);
    sleep(Duration::from_millis(200)).await;
    program.is_away().await;
    instance.command(&["PING"]);
    program.is_back().await;
}

/// Somebody's script that does not end: the server answers everybody with an error.
#[tokio::test(flavor = "multi_thread")]
async fn i_04_a_server_that_is_busy_with_a_script_is_away() {
    let Some(instance) = instance(&[("lua-time-limit", "50")]) else {
        return;
    };
    let instance = Arc::new(instance);
    let program = Program::at(&instance.url()).await;
    send(&instance, &["EVAL", "while true do end", "0"]);
    sleep(Duration::from_millis(300)).await;
    program.is_away().await;
    instance.command(&["SCRIPT", "KILL"]);
    program.is_back().await;
}

/// They are sent again, and nobody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_were_flushed_cost_nobody_an_answer() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    for _ in 0..3 {
        instance.command(&["SCRIPT", "FLUSH"]);
        program.works().await.expect("every answer");
    }
    let flushes = async {
        for _ in 0..50 {
            instance.command(&["SCRIPT", "FLUSH"]);
            sleep(Duration::from_millis(5)).await;
        }
    };
    let asks = async {
        for _ in 0..10 {
            program.works().await.expect("every answer");
        }
    };
    tokio::join!(flushes, asks);
}

/// Everybody is signed out, and may sign in again.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_flushed_knows_nobody() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    instance.command(&["FLUSHALL"]);
    for session in &program.sessions {
        let read = program.auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_none());
        let renewed = program.auth.renew_session(session.token()).await;
        assert!(renewed.expect("an answer").is_none());
    }
    assert_eq!(instance.command(&["DBSIZE"]), "0", "nothing comes back");
    let session = program.auth.create_session(1).await.expect("a sign-in");
    let read = soon(|| program.auth.validate_session(session.token())).await;
    assert!(read.is_some());
}
