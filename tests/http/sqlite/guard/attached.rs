//! The application has another file open, and this one attached to it.

use rusqlite::Connection;

use super::{
    App, LOST, NOBODY, REUSED, USERS, ends_every_session, is_refused, keeps_every_session, open,
    sql,
};

/// Statements on the attached `app`. The other file has tables of the same names, which a trigger
/// must not take for ours.
fn attached(statements: &str) -> impl Fn(&Connection) {
    move |direct: &Connection| {
        let path = direct.path().expect("a file");
        let foreign_keys: bool = direct
            .pragma_query_value(None, "foreign_keys", |row| row.get(0))
            .expect("a pragma");
        let other = Connection::open(format!("{path}.other")).expect("a new file");
        other
            .pragma_update(None, "foreign_keys", foreign_keys)
            .expect("a pragma");
        sql("CREATE TABLE users (id, email, spare); CREATE TABLE locals_sessions (user_id)")(
            &other,
        );
        other
            .execute("ATTACH ?1 AS app", [path])
            .expect("the application's database");
        sql(statements)(&other);
    }
}

#[tokio::test]
async fn e_04_a_key_reused_through_an_attachment_opens_no_session() {
    for foreign_keys in [true, false] {
        let (app, running) = App::start().await;
        let statements = REUSED
            .replace("FROM users", "FROM app.users")
            .replace("INTO users", "INTO app.users");
        app.change(foreign_keys, attached(&statements));
        assert_eq!(app.account(1), "mallory@example.com");
        let expected = ["nobody", "bob@example.com"];
        assert_eq!(app.seen_by(&running).await, expected);
        assert_eq!(app.seen_by(&app.restart()).await, expected);
    }
}

#[tokio::test]
async fn e_11_what_is_done_through_an_attachment_under_the_guard_keeps_every_session() {
    for statements in [
        "UPDATE app.users SET id = 10 WHERE id = 1;
         INSERT INTO app.users VALUES (1, 'mallory@example.com', NULL)",
        "CREATE TABLE app.notes (text); CREATE INDEX app.by_spare ON users (spare);
         ALTER TABLE app.users ADD COLUMN phone TEXT",
        "VACUUM app",
    ] {
        keeps_every_session(USERS, statements, attached(statements)).await;
    }
}

#[tokio::test]
async fn e_11_a_users_table_made_again_through_an_attachment_ends_every_session() {
    for statements in [
        "DROP TABLE app.users;
         CREATE TABLE app.users (id INTEGER PRIMARY KEY, email TEXT, spare INTEGER);
         INSERT INTO app.users VALUES (1, 'mallory@example.com', 1), (2, 'ada@example.com', 2)",
        "DROP TRIGGER app.locals_user_deleted; DELETE FROM app.users WHERE id = 1;
         INSERT INTO app.users VALUES (1, 'mallory@example.com', NULL)",
    ] {
        ends_every_session(statements, attached(statements)).await;
    }
}

#[tokio::test]
async fn e_11_a_name_taken_through_an_attachment_is_refused() {
    for foreign_keys in [true, false] {
        let (app, running) = App::start().await;
        let taken = "ALTER TABLE app.users RENAME TO former;
                     CREATE TABLE app.users (id INTEGER PRIMARY KEY, email TEXT, spare INTEGER);
                     INSERT INTO app.users SELECT 3 - id, email, spare FROM app.former";
        app.change(foreign_keys, attached(taken));
        assert_eq!(app.seen_by(&running).await, LOST);
        is_refused(open(&app.database, "users"), &["`users`", "`former`"]);
        app.change(foreign_keys, sql("DROP TABLE former"));
        assert_eq!(app.seen_by(&app.restart()).await, NOBODY);
    }
}
