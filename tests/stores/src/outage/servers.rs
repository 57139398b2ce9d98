//! A server that is killed, paused, restarted, or gone for good.

use crate::{
    program::{DEADLINE, Program, in_time, is_outage},
    rig::Server,
    served::Served,
};
use locals::{Auth, UserId};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    task::{JoinSet, spawn_blocking},
    time::sleep,
};

pub async fn i_06_a_server_that_is_killed_is_away_until_it_is_back<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    server.kill();
    program.is_away().await;
    server.start_again();
    program.is_back().await;
    server.leaves_nothing().await;
}

pub async fn i_04_a_server_that_is_paused_is_away_until_it_goes_on<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    server.pause();
    program.is_away().await;
    // What it is told by now is not waited for.
    program.is_away().await;
    server.resume();
    program.is_back().await;
    server.leaves_nothing().await;
}

/// Shorter than anybody's patience.
pub async fn a_pause_below_the_deadline_is_no_outage<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    server.pause();
    let asked = in_time(DEADLINE, program.works());
    let resumed = async {
        sleep(Duration::from_millis(300)).await;
        server.resume();
    };
    let (answer, ()) = tokio::join!(asked, resumed);
    answer.expect("answers that are there in time");
}

pub async fn i_06_no_answer_is_wrong_while_a_server_restarts<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let server = Arc::new(server);
    let program = Program::at(&server.url()).await;
    let restarted = Arc::clone(&server);
    let restarting = spawn_blocking(move || restarted.restart());
    while !restarting.is_finished() {
        if let Err(error) = program.works().await {
            assert!(error.is_outage(), "{error}");
        }
        sleep(Duration::from_millis(5)).await;
    }
    restarting.await.expect("it has restarted");
    program.is_back().await;
    server.leaves_nothing().await;
}

/// What a server does not keep, such as scripts and what was prepared, it is told again.
pub async fn i_06_a_server_that_restarts_has_lost_nobody<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    for _ in 0..2 {
        server.restart();
        program.is_back().await;
    }
    server.leaves_nothing().await;
}

/// In the time of the shorter deadline, too, however many ask.
pub async fn i_05_a_crowd_before_a_server_that_is_gone_is_told_at_once<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let store = <S::Store as Served>::at(&server.url()).await;
    let auth = Auth::<UserId>::builder(store.expect("a store"));
    let auth = auth.connect().await.expect("a store that is ready");
    let session = auth.create_session("ada").await.expect("a session");
    server.kill();
    let start = Instant::now();
    let mut asking = JoinSet::new();
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

pub async fn nobody_starts_on_a_server_that_is_not_there<S: Server>() {
    let Some(server) = S::lasting() else { return };
    server.kill();
    let start = Instant::now();
    let connected = <S::Store as Served>::at(&server.url()).await;
    let error = connected.expect_err("nobody is there").to_string();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(error.contains(&server.port().to_string()), "{error}");
}
