//! Columns that change while a program runs.

use crate::users::{
    Named, auth, name, name_in_the_end, sign_in_error, signed_in, user, with_users,
};
use locals::{Auth, StoreError};
use serde::Deserialize;
use test_servers::Postgres;

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_are_not_read_come_and_go() {
    let Some(schema) = with_users() else { return };
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    for change in [
        "ADD COLUMN age integer NOT NULL DEFAULT 36",
        "ALTER COLUMN age TYPE numeric",
        "RENAME COLUMN age TO years",
        "DROP COLUMN years",
        "ADD CONSTRAINT named CHECK (name <> '')",
    ] {
        schema.execute(&format!("ALTER TABLE users {change}"));
        let found = name(&auth, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_read_may_change_its_type() {
    let Some(schema) = with_users() else { return };
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    for ty in ["varchar(40)", "text"] {
        schema.execute(&format!("ALTER TABLE users ALTER COLUMN name TYPE {ty}"));
        let found = name_in_the_end(&auth, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{ty}");
        let _ = signed_in(&auth, 2).await;
    }
}

/// Somebody whose rows cannot be found is not somebody who is signed out.
#[tokio::test(flavor = "multi_thread")]
async fn i_01_a_column_that_is_gone_is_an_outage_until_it_is_back() {
    let Some(schema) = with_users() else { return };
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    schema.execute("ALTER TABLE users RENAME COLUMN name TO full_name");
    let error = auth
        .validate_session(session.token())
        .await
        .expect_err("no such column");
    assert!(error.is_outage(), "{error}");
    let error = sign_in_error(&auth, 1).await;
    assert!(!matches!(error, StoreError::UnknownUser), "{error}");
    schema.execute("ALTER TABLE users RENAME COLUMN full_name TO name");
    let found = name_in_the_end(&auth, &session).await;
    assert_eq!(found.as_deref(), Some("Ada"));
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Admin,
    User,
}

#[derive(Debug, Deserialize)]
struct Typed {
    role: Role,
}

#[derive(Debug, Deserialize)]
struct Worded {
    role: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_added_to_an_enum_is_read() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute("CREATE TYPE role AS ENUM ('admin', 'user')");
    schema.execute("CREATE TABLE users (id bigint PRIMARY KEY, role role NOT NULL)");
    schema.execute("INSERT INTO users VALUES (1, 'admin'), (2, 'user')");
    let typed: Auth<Typed> = auth(schema.url(), "users").await;
    let worded: Auth<Worded> = auth(schema.url(), "users").await;
    let session = signed_in(&typed, 1).await;
    let grace = signed_in(&typed, 2).await;
    schema.execute("ALTER TYPE role ADD VALUE 'auditor'");
    schema.execute("UPDATE users SET role = 'auditor' WHERE id = 1");
    let found = user(&worded, &session).await.expect("a session");
    assert_eq!(found.role, "auditor");
    let error = sign_in_error(&typed, 1).await.to_string();
    assert!(
        error.contains("column `role`: an unknown variant"),
        "{error}"
    );
    assert!(!error.contains("auditor"), "{error}");
    let grace = user(&typed, &grace).await.expect("a session");
    assert_eq!(grace.role, Role::User);
}
