//! Users who do not count: `only_if`, `admits`, and the security stamp.

use crate::{
    rig::{Database, database},
    users::{
        Named, assert_says, auth, is_nobody, listed, name, refusal, sign_in_error, signed_in,
        unreadable, user, with_users,
    },
};
use locals::{Auth, MySqlStore, StoreError, UsersTable};
use serde::Deserialize;

const TABLE: &str = r#"
CREATE TABLE users (
    id bigint PRIMARY KEY,
    name varchar(40) NOT NULL,
    role enum('admin','user') NOT NULL,
    settings json NOT NULL,
    password_hash varchar(40) NOT NULL DEFAULT 'secret-hash',
    is_banned boolean NOT NULL DEFAULT false
);
INSERT INTO users (id, name, role, settings)
VALUES (1, 'Ada', 'admin', '{"beta": true}'), (2, 'Grace', 'user', '{"beta": true}')"#;

fn table() -> Option<Database> {
    let database = database()?;
    database.execute(TABLE);
    Some(database)
}

fn only_if(condition: &str) -> UsersTable {
    UsersTable::new("users").only_if(condition)
}

#[derive(Debug, Deserialize)]
struct Account {
    name: String,
    password_hash: String,
    is_banned: bool,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_of_whom_the_condition_does_not_hold_is_none() {
    let Some(database) = table() else { return };
    let admins = only_if("role = 'admin' AND json_extract(settings, '$.beta')");
    let auth: Auth<Named> = auth(database.url(), admins).await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    is_nobody(&auth, 2).await;
    database.execute("UPDATE users SET role = 'user'");
    assert_eq!(name(&auth, &session).await, None);
    database.execute("UPDATE users SET role = 'admin'");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_is_null_does_not_hold() {
    let Some(database) = table() else { return };
    let auth: Auth<Named> = auth(database.url(), only_if("NULLIF(name, 'Grace') = name")).await;
    let _ = signed_in(&auth, 1).await;
    is_nobody(&auth, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_conditions_hold_together() {
    let Some(database) = table() else { return };
    let users = only_if("id = 1 OR id = 2").only_if("role = 'user'");
    let auth: Auth<Named> = auth(database.url(), users).await;
    let _ = signed_in(&auth, 2).await;
    is_nobody(&auth, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_condition_is_refused() {
    let Some(database) = table() else { return };
    for (condition, reason) in [
        ("count(*) > 0", "count(*) > 0"),
        ("name", "it is no number"),
        ("'true'", "it is no number"),
        ("nope", "nope"),
        ("name = ?", "not one SQL expression"),
        ("name = 'Ada' -- ", "not one SQL expression"),
    ] {
        let message = refusal::<Named>(database.url(), only_if(condition)).await;
        assert_says(&message, &[reason]);
    }
}

/// It is neither an outage nor nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_fails_on_a_row_makes_that_user_unreadable() {
    let Some(database) = table() else { return };
    let condition = "(SELECT u.id FROM users u WHERE u.id <= users.id) > 0";
    let auth: Auth<Named> = auth(database.url(), only_if(condition)).await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    let reason = unreadable(&auth, 2).await;
    assert_says(&reason, &["a condition of the users table", "1242"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_admitted_has_no_session_until_they_are() {
    let Some(database) = table() else { return };
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let auth: Auth<Account> = Auth::builder(store.with_users("users"))
        .admits(|account: &Account| !account.is_banned)
        .connect()
        .await
        .expect("an Auth");
    let session = signed_in(&auth, 1).await;
    database.execute("UPDATE users SET is_banned = true");
    assert!(user(&auth, &session).await.is_none());
    let error = sign_in_error(&auth, 1).await;
    assert!(matches!(error, StoreError::NotAdmitted), "{error}");
    database.execute("UPDATE users SET is_banned = false");
    let account = user(&auth, &session).await.expect("a session");
    assert_eq!(account.name, "Ada");
}

async fn stamped(database: &Database) -> Auth<Account> {
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let auth = Auth::builder(store.with_users("users"))
        .security_stamp(|account: &Account| account.password_hash.as_bytes())
        .connect()
        .await;
    auth.expect("an Auth")
}

#[tokio::test(flavor = "multi_thread")]
async fn e_02_another_password_ends_the_sessions_of_its_user_alone() {
    let Some(database) = table() else { return };
    let auth = stamped(&database).await;
    let (ada, grace) = (signed_in(&auth, 1).await, signed_in(&auth, 2).await);
    assert!(user(&auth, &ada).await.is_some());
    database.execute("UPDATE users SET password_hash = 'another' WHERE id = 1");
    assert!(user(&auth, &ada).await.is_none());
    assert_eq!(listed(&auth, 1).await, 0);
    assert!(user(&auth, &grace).await.is_some());
    let again = signed_in(&auth, 1).await;
    assert!(user(&auth, &again).await.is_some());
}

/// Neither the stamp nor its hash alone, which a table of passwords could be tried on.
#[tokio::test(flavor = "multi_thread")]
async fn e_02_the_stamp_is_not_kept() {
    let Some(database) = table() else { return };
    let auth = stamped(&database).await;
    let _ = signed_in(&auth, 1).await;
    let _ = signed_in(&auth, 2).await;
    let kept = "SELECT count(DISTINCT user_stamp) FROM locals_sessions
                WHERE user_stamp <> unhex(sha2('secret-hash', 256))";
    assert_eq!(database.text(kept), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn e_02_a_session_that_was_made_without_a_stamp_is_none() {
    let Some(database) = table() else { return };
    let without: Auth<Account> = auth(database.url(), "users").await;
    let session = signed_in(&without, 1).await;
    assert!(user(&stamped(&database).await, &session).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_cannot_be_read_any_more_is_an_error_and_keeps_the_session() {
    #[derive(Debug, Deserialize)]
    struct Row {
        name: Option<String>,
        id: u8,
    }
    let Some(database) = with_users() else { return };
    let auth: Auth<Row> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    database.execute("UPDATE users SET id = 70000 WHERE id = 1");
    let error = auth.validate_session(session.token()).await;
    let error = error.expect_err("unreadable");
    let told = "column `id`: integer that does not fit, expected u8";
    assert_says(&error.to_string(), &[told]);
    assert!(!error.to_string().contains("70000") && !error.is_outage());
    database.execute("UPDATE users SET id = 7 WHERE id = 70000");
    let row = user(&auth, &session).await.expect("a session");
    assert_eq!((row.id, row.name.as_deref()), (7, Some("Ada")));
}
