//! Columns that change while a program runs.

use crate::{
    rig::database,
    users::{Named, auth, name, name_in_the_end, sign_in_error, signed_in, user, with_users},
};
use locals::{Auth, StoreError};
use serde::Deserialize;

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_are_not_read_come_and_go() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    for change in [
        "ADD COLUMN age integer NOT NULL DEFAULT 36",
        "ADD COLUMN first integer NOT NULL DEFAULT 36 FIRST",
        "MODIFY age decimal(10,2)",
        "RENAME COLUMN age TO years",
        "DROP COLUMN years",
        "ADD INDEX by_name (name)",
        "ADD CONSTRAINT named CHECK (name <> '')",
        "COMMENT = 'people'",
    ] {
        database.execute(&format!("ALTER TABLE users {change}"));
        let found = name(&auth, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{change}");
        let _ = signed_in(&auth, 2).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_read_may_change_its_type() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    for ty in [
        "varchar(60)",
        "text",
        "char(20)",
        "varchar(40) CHARACTER SET latin1",
        "enum('Ada','Grace')",
    ] {
        database.execute(&format!("ALTER TABLE users MODIFY name {ty} NOT NULL"));
        let found = name_in_the_end(&auth, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{ty}");
        let _ = signed_in(&auth, 2).await;
    }
}

/// Somebody whose rows cannot be found is not somebody who is signed out.
#[tokio::test(flavor = "multi_thread")]
async fn i_01_a_column_that_is_gone_is_an_outage_until_it_is_back() {
    let Some(database) = with_users() else { return };
    let auth: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    for (change, back) in [
        (
            "RENAME COLUMN name TO full_name",
            "RENAME COLUMN full_name TO name",
        ),
        (
            "DROP COLUMN name",
            "ADD COLUMN name varchar(40) NOT NULL DEFAULT 'Ada'",
        ),
    ] {
        database.execute(&format!("ALTER TABLE users {change}"));
        let error = auth.validate_session(session.token()).await;
        let error = error.expect_err("no such column");
        assert!(error.is_outage(), "{error}");
        let error = sign_in_error(&auth, 1).await;
        assert!(!matches!(error, StoreError::UnknownUser), "{error}");
        database.execute(&format!("ALTER TABLE users {back}"));
        let found = name_in_the_end(&auth, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{change}");
    }
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
    let Some(database) = database() else { return };
    database
        .execute("CREATE TABLE users (id bigint PRIMARY KEY, role enum('admin','user') NOT NULL)");
    database.execute("INSERT INTO users VALUES (1, 'admin'), (2, 'user')");
    let typed: Auth<Typed> = auth(database.url(), "users").await;
    let worded: Auth<Worded> = auth(database.url(), "users").await;
    let session = signed_in(&typed, 1).await;
    let grace = signed_in(&typed, 2).await;
    database.execute("ALTER TABLE users MODIFY role enum('admin','user','auditor') NOT NULL");
    database.execute("UPDATE users SET role = 'auditor' WHERE id = 1");
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
