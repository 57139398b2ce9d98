//! Users who do not count: `only_if`, `admits`, and the security stamp.

use crate::users::{
    Named, assert_says, auth, is_nobody, name, refusal, sign_in_error, signed_in, unreadable, user,
    with_users,
};
use locals::{Auth, PostgresStore, StoreError, UsersTable};
use serde::Deserialize;
use test_servers::{Postgres, Schema};

const TABLE: &str = r#"
CREATE TYPE role AS ENUM ('admin', 'user');
CREATE TABLE users (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    role role NOT NULL,
    settings jsonb NOT NULL DEFAULT '{"a": 1, "beta": true}',
    password_hash text NOT NULL DEFAULT 'secret-hash',
    is_banned boolean NOT NULL DEFAULT false
);
INSERT INTO users (id, name, role) VALUES (1, 'Ada', 'admin'), (2, 'Grace', 'user');"#;

fn table() -> Option<Schema> {
    let schema = Postgres::shared()?.schema();
    schema.execute(TABLE);
    Some(schema)
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
    let Some(schema) = table() else { return };
    let admins = only_if("role::text = 'admin' AND settings ? 'beta' AND settings @> '{\"a\": 1}'");
    let auth: Auth<Named> = auth(schema.url(), admins).await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
    is_nobody(&auth, 2).await;
    schema.execute("UPDATE users SET role = 'user'");
    assert_eq!(name(&auth, &session).await, None);
    schema.execute("UPDATE users SET role = 'admin'");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_is_null_does_not_hold() {
    let Some(schema) = table() else { return };
    let auth: Auth<Named> = auth(schema.url(), only_if("NULLIF(name, 'Grace') = name")).await;
    let _ = signed_in(&auth, 1).await;
    is_nobody(&auth, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_conditions_hold_together() {
    let Some(schema) = table() else { return };
    let users = only_if("id = 1 OR id = 2").only_if("role = 'user'");
    let auth: Auth<Named> = auth(schema.url(), users).await;
    let _ = signed_in(&auth, 2).await;
    is_nobody(&auth, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_condition_is_refused() {
    let Some(schema) = table() else { return };
    for (condition, reason) in [
        ("role", "of type role, and not boolean"),
        ("1", "of type int4, and not boolean"),
        ("'true'", "of type text, and not boolean"),
        ("count(*) > 0", "about many rows"),
        ("nope", "column \"nope\" does not exist"),
        ("1/0 = 1", "division by zero"),
        ("name = $1", "not one SQL expression"),
    ] {
        let message = refusal::<Named>(schema.url(), only_if(condition)).await;
        assert_says(&message, &[reason]);
    }
}

/// It is neither an outage nor nobody, and what the row has in it is told nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn n_01_a_condition_that_fails_on_a_row_makes_that_user_unreadable() {
    let Some(schema) = table() else { return };
    for condition in [
        "CASE WHEN id = 1 THEN true ELSE name::int > 0 END",
        "1 / (2 - id) > 0",
        "(SELECT true FROM users u WHERE u.id <= users.id)",
    ] {
        let auth: Auth<Named> = auth(schema.url(), only_if(condition)).await;
        let session = signed_in(&auth, 1).await;
        assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
        let reason = unreadable(&auth, 2).await;
        assert_says(&reason, &["a condition of the users table", "SQLSTATE 2"]);
        assert!(!reason.contains("Grace"), "{reason}");
    }
    // Whichever row is looked at first, a start warns of it.
    let _: Auth<Named> = auth(schema.url(), only_if("name::int > 0")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_admitted_has_no_session_until_they_are() {
    let Some(schema) = table() else { return };
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let auth: Auth<Account> = Auth::builder(store.with_users("users"))
        .admits(|account: &Account| !account.is_banned)
        .connect()
        .await
        .expect("an Auth");
    let session = signed_in(&auth, 1).await;
    schema.execute("UPDATE users SET is_banned = true");
    assert!(user(&auth, &session).await.is_none());
    let error = sign_in_error(&auth, 1).await;
    assert!(matches!(error, StoreError::NotAdmitted), "{error}");
    schema.execute("UPDATE users SET is_banned = false");
    let account = user(&auth, &session).await.expect("a session");
    assert_eq!(account.name, "Ada");
}

async fn stamped(schema: &Schema) -> Auth<Account> {
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let auth = Auth::builder(store.with_users("users"))
        .security_stamp(|account: &Account| account.password_hash.as_bytes())
        .connect()
        .await;
    auth.expect("an Auth")
}

#[tokio::test(flavor = "multi_thread")]
async fn e_02_another_password_ends_the_sessions_of_its_user_alone() {
    let Some(schema) = table() else { return };
    let auth = stamped(&schema).await;
    let (ada, grace) = (signed_in(&auth, 1).await, signed_in(&auth, 2).await);
    assert!(user(&auth, &ada).await.is_some());
    schema.execute("UPDATE users SET password_hash = 'another' WHERE id = 1");
    assert!(user(&auth, &ada).await.is_none());
    assert!(auth.list_sessions(1).await.expect("a list").is_empty());
    assert!(user(&auth, &grace).await.is_some());
    let again = signed_in(&auth, 1).await;
    assert!(user(&auth, &again).await.is_some());
}

/// Neither the stamp nor its hash alone, which a table of passwords could be tried on.
#[tokio::test(flavor = "multi_thread")]
async fn e_02_the_stamp_is_not_kept() {
    let Some(schema) = table() else { return };
    let auth = stamped(&schema).await;
    let _ = signed_in(&auth, 1).await;
    let _ = signed_in(&auth, 2).await;
    let kept = "SELECT count(DISTINCT user_stamp) FROM locals_sessions
                WHERE user_stamp <> sha256(convert_to('secret-hash', 'UTF8'))";
    assert_eq!(schema.text(kept), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn e_02_a_session_that_was_made_without_a_stamp_is_none() {
    let Some(schema) = table() else { return };
    let without: Auth<Account> = auth(schema.url(), "users").await;
    let session = signed_in(&without, 1).await;
    assert!(user(&stamped(&schema).await, &session).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_cannot_be_read_any_more_is_an_error_and_keeps_the_session() {
    #[derive(Debug, Deserialize)]
    struct Row {
        name: Option<String>,
        id: u8,
    }
    let Some(schema) = with_users() else { return };
    let auth: Auth<Row> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    schema.execute("UPDATE users SET id = 70000 WHERE id = 1");
    let error = auth
        .validate_session(session.token())
        .await
        .expect_err("unreadable");
    assert_says(
        &error.to_string(),
        &["column `id`: integer that does not fit, expected u8"],
    );
    assert!(!error.to_string().contains("70000") && !error.is_outage());
    schema.execute("UPDATE users SET id = 7 WHERE id = 70000");
    let row = user(&auth, &session).await.expect("a session");
    assert_eq!((row.id, row.name.as_deref()), (7, Some("Ada")));
}
