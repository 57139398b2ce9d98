//! A key that is made wider, which the server lets nobody do as long as something refers to it.

use super::sessions;
use crate::{
    rig::Database,
    tables::guard,
    users::{
        Named, auth, is_nobody, listed, name, name_in_the_end, signed_in, stops, unchecked,
        with_users,
    },
};
use locals::Auth;
use mysql_async::prelude::Queryable;

const WIDEN: &str = "ALTER TABLE users MODIFY id bigint NOT NULL";

/// What our column of users' keys is declared as.
fn data_type(database: &Database) -> String {
    database.text(
        "SELECT data_type FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name = 'locals_sessions' AND column_name = 'user_id'",
    )
}

/// As a migration of the application has it.
fn widen(database: &Database) {
    let guard = guard(database);
    database.execute(&format!(
        "ALTER TABLE locals_sessions DROP FOREIGN KEY `{guard}`; {WIDEN}"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_changes_no_key_that_sessions_refer_to_and_they_go_on() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    let mut application = database.open().await;
    let refused = application.query_drop(WIDEN).await;
    let refused = refused.expect_err("it is referred to").to_string();
    assert!(refused.contains(&guard(&database)), "{refused}");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    let _ = signed_in(&auth, 2).await;
}

/// Nor where nothing is checked.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_sessions_refer_to_is_not_widened_while_nothing_is_checked() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let mut application = database.open().await;
    let widened = application.query_drop(unchecked(WIDEN)).await;
    widened.expect_err("it is referred to");
    let found = name_in_the_end(&running, &session).await;
    assert_eq!(found.as_deref(), Some("Ada"));
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    assert_eq!(data_type(&database), "int");
}

/// Without the reference, nobody can tell what became of the users meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_widened_without_the_reference_ends_every_session_at_the_next_start() {
    let Some(database) = with_users() else { return };
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    widen(&database);
    stops(&running, &session).await;

    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&started, &session).await, None);
    assert_eq!(sessions(&database), "0");
    assert_eq!(data_type(&database), "bigint");
    database.execute("UPDATE users SET id = 9007199254740993 WHERE id = 1");
    let again = signed_in(&started, "9007199254740993").await;
    assert_eq!(name(&started, &again).await.as_deref(), Some("Ada"));
    is_nobody(&started, "9007199254740992").await;
    database.execute("DELETE FROM users WHERE id = 9007199254740993");
    assert_eq!(name(&started, &again).await, None);
    assert_eq!(sessions(&database), "0");
}

/// The same for a text, of which another collation is another type.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_collation_is_that_of_the_sessions_after_the_next_start() {
    let Some(database) = super::with_key("varchar(20) COLLATE utf8mb4_general_ci PRIMARY KEY")
    else {
        return;
    };
    database.execute("INSERT INTO users VALUES ('ada', 'Ada')");
    let before: Auth<Named> = auth(database.url(), "users").await;
    let _ = signed_in(&before, "ADA").await;
    drop(before);
    let guard = guard(&database);
    database.execute(&format!(
        "ALTER TABLE locals_sessions DROP FOREIGN KEY `{guard}`;
         ALTER TABLE users MODIFY id varchar(40) COLLATE utf8mb4_bin NOT NULL"
    ));
    let started: Auth<Named> = auth(database.url(), "users").await;
    is_nobody(&started, "ADA").await;
    let session = signed_in(&started, "ada").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    assert_eq!(listed(&started, "ada").await, 1);
}
