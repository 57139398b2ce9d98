//! Transactions of the application that hold what the store needs: nobody waits for ever, and the error
//! says what to do.

use crate::{
    program::{Account, DEADLINE, Program, USERS, in_time},
    rig::{leaves_nothing, leaves_nothing_in, named, schema},
};
use locals::{Auth, Error, PostgresStore, Session, StoreError};
use std::time::{Duration, Instant};
use test_servers::{Instance, Options, Schema};
use tokio_postgres::Client;

const AT_ONCE: Duration = Duration::from_millis(200);

/// A program beside a transaction of the application, in which this was done.
async fn beside(schema: &Schema, statement: &str) -> (Program, Client) {
    schema.execute(USERS);
    let program = Program::at(&named(schema)).await;
    let application = schema.connect().await;
    let begun = format!("BEGIN; {statement}");
    application
        .batch_execute(&begun)
        .await
        .expect("it is alone");
    (program, application)
}

async fn end(application: &Client, how: &str) {
    application.batch_execute(how).await.expect("it ends");
}

/// The lock of the cap is not the user's row, and the reference takes the weakest lock there is.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_not_committed_keeps_nobody_from_signing_in() {
    let Some(schema) = schema() else { return };
    let update = "UPDATE users SET name = 'Ada' WHERE id = 1";
    let (program, application) = beside(&schema, update).await;
    let session = in_time(AT_ONCE, program.auth.create_session(1)).await;
    let session = session.expect("a sign-in");
    let read = program.auth.validate_session_user(session.token()).await;
    let (_, account) = read.expect("an answer").expect("the session");
    assert_eq!(account.name, "user 1", "as long as it is not committed");
    end(&application, "COMMIT").await;
    let read = program.auth.validate_session_user(session.token()).await;
    let (_, account) = read.expect("an answer").expect("the session");
    assert_eq!(account.name, "Ada");
    leaves_nothing_in(&schema).await;
}

async fn keeps_waiting(statement: &str) {
    let Some(schema) = schema() else { return };
    let (program, application) = beside(&schema, statement).await;
    let auth = &program.auth;
    let (signed_in, known, another) = tokio::join!(
        in_time(DEADLINE, auth.create_session(1)),
        in_time(AT_ONCE, auth.validate_session(program.sessions[0].token())),
        in_time(DEADLINE, auth.create_session(2)),
    );
    let error = signed_in.expect_err("the user is held");
    assert!(error.is_outage());
    let text = error.to_string();
    assert!(text.contains("commit before you sign in"), "{text}");
    assert!(known.expect("a read waits for no lock").is_some());
    assert!(another.is_ok(), "it waits for its turn, and no longer");
    end(&application, "ROLLBACK").await;
    program.is_back().await;
    leaves_nothing_in(&schema).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_locked_cannot_sign_in_before_the_commit() {
    keeps_waiting("SELECT FROM users WHERE id = 1 FOR UPDATE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whose_key_changes_cannot_sign_in_before_the_commit() {
    keeps_waiting("UPDATE users SET id = 100 WHERE id = 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_being_deleted_cannot_sign_in_before_the_commit() {
    keeps_waiting("DELETE FROM users WHERE id = 1").await;
}

/// A migration that is under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_users_table_that_is_locked_is_an_outage_that_ends() {
    let Some(schema) = schema() else { return };
    let lock = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
    let (program, application) = beside(&schema, lock).await;
    let read = program.auth.validate_session(program.sessions[0].token());
    let error = in_time(DEADLINE, read).await.expect_err("it is held");
    assert!(error.is_outage(), "{error}");
    end(&application, "ROLLBACK").await;
    program.is_back().await;
    leaves_nothing_in(&schema).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_not_committed_is_none() {
    let Some(schema) = schema() else { return };
    let insert = "INSERT INTO users VALUES (9, 'user 9')";
    let (program, application) = beside(&schema, insert).await;
    let refused = in_time(AT_ONCE, program.auth.create_session(9)).await;
    let error = refused.expect_err("nobody else sees that user");
    assert!(
        matches!(error, Error::Store(StoreError::UnknownUser)),
        "{error}"
    );
    end(&application, "COMMIT").await;
    let session = program.auth.create_session(9).await;
    assert_eq!(session.expect("a sign-in").user_id().as_str(), "9");
}

/// The server undoes one of two that wait for each other: ours is done again.
#[tokio::test(flavor = "multi_thread")]
async fn l_04_a_deadlock_undoes_nothing_that_was_asked_for() {
    // Sooner than the store gives up waiting for a lock.
    let Some(instance) = Instance::start(Options {
        settings: vec![("deadlock_timeout", "350ms".to_owned())],
        without_fsync: true,
        ..Options::default()
    }) else {
        return;
    };
    instance.execute(USERS);
    let store = PostgresStore::connect(instance.url())
        .await
        .expect("a store");
    let auth = Auth::<Account>::builder(store.with_users("users"));
    let auth = auth.connect().await.expect("tables");
    let former = auth.create_session(1).await.expect("a session");
    let latter = auth.create_session(1).await.expect("a session");
    let application = test_servers::connect(&instance.url()).await;
    // It does not look for deadlocks, so that the other one does.
    let begin = "SET deadlock_timeout = '20s'; BEGIN";
    application.batch_execute(begin).await.expect("begun");
    hold(&application, &latter).await;
    let ends = in_time(DEADLINE, auth.invalidate_user_sessions(1));
    let holds = async {
        wait_for_a_waiter(&instance).await;
        hold(&application, &former).await;
        end(&application, "ROLLBACK").await;
    };
    let (ended, ()) = tokio::join!(ends, holds);
    assert_eq!(ended.expect("it was done again"), 2);
    let log = instance.log();
    assert!(log.contains("deadlock detected"), "{log}");
    leaves_nothing(|sql| instance.text(sql), "application_name = 'locals'").await;
}

async fn hold(application: &Client, session: &Session) {
    let id = session.id().as_bytes().as_slice();
    let lock = "SELECT 1 FROM locals_sessions WHERE id = $1 FOR UPDATE";
    let held = application.query_one(lock, &[&id]).await;
    held.expect("it is there");
}

async fn wait_for_a_waiter(instance: &Instance) {
    let waiters = "SELECT count(*) FROM pg_stat_activity
                   WHERE application_name = 'locals' AND wait_event_type = 'Lock'";
    let start = Instant::now();
    while instance.text(waiters) == "0" {
        assert!(start.elapsed() < Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
