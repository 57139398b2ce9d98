//! Rights that the role of the program has not: what is said of them, and which it needs.

use super::roles::role;
use crate::users::{Named, User, assert_says, auth, connect, name, refused, signed_in, with_users};
use locals::{Auth, UsersTable};
use test_servers::Schema;

async fn refusal<U: User>(schema: &Schema, rights: &str) -> String {
    let role = role(schema, rights).expect("a server");
    refused(connect::<U>(role.url(&schema.url()), "users").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_on_the_users_that_are_missing_are_told_as_the_grant() {
    let Some(schema) = with_users() else { return };
    let message = refusal::<Named>(&schema, "").await;
    assert_says(
        &message,
        &[
            "may not read the columns `id`, `name`",
            "`GRANT SELECT (\"id\", \"name\") ON",
        ],
    );
    let message = refusal::<Named>(&schema, "SELECT (id), REFERENCES").await;
    assert_says(
        &message,
        &[
            "may not read the column `name`",
            "`GRANT SELECT (\"name\") ON",
        ],
    );
    let message = refusal::<Named>(&schema, "SELECT").await;
    assert_says(
        &message,
        &[
            "may not refer to the column `id`",
            "`GRANT REFERENCES (\"id\") ON",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_expression_may_not_read_is_told_as_the_grant() {
    let Some(schema) = with_users() else { return };
    schema.execute(
        "ALTER TABLE users ADD banned boolean NOT NULL DEFAULT false;
         CREATE TABLE profiles (user_id integer)",
    );
    let role = role(&schema, "SELECT (id, name), REFERENCES (id)").expect("a server");
    let url = role.url(&schema.url());
    let users = || UsersTable::new("users");
    for (users, expression, table) in [
        (users().only_if("NOT banned"), "`NOT banned`", "users"),
        (
            users().column("extra", "(SELECT count(*) FROM profiles)"),
            "`(SELECT count(*) FROM profiles)`",
            "profiles",
        ),
    ] {
        let message = refused(connect::<Named>(&url, users).await);
        let denied = format!("permission denied for table {table}");
        let what = format!("may not read what {expression} names");
        assert_says(&message, &[&what, &denied, "`GRANT SELECT (..) ON"]);
    }
}

/// The reference is there: nobody has to make it.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_tables_are_there_nobody_needs_to_refer_to_the_users() {
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    let role = role(&schema, "SELECT").expect("a server");
    schema.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON locals_sessions, locals_meta TO {}",
        role.name()
    ));
    let started: Auth<Named> = auth(role.url(&schema.url()), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    let _ = signed_in(&started, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_only_the_owner_may_make_is_told_and_no_more() {
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    let role = role(&schema, "SELECT, REFERENCES").expect("a server");
    schema.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON locals_sessions, locals_meta TO {};
         ALTER TABLE users ALTER COLUMN id TYPE bigint",
        role.name()
    ));
    let url = role.url(&schema.url());
    let message = refused(connect::<Named>(&url, "users").await);
    assert_says(
        &message,
        &["may not change the session tables", "let their owner run"],
    );
    let (_, statements) = message.split_once("\n\n").expect("statements");
    assert!(!statements.contains("CREATE"), "{statements}");
    schema.execute(statements);
    let started: Auth<Named> = auth(&url, "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}
