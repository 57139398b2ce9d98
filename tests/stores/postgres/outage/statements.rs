//! Statements that could not be prepared.

use super::CONNECTIONS;
use crate::program::{Program, USERS, is_outage};
use std::time::{Duration, Instant};
use test_servers::{Instance, Options};
use tokio::time::sleep;

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
