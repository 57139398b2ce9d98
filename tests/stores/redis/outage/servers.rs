//! A server that is killed, paused, restarted, or gone for good.

use crate::rig::{instance, store_at};
use locals::{Auth, RedisStore, UserId};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store_tests::program::{DEADLINE, Program, in_time, is_outage};
use test_servers::RedisInstance;
use tokio::time::sleep;

/// What it keeps is on the disk before it is acknowledged.
fn lasting() -> Option<RedisInstance> {
    instance(&[("appendonly", "yes"), ("appendfsync", "always")])
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_server_that_is_killed_is_away_until_it_is_back() {
    let Some(instance) = lasting() else { return };
    let program = Program::at(&instance.url()).await;
    instance.kill();
    program.is_away().await;
    instance.start_again();
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_a_server_that_is_paused_is_away_until_it_goes_on() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    instance.pause();
    program.is_away().await;
    // What it is told by now is not waited for.
    program.is_away().await;
    instance.resume();
    program.is_back().await;
}

/// Shorter than anybody's patience.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_below_the_deadline_is_no_outage() {
    let Some(instance) = instance(&[]) else {
        return;
    };
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
    let Some(instance) = lasting() else { return };
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
}

/// The scripts are not kept by the server: they are sent again.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_server_that_restarts_has_lost_the_scripts_alone() {
    let Some(instance) = lasting() else { return };
    let program = Program::at(&instance.url()).await;
    for _ in 0..2 {
        instance.restart();
        program.is_back().await;
    }
}

/// In the time of the shorter deadline, too, however many ask.
#[tokio::test(flavor = "multi_thread")]
async fn i_05_a_crowd_before_a_server_that_is_gone_is_told_at_once() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let store = store_at(&instance.url()).await;
    let auth = Auth::<UserId>::builder(store).connect().await;
    let auth = auth.expect("a store that is ready");
    let session = auth.create_session("ada").await.expect("a session");
    instance.kill();
    let start = Instant::now();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let (auth, token) = (auth.clone(), session.token().clone());
        asking.spawn(async move { auth.validate_session(&token).await });
    }
    for read in asking.join_all().await {
        is_outage("a read", read);
    }
    let elapsed = start.elapsed();
    assert!(elapsed < DEADLINE, "after {elapsed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_starts_on_a_server_that_is_not_there() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let url = instance.url();
    instance.kill();
    let start = Instant::now();
    let connected = RedisStore::connect(&url).await;
    let error = connected.expect_err("nobody is there").to_string();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.contains(&instance.port().to_string()), "{error}");
}
