//! Migrations of the users table under a program that runs.

use super::triggers;
use crate::{
    rig::database,
    users::{
        Named, auth, name, name_in_the_end, outage, sign_in_error, signed_in, stops, with_users,
    },
};
use locals::{Auth, MySqlStore, StoreError, UsersTable};
use mysql_async::prelude::Queryable;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn i_01_a_table_that_was_renamed_is_an_outage_and_goes_on_under_its_new_name() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    database.execute("RENAME TABLE users TO accounts");
    outage(running.validate_session(session.token()).await);
    let error = sign_in_error(&running, 1).await;
    assert!(!matches!(error, StoreError::UnknownUser), "{error}");

    let started: Auth<Named> = auth(database.url(), "accounts").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    let _ = signed_in(&started, 2).await;

    database.execute("RENAME TABLE accounts TO users");
    let found = name_in_the_end(&running, &session).await;
    assert_eq!(found.as_deref(), Some("Ada"));
}

/// Whoever would be answered with a 503 is sent to no such program.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_whose_sessions_are_all_503_is_not_ready() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    running.ping().await.expect("ready");
    for (change, back) in [
        (
            "RENAME TABLE users TO people",
            "RENAME TABLE people TO users",
        ),
        (
            "ALTER TABLE users RENAME COLUMN name TO title",
            "ALTER TABLE users RENAME COLUMN title TO name",
        ),
        (
            "RENAME TABLE users TO people; CREATE TABLE users LIKE people",
            "DROP TABLE users; RENAME TABLE people TO users",
        ),
    ] {
        database.execute(change);
        let start = Instant::now();
        while running.ping().await.is_ok() {
            assert!(start.elapsed() < Duration::from_millis(2500), "{change}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        outage(running.ping().await);
        outage(running.sessions_only().ping().await);
        database.execute(back);
        let found = name_in_the_end(&running, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{change}");
        running.ping().await.expect("ready again");
    }
}

/// And whoever deletes a user meanwhile is not kept from it by what we have made.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_renamed_goes_on_under_its_new_name() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let grace = signed_in(&running, 2).await;
    database.execute("ALTER TABLE users RENAME COLUMN id TO account_no");
    stops(&running, &session).await;
    let users = UsersTable::new("users").key("account_no");
    let started: Auth<Named> = auth(database.url(), users).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    database.execute("DELETE FROM users WHERE account_no = 2");
    assert_eq!(name(&started, &grace).await, None);
}

/// The server moves no table that has a trigger, whoever made it: nothing is changed then.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_does_not_move_to_another_database() {
    let (Some(elsewhere), Some(here)) = (database(), with_users()) else {
        return;
    };
    let running: Auth<Named> = auth(here.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let mut application = here.open().await;
    let moves = format!("RENAME TABLE users TO {}.users", elsewhere.name());
    let refused = application.query_drop(moves).await;
    refused.expect_err("it has a trigger");
    assert_eq!(name(&running, &session).await.as_deref(), Some("Ada"));
    let _ = signed_in(&running, 2).await;
}

/// As programs are replaced one after the other, which agree on no trigger.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_goes_on_where_another_one_takes_the_mark_away() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let options = MySqlStore::options(database.url()).expect("options");
    let store = options.users_trigger(false).connect().await;
    let store = store.expect("a store").with_users("users");
    let _other: Auth<Named> = Auth::builder(store).connect().await.expect("an Auth");
    assert_eq!(triggers(&database), "0");
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(2500) {
        assert_eq!(name(&running, &session).await.as_deref(), Some("Ada"));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_is_not_noticed() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    for statement in [
        "CREATE INDEX by_name ON users (name)",
        "ANALYZE TABLE users, locals_sessions",
        "OPTIMIZE TABLE users, locals_sessions",
        "ALTER TABLE users ENGINE=InnoDB",
        "ALTER TABLE locals_sessions ENGINE=InnoDB",
        "ALTER TABLE users ROW_FORMAT=DYNAMIC",
        "ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "FLUSH TABLES users",
        "CREATE TRIGGER theirs BEFORE UPDATE ON users FOR EACH ROW SET NEW.name = NEW.name",
    ] {
        database.execute(statement);
        let found = name_in_the_end(&running, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{statement}");
        let _ = signed_in(&running, 2).await;
    }
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}
