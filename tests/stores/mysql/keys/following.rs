//! Sessions follow their users, whatever becomes of those.

use super::sessions;
use crate::{
    rig::follows_references_itself,
    users::{
        Named, auth, is_nobody, listed, name, sign_in_error, signed_in, unchecked, with_users,
    },
};
use locals::{Auth, StoreError};
use mysql_async::prelude::Queryable;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_takes_their_sessions_and_no_others() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let [phone, laptop] = [signed_in(&auth, 1).await, signed_in(&auth, 1).await];
    let grace = signed_in(&auth, 2).await;
    database.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&auth, &phone).await, None);
    assert_eq!(name(&auth, &laptop).await, None);
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Grace"));
    assert_eq!(sessions(&database), "1");
    is_nobody(&auth, 1).await;
}

/// Whoever is given the number of somebody who is gone is not given the sessions.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_key_that_is_used_again_is_another_user() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    database.execute("DELETE FROM users WHERE id = 1; INSERT INTO users VALUES (1, 'Eve')");
    assert_eq!(name(&auth, &session).await, None);
    let session = signed_in(&auth, 1).await;
    database.execute("UPDATE users SET id = 10 WHERE id = 1; UPDATE users SET id = 1 WHERE id = 2");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Eve"));
    assert_eq!(listed(&auth, 1).await, 0);
}

/// REPLACE deletes a row and inserts another; MySQL of 9.6 and later updates it where it can, and then nothing that
/// refers to it ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_replaced_ends_the_sessions_unless_the_server_updates_it() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let (ada, grace) = (signed_in(&auth, 1).await, signed_in(&auth, 2).await);
    database.execute("REPLACE INTO users VALUES (1, 'Augusta')");
    let found = name(&auth, &ada).await;
    let updates = follows_references_itself(&database);
    assert_eq!(found.as_deref(), updates.then_some("Augusta"));
    database.execute("INSERT INTO users VALUES (2, 'x') ON DUPLICATE KEY UPDATE name = 'Hopper'");
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Hopper"));
}

/// References are not followed then.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_deleted_while_nothing_is_checked_has_no_session() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let (ada, grace) = (signed_in(&auth, 1).await, signed_in(&auth, 2).await);
    database.execute(&unchecked("DELETE FROM users WHERE id = 1"));
    assert_eq!(name(&auth, &ada).await, None);
    is_nobody(&auth, 1).await;
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Grace"));
}

/// The server refuses to empty what something refers to, and empties it where nothing is checked.
#[tokio::test(flavor = "multi_thread")]
async fn users_of_a_table_that_is_emptied_have_no_sessions() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    let mut application = database.open().await;
    let refused = application.query_drop("TRUNCATE users").await;
    let refused = refused.expect_err("sessions refer to it").to_string();
    assert!(refused.contains("1701"), "{refused}");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    database.execute(&unchecked("TRUNCATE users"));
    assert_eq!(name(&auth, &session).await, None);
}

/// A sign-in waits for a user who is being deleted, and makes no session of nobody.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_sign_in_beside_a_deletion_leaves_no_session() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let mut application = database.open().await;
    let deleted = "BEGIN; DELETE FROM users WHERE id = 1";
    application.query_drop(deleted).await.expect("deleted");
    let signing_in = tokio::spawn({
        let auth = auth.clone();
        async move { sign_in_error(&auth, 1).await }
    });
    // Longer than it takes to wait, and shorter than is waited.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!signing_in.is_finished(), "it waits");
    application.query_drop("COMMIT").await.expect("committed");
    let error = signing_in.await.expect("an answer");
    assert!(matches!(error, StoreError::UnknownUser), "{error}");
    assert_eq!(sessions(&database), "0");
}
