//! Keys by which a user would have several ids, or two users one.

use super::with_key;
use crate::users::{Named, assert_says, auth, refusal};
use locals::{Auth, UsersTable};
use test_servers::Postgres;

/// Why a table `users` with this key, and perhaps an index on it, is refused.
async fn check(declaration: &str, index: &str, reasons: &[&str]) {
    let Some(schema) = with_key(declaration) else {
        return;
    };
    if !index.is_empty() {
        schema.execute(index);
    }
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["the key column `id` of table `users`"]);
    assert_says(&message, reasons);
    assert_eq!(schema.text("SELECT to_regclass('locals_sessions')"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn types_that_take_one_text_for_another() {
    let several = "so that a user would have several ids";
    check(
        "char(5) PRIMARY KEY",
        "",
        &["of type character(5)", "blanks", several],
    )
    .await;
    check(
        "numeric PRIMARY KEY",
        "",
        &["of type numeric", "`1` and `1.0`", several],
    )
    .await;
    check(
        "numeric(10,2) PRIMARY KEY",
        "",
        &["of type numeric(10,2)", several],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_types() {
    let reason = "it has to be smallint, integer, bigint, uuid, text or varchar";
    for ty in [
        "bytea",
        "oid",
        "inet",
        "date",
        "boolean",
        "double precision",
    ] {
        check(&format!("{ty} PRIMARY KEY"), "", &[ty, reason]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_without_case() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    database.execute("CREATE EXTENSION citext; CREATE DOMAIN email AS citext");
    for ty in ["citext", "email"] {
        database.execute(&format!(
            "CREATE TABLE {ty}s (id {ty} PRIMARY KEY, name text)"
        ));
        let message = refusal::<Named>(database.url(), format!("{ty}s")).await;
        assert_says(
            &message,
            &[&format!("of type {ty}"), "`Ada` and `ada`", "several ids"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collation_that_takes_one_text_for_another() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute(
        "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    schema.execute("CREATE TABLE users (id text COLLATE blind PRIMARY KEY, name text)");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["collation is not deterministic", "several ids"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_unique() {
    let not_unique = ["is not unique, so that two users could be one"];
    for (declaration, index) in [
        ("bigint NOT NULL", ""),
        ("bigint NOT NULL", "CREATE INDEX ON users (id)"),
        (
            "bigint",
            "ALTER TABLE users ADD tenant int, ADD PRIMARY KEY (tenant, id)",
        ),
        ("bigint", "CREATE UNIQUE INDEX ON users (id) WHERE id > 0"),
        ("bigint", "CREATE UNIQUE INDEX ON users ((id + 0))"),
    ] {
        check(declaration, index, &not_unique).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_unique_in_the_end_only() {
    for how in ["DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"] {
        let declaration = format!("bigint UNIQUE {how}");
        check(
            &declaration,
            "",
            &["unique only when a transaction ends", "`NOT DEFERRABLE`"],
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_called_otherwise() {
    let Some(schema) = with_key("serial, account_no bigint PRIMARY KEY") else {
        return;
    };
    schema.execute("ALTER TABLE users DROP COLUMN id");
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(
        &message,
        &[
            "has no column `id` to be its key",
            "`account_no`",
            ".key(\"..\")",
        ],
    );
    let users = UsersTable::new("users").key("account_no");
    let _: Auth<Named> = auth(schema.url(), users).await;
}
