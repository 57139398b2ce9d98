//! A server that takes no writes, or has no connection to spare.

use crate::{
    program::{DEADLINE, Program, in_time, is_outage, soon},
    rig::{Limited, through},
    served::Served,
};
use locals::SessionState;
use std::time::{Duration, Instant};
use test_servers::Proxy;
use tokio::time::sleep;

/// As one is that was demoted, or whose disk is full: who is signed in stays so, and nobody signs in.
pub async fn l_03_a_read_only_server_serves_reads<S: Limited>() {
    let Some(server) = S::small() else { return };
    let program = Program::at(&server.url()).await;
    server.set_read_only(true);
    // It may take a moment until it holds for every connection.
    let start = Instant::now();
    while program.auth.create_session(1).await.is_ok() {
        assert!(start.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(20)).await;
    }
    serves_reads_only(&program).await;
    server.kill_connections();
    soon(|| program.knows_everybody(&program.auth)).await;
    serves_reads_only(&program).await;
    server.set_read_only(false);
    program.is_back().await;
    let session = &program.sessions[0];
    let renewed = soon(|| program.auth.renew_session(session.token())).await;
    assert!(
        renewed.expect("the session").is_fresh(),
        "now it is written"
    );
    server.leaves_nothing().await;
}

/// A node that starts meanwhile serves those who are signed in, too.
pub async fn l_03_a_program_starts_on_a_read_only_server<S: Limited>() {
    let Some(server) = S::small() else { return };
    let url = server.impatient_url();
    let before = Program::at(&url).await;
    server.set_read_only(true);
    let store = <S::Store as Served>::at(&url).await.expect("a store");
    let auth = store.auth(&before.clock, DEADLINE).await;
    before.knows_everybody(&auth).await.expect("reads");
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    server.set_read_only(false);
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

pub async fn i_05_a_server_without_a_connection_to_spare_is_away<S: Limited>() {
    let Some(server) = S::small() else { return };
    let proxy = Proxy::to(server.port()).await;
    let by_proxy = through(proxy.port(), &server.url(), server.port());
    let program = Program::at(&by_proxy).await;
    proxy.refuse();
    proxy.cut_now();
    let crowd = server.crowd().await;
    proxy.pass();
    program.is_away().await;
    let start = Instant::now();
    while !server.has_turned_away() {
        assert!(start.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(20)).await;
    }
    program.is_away().await;
    drop(crowd);
    program.is_back().await;
    server.leaves_nothing().await;
}
