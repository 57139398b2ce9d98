//! What an application does to its file all the time: nobody is signed out by it.

use super::{App, THEIR_OWN, USERS, keeps_every_session, open, sql};
use crate::sqlite::Database;

#[tokio::test]
async fn e_11_what_an_application_does_to_its_own_tables_keeps_every_session() {
    for statements in [
        "CREATE TABLE notes (text TEXT); DROP TABLE notes",
        "CREATE INDEX users_by_spare ON users (spare)",
        "ALTER TABLE users ADD COLUMN phone TEXT",
        "ALTER TABLE users ADD COLUMN phone TEXT; ALTER TABLE users DROP COLUMN phone",
        "ALTER TABLE users RENAME COLUMN spare TO number",
        "CREATE VIEW members AS SELECT email FROM users",
        "CREATE TRIGGER locally AFTER DELETE ON users BEGIN SELECT 1; END",
        "ANALYZE; REINDEX",
    ] {
        keeps_every_session(USERS, statements, sql(statements)).await;
    }
}

#[tokio::test]
async fn e_11_a_name_that_comes_back_keeps_every_session() {
    for statements in [
        "ALTER TABLE users RENAME TO away; ALTER TABLE away RENAME TO users",
        "ALTER TABLE locals_sessions RENAME TO away; ALTER TABLE away RENAME TO locals_sessions",
        "ALTER TABLE users RENAME COLUMN id TO away; ALTER TABLE users RENAME COLUMN away TO id",
    ] {
        keeps_every_session(USERS, statements, sql(statements)).await;
    }
}

/// What was made first stands first in the new file too.
#[tokio::test]
async fn e_11_vacuum_keeps_every_session() {
    keeps_every_session(USERS, "VACUUM", sql("VACUUM")).await;
    let twice = "VACUUM; CREATE TABLE notes (text TEXT); VACUUM";
    keeps_every_session(USERS, twice, sql(twice)).await;
}

#[tokio::test]
async fn e_11_a_copy_by_vacuum_into_keeps_every_session() {
    let (app, running) = App::start().await;
    let copy = Database::none();
    let into = format!("VACUUM INTO '{}'", copy.path.display());
    app.database.run(&into);
    assert_eq!(app.seen_by(&running).await, THEIR_OWN);
    let restored = open(&copy, "users").expect("a whole copy");
    assert_eq!(app.seen_by(&restored).await, THEIR_OWN);
    copy.run("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 1");
    let rows = copy.number("SELECT count(*) FROM locals_sessions");
    assert_eq!(rows, 1, "the guard came with it");
}
