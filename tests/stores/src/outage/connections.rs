//! Connections that the server ends.

use crate::{program::Program, rig::Server};
use std::time::Duration;
use tokio::time::sleep;

/// For each connection that dies, one request at most fails.
pub async fn l_03_connections_that_are_killed_fail_one_request_each<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    // One that dies young is not made again at once.
    sleep(Duration::from_millis(1100)).await;
    assert_eq!(server.kill_connections(), S::CONNECTIONS);
    program.fails_at_most(S::CONNECTIONS).await;
    server.leaves_nothing().await;
}

pub async fn i_06_connections_that_are_killed_are_replaced<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    for _ in 0..5 {
        assert_ne!(server.kill_connections(), 0);
        program.is_back().await;
    }
    server.leaves_nothing().await;
}

/// Requests under way while connections die, again and again.
pub async fn i_06_no_answer_is_wrong_while_connections_are_killed<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let program = Program::at(&server.url()).await;
    let asks = async || {
        for _ in 0..40 {
            if let Err(error) = program.works().await {
                assert!(error.is_outage(), "{error}");
                sleep(Duration::from_millis(20)).await;
            }
        }
    };
    let dies = async {
        for _ in 0..10 {
            sleep(Duration::from_millis(100)).await;
            server.kill_connections();
        }
    };
    tokio::join!(dies, asks(), asks(), asks());
    program.is_back().await;
    server.leaves_nothing().await;
}
