//! Which table a name means, and what is no table.

use crate::users::{Named, USERS, assert_says, auth, name, refusal, signed_in};
use locals::{Auth, UsersTable};
use test_servers::{Database, Postgres};

fn accounts_in_auth() -> Option<Database> {
    let database = Postgres::shared()?.database();
    let accounts = USERS.replace("users", "auth.accounts");
    database.execute(&format!("CREATE SCHEMA auth; {accounts}"));
    Some(database)
}

/// Whether Ada can sign in with this table.
async fn check(url: &str, users: impl Into<UsersTable>) {
    let auth: Auth<Named> = auth(url, users).await;
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_another_schema() {
    let Some(database) = accounts_in_auth() else {
        return;
    };
    check(&database.url(), "auth.accounts").await;
    check(&database.url(), "AUTH.Accounts").await;
    assert_ne!(
        database.text("SELECT to_regclass('public.locals_sessions')"),
        ""
    );
    assert_eq!(
        database.text("SELECT to_regclass('auth.locals_sessions')"),
        ""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_over_a_table_of_another_schema() {
    let Some(database) = accounts_in_auth() else {
        return;
    };
    let users = UsersTable::new("auth.accounts").only_if("accounts.name <> 'Grace'");
    check(&database.url(), users).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_a_schema_of_the_search_path() {
    let Some(database) = accounts_in_auth() else {
        return;
    };
    let url = format!(
        "{}?options=-csearch_path%3Dnone,auth,public",
        database.url()
    );
    check(&url, "accounts").await;
    assert_ne!(
        database.text("SELECT to_regclass('auth.locals_sessions')"),
        ""
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_in_another_schema_alone_is_named() {
    let Some(database) = accounts_in_auth() else {
        return;
    };
    let message = refusal::<Named>(database.url(), "accounts").await;
    let advice = "there is one in the schema `auth`: `with_users(\"auth.accounts\")`";
    assert_says(
        &message,
        &["no table `accounts`", database.name(), "`public`", advice],
    );
    let message = refusal::<Named>(database.url(), "Accounts").await;
    assert_says(&message, &[advice]);
    let message = refusal::<Named>(database.url(), "public.accounts").await;
    assert_says(
        &message,
        &["no table `accounts` in the schema `public`", advice],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_nowhere() {
    let Some(database) = accounts_in_auth() else {
        return;
    };
    for table in ["people", "auth.people", "nowhere.accounts2"] {
        let message = refusal::<Named>(database.url(), table).await;
        assert_says(&message, &["there is no table", "create it before"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_were_made_in_quotes() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute(&USERS.replace("users", "\"Accounts\""));
    check(&schema.url(), "Accounts").await;
    let message = refusal::<Named>(schema.url(), "accounts").await;
    assert_says(&message, &["no table `accounts`"]);
}

/// Of two that differ in case, as it is written.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_that_is_written_so_comes_first() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute(&USERS.replace("users", "\"Accounts\""));
    schema.execute("CREATE TABLE accounts (id integer PRIMARY KEY, name text)");
    check(&schema.url(), "Accounts").await;
    schema.execute("DROP TABLE locals_sessions, locals_meta");
    schema.execute("INSERT INTO accounts VALUES (1, 'Ada')");
    check(&schema.url(), "ACCOUNTS").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_refused() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute(&USERS.replace("users", "people"));
    schema.execute(
        "CREATE VIEW v AS SELECT * FROM people; CREATE MATERIALIZED VIEW m AS SELECT * FROM people;
         CREATE UNIQUE INDEX ON m (id); CREATE SEQUENCE s;
         CREATE UNLOGGED TABLE u (id bigint PRIMARY KEY, name text)",
    );
    for (table, reasons) in [
        ("v", ["is a view", "name the table behind it"]),
        ("m", ["is a view", "name the table behind it"]),
        ("s", ["is no table", "`"]),
        ("u", ["is an unlogged table", "SET LOGGED"]),
    ] {
        let message = refusal::<Named>(schema.url(), table).await;
        assert_says(&message, &[&format!("`{}.{table}`", schema.name())]);
        assert_says(&message, &reasons);
    }
    schema.execute("ALTER TABLE u SET LOGGED; INSERT INTO u VALUES (1, 'Ada')");
    check(&schema.url(), "u").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_table_is_refused() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    database.execute(
        "CREATE FOREIGN DATA WRAPPER none; CREATE SERVER none FOREIGN DATA WRAPPER none;
         CREATE FOREIGN TABLE users (id bigint, name text) SERVER none",
    );
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(
        &message,
        &["`public.users` is a foreign table", "users_with"],
    );
}
