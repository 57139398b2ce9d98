//! Whoever asks is gone at once, again and again, while the server can answer nobody.

use mysql_async::{Conn, Opts, OptsBuilder, prelude::Queryable};
use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};
use store_tests::{
    program::Program,
    rig::{KeepsUsers, Server},
};
use test_servers::{MySqlInstance, PROCESSLIST};
use tokio::{task::yield_now, time::sleep};

const CALLERS: u64 = 1000;

/// How many statements of stores run on the server.
fn running(server: &MySqlInstance) -> usize {
    let running = server.text(&format!(
        "SELECT COUNT(*) FROM {PROCESSLIST} WHERE user = 'app' AND state LIKE 'Waiting for table%'"
    ));
    running.parse().expect("a number")
}

/// How many prepared statements have been begun there.
async fn begun(beside: &mut Conn) -> u64 {
    let begun = "SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'";
    let row: Option<(String, u64)> = beside.query_first(begun).await.expect("an answer");
    row.expect("every server counts them").1
}

/// Somebody else, such as a migration.
async fn beside(server: &MySqlInstance) -> Conn {
    let opts = Opts::from_url(&Server::url(server)).expect("a URL");
    let opts = OptsBuilder::from_opts(opts).prefer_socket(false);
    Conn::new(opts).await.expect("a connection")
}

/// Asks, and waits for no answer; whether there was none at once.
async fn hangs_up(asked: impl Future) -> bool {
    let mut asked = pin!(asked);
    poll_fn(|context| Poll::Ready(asked.as_mut().poll(context).is_pending())).await
}

/// As many are under way as there are connections to read by, and those behind them are forgotten with whoever asked.
#[tokio::test(flavor = "multi_thread")]
async fn i_05_reads_that_nobody_waits_for_are_bounded() {
    let Some(server) = MySqlInstance::lasting() else {
        return;
    };
    let program = Program::at(&Server::url(&server)).await;
    let mut migration = beside(&server).await;
    let before = begun(&mut migration).await;
    let lock = "LOCK TABLES locals_sessions WRITE";
    migration.query_drop(lock).await.expect("it is alone");
    let token = program.sessions[0].token();
    for _ in 0..CALLERS {
        let has_left = hangs_up(program.auth.validate_session(token)).await;
        assert!(has_left, "the table is locked");
        // A task that never lets others run is let wait for nothing more.
        yield_now().await;
    }
    sleep(Duration::from_millis(200)).await;
    let running = running(&server);
    let most = <MySqlInstance as KeepsUsers>::READING;
    assert!((1..=most).contains(&running), "{running} are running");
    migration
        .query_drop("UNLOCK TABLES")
        .await
        .expect("it ends");
    program.is_back().await;
    sleep(Duration::from_millis(200)).await;
    // What was asked to see that it is back is among them.
    let since = begun(&mut migration).await - before;
    assert!(since < CALLERS / 2, "{since} were begun");
    server.leaves_nothing().await;
}
