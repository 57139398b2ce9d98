//! The tables: users missing, wrong or elsewhere than before, and tables that are called as ours.

use std::collections::HashMap;

use locals::{Auth, SqliteStore, UsersTable};

use super::{open, refusal};
use crate::{rig::ADA, sqlite::Database};

#[test]
fn a_missing_users_table_is_named() {
    let database = Database::with_users();
    refusal(
        open(&database.path, "accounts"),
        &["`accounts`", "create it before"],
    );
    refusal(
        Database::none().open(),
        &["`users`", "create it before", "build()"],
    );
}

#[test]
fn a_missing_column_is_named() {
    let database = Database::with("CREATE TABLE users (id INTEGER PRIMARY KEY, admin INTEGER)");
    refusal(
        database.open(),
        &["`users`", "`email`", "Account", "`admin`", "rename"],
    );
    database.run("ALTER TABLE users ADD COLUMN email TEXT");
    database.auth();
}

#[test]
fn a_view_of_the_users_is_refused() {
    let database = Database::with_users();
    database.run("CREATE VIEW members AS SELECT * FROM users");
    refusal(
        open(&database.path, "members"),
        &["`members`", "view", "name the table"],
    );
}

#[test]
fn l_10_a_name_that_carries_sql_is_refused() {
    let database = Database::with_users();
    for name in [
        "users; DROP TABLE users",
        "users\"",
        "users--",
        "",
        "1users",
    ] {
        refusal(
            open(&database.path, name),
            &[&format!("`{name}`"), "letters"],
        );
        let users = UsersTable::new("users").key(name);
        refusal(
            open(&database.path, users),
            &[&format!("`{name}`"), "letters"],
        );
    }
    assert_eq!(database.number("SELECT count(*) FROM users"), 1);
}

#[test]
fn a_user_type_without_named_fields_is_refused() {
    let database = Database::with_users();
    let store = SqliteStore::open(&database.path).expect("a database");
    let result: Result<Auth<HashMap<String, String>>, _> =
        Auth::builder(store.with_users("users")).build();
    let text = result.expect_err("a map has no fields").to_string();
    assert!(
        text.contains("HashMap") && text.contains("named fields"),
        "{text}"
    );
}

/// The sessions would be those of other users. Also where nobody has signed in yet: two programs
/// that disagree are told at once.
#[test]
fn another_users_table_than_before_is_refused() {
    let database = Database::with_users();
    database.auth();
    database.run(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, admin INTEGER);
         ALTER TABLE users ADD COLUMN number INTEGER;
         CREATE UNIQUE INDEX users_by_number ON users (number)",
    );
    refusal(
        open(&database.path, "accounts"),
        &["`users`", "`accounts`", "DROP TABLE locals_sessions"],
    );
    let other_key = UsersTable::new("users").key("number");
    refusal(
        open(&database.path, other_key),
        &["`id`", "`number`", "`users`"],
    );
    database.auth();
}

#[test]
fn a_first_attempt_that_was_refused_is_in_the_way_of_no_other() {
    let database = Database::with_users();
    database.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)");
    refusal(open(&database.path, "orders"), &["`orders`", "`email`"]);
    database.auth();
}

/// SQLite lets our table refer to the renamed one.
#[tokio::test]
async fn a_users_table_that_was_renamed_is_named_in_the_refusal() {
    let database = Database::with_users();
    let session = database.auth().create_session(ADA).await;
    drop(session.expect("a healthy store"));
    database.run(
        "PRAGMA foreign_keys = OFF;
         ALTER TABLE users RENAME TO former;
         CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, admin INTEGER);
         INSERT INTO users SELECT * FROM former",
    );
    refusal(database.open(), &["renamed", "`former`", "`users`"]);
}

/// What the refusal offers: with the sessions gone, the former table is of no concern any more.
#[tokio::test]
async fn started_anew_the_new_users_table_is_the_one_that_counts() {
    let database = Database::with_users();
    database.auth();
    database.run(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, admin INTEGER);
         INSERT INTO accounts VALUES (1, 'ada@example.com', 1);
         DROP TABLE locals_sessions; DROP TABLE locals_meta",
    );
    let auth = open(&database.path, "accounts").expect("nothing is in the way");
    let session = auth.create_session(ADA).await.expect("a healthy store");
    database.run("PRAGMA foreign_keys = OFF; DELETE FROM users");
    let found = auth.validate_session(session.token()).await;
    assert!(found.expect("a healthy store").is_some(), "no user of ours");
    database.run("PRAGMA foreign_keys = OFF; DELETE FROM accounts");
    let sessions = "SELECT count(*) FROM locals_sessions";
    assert_eq!(database.number(sessions), 0, "E-04");
}

#[tokio::test]
async fn users_for_sessions_that_had_none_are_refused() {
    let database = Database::with_users();
    let store = SqliteStore::open(&database.path).expect("a database");
    let without: Result<Auth, _> = Auth::builder(store).build();
    let session = without.expect("sessions only").create_session(ADA).await;
    drop(session.expect("a healthy store"));
    refusal(
        database.open(),
        &["no users table", "`users`", "DROP TABLE locals_sessions"],
    );
    database.run("DROP TABLE locals_sessions; DROP TABLE locals_meta");
    database.auth();
}

#[test]
fn a_table_of_the_applications_own_called_as_ours_is_refused_and_kept() {
    let database = Database::with_users();
    database
        .run("CREATE TABLE locals_sessions (town TEXT); INSERT INTO locals_sessions VALUES ('x')");
    refusal(
        database.open(),
        &["`locals_sessions`", "rename it", "the application's own"],
    );
    assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 1);
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    assert_eq!(database.number(ours), 1, "the application's");
}

/// Somebody dropped one table of two: the other says that both are there.
#[test]
fn a_missing_sessions_table_is_not_blamed_on_the_users() {
    let database = Database::with_users();
    database.auth();
    database.run("DROP TABLE locals_sessions");
    let text = refusal(database.open(), &["locals_sessions"]);
    assert!(!text.contains("UNIQUE"), "the key is fine: {text}");
    let store = SqliteStore::open(&database.path).expect("a database");
    let without: Result<Auth, _> = Auth::builder(store).build();
    assert!(without.is_err(), "every request would fail");
}

#[test]
fn k_07_tables_of_a_newer_release_are_refused() {
    let database = Database::with_users();
    database.auth();
    database.run("UPDATE locals_meta SET version = 99");
    refusal(database.open(), &["version 99", "newer release"]);
    let store = SqliteStore::open(&database.path).expect("a database");
    let without: Result<Auth, _> = Auth::builder(store).build();
    let text = without.expect_err("a newer release").to_string();
    assert!(text.contains("version 99"), "{text}");
    assert_eq!(database.number("SELECT version FROM locals_meta"), 99);

    database.run("DROP TABLE locals_meta; CREATE TABLE locals_meta (something TEXT)");
    refusal(database.open(), &["`locals_meta`", "newer release"]);
}
