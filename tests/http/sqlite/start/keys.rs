//! The key of the users table: missing, not unique, or of values that are no ids.

use locals::UsersTable;

use super::{open, refusal};
use crate::{rig::ADA, sqlite::Database};

#[test]
fn a_missing_key_column_is_named() {
    let database = Database::with_users();
    let users = UsersTable::new("users").key("number");
    refusal(
        open(&database.path, users),
        &["`users`", "`number`", "`id`", ".key("],
    );
}

/// Refused at the start, and not at the first sign-in; nothing is left behind that would be in the
/// way afterwards.
#[test]
fn a_key_that_is_not_unique_is_refused() {
    let database = Database::with("CREATE TABLE users (id INTEGER, email TEXT, admin INTEGER)");
    refusal(database.open(), &["`users`", "`id`", "UNIQUE"]);
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    assert_eq!(database.number(ours), 0);
    database.run("CREATE UNIQUE INDEX users_by_id ON users (id)");
    database.auth();
}

#[test]
fn a_key_that_is_one_of_several_columns_is_refused_with_a_way_out() {
    let database = Database::with(
        "CREATE TABLE users (tenant INTEGER, id INTEGER, email TEXT, admin INTEGER,
                             PRIMARY KEY (tenant, id))",
    );
    refusal(
        database.open(),
        &["`id`", "`users`", "several columns", "by itself"],
    );
    database.run("CREATE UNIQUE INDEX users_by_id ON users (id)");
    database.auth();
}

#[test]
fn a_key_of_a_type_that_no_id_has_is_refused() {
    let database = Database::with("CREATE TABLE users (id REAL PRIMARY KEY, email, admin)");
    refusal(database.open(), &["`users`", "`id`", "`REAL`", "INTEGER"]);
}

#[test]
fn a_key_under_which_a_user_has_several_ids_is_refused() {
    for (key, name) in [
        ("TEXT PRIMARY KEY COLLATE NOCASE", "NOCASE"),
        ("TEXT COLLATE RTRIM UNIQUE", "RTRIM"),
    ] {
        let database = Database::with(&format!(
            "CREATE TABLE users (id {key}, email TEXT, admin INTEGER)"
        ));
        refusal(database.open(), &[name, "`id`", "BINARY"]);
    }
}

#[test]
fn a_key_that_keeps_something_else_than_it_says_is_refused() {
    let database = Database::with(
        "CREATE TABLE users (id INT PRIMARY KEY, email TEXT, admin INTEGER);
         INSERT INTO users VALUES ('ada', 'ada@example.com', 1)",
    );
    refusal(database.open(), &["`id`", "INTEGER", "text"]);
}

#[tokio::test]
async fn e_04_a_user_who_takes_a_former_key_gets_no_former_session() {
    let database = Database::with_users();
    let auth = database.auth();
    let session = auth.create_session(ADA).await.expect("a healthy store");
    database.run(
        "PRAGMA foreign_keys = OFF;
         UPDATE users SET id = 100 WHERE id = 1;
         INSERT INTO users VALUES (1, 'mallory@example.com', 0)",
    );
    let found = auth.validate_session_user(session.token()).await;
    let (_, account) = found.expect("a healthy store").expect("Ada is still there");
    assert_eq!(account.email, "ada@example.com");
}
