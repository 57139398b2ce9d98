//! The users table, or a piece of its guard, is not the one that was there when the sessions were
//! made.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use rusqlite::Connection;
use tokio::time::timeout;

use super::{App, NOBODY, REUSED, ends_every_session, seen, sql};
use crate::rig::{ADA, LogFrom};

const PATIENCE: Duration = Duration::from_secs(10);

/// The way of <https://sqlite.org/lang_altertable.html> §8, by which Ada and Bob change keys.
const COPIED: &str = "
BEGIN;
CREATE TABLE copy (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, spare INTEGER UNIQUE);
INSERT INTO copy SELECT 3 - id, email, spare FROM users;
DROP TABLE users;
ALTER TABLE copy RENAME TO users;
COMMIT;";

const DROPPED: &str = "
DROP TABLE users;
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, spare INTEGER UNIQUE);
INSERT INTO users VALUES (1, 'mallory@example.com', NULL), (2, 'ada@example.com', NULL);";

const RENAMED_AWAY: &str = "
ALTER TABLE users RENAME TO former;
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, spare INTEGER UNIQUE);
INSERT INTO users SELECT 3 - id, email, spare FROM former;
DROP TABLE former;";

#[tokio::test]
async fn e_11_a_users_table_that_was_made_again_ends_every_session() {
    for (what, statements) in [
        ("copied, dropped, renamed", COPIED),
        ("dropped and made again", DROPPED),
        ("renamed, made again, dropped", RENAMED_AWAY),
    ] {
        ends_every_session(what, sql(statements)).await;
        let legacy = format!("PRAGMA legacy_alter_table = ON; {statements}");
        ends_every_session(&format!("{what}, legacy"), sql(&legacy)).await;
    }
}

/// Names and texts, in the order in which they were made.
fn objects(application: &Connection, which: &str) -> Vec<(String, String)> {
    let query = format!(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND {which} ORDER BY rowid"
    );
    let mut statement = application.prepare(&query).expect("a query");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows = rows.and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let rows = rows.expect("the schema");
    assert!(!rows.is_empty(), "nothing {which}");
    rows
}

/// Nothing shows it afterwards but the place of a trigger in the schema.
#[tokio::test]
async fn e_11_triggers_made_again_with_the_same_text_end_every_session() {
    for pattern in [
        "locals_user_%",
        "locals_user_deleted",
        "locals_user_created",
        "locals_user_moving",
        "locals_user_moved",
    ] {
        let made_again = |application: &Connection| {
            let which = format!("type = 'trigger' AND name LIKE '{pattern}'");
            let triggers = objects(application, &which);
            for (name, _) in &triggers {
                sql(&format!("DROP TRIGGER {name}"))(application);
            }
            sql(REUSED)(application);
            for (_, text) in &triggers {
                sql(text)(application);
            }
        };
        ends_every_session(pattern, made_again).await;
    }
}

#[tokio::test]
async fn e_11_a_guard_without_one_of_its_pieces_ends_every_session() {
    for piece in [
        "TRIGGER locals_user_deleted",
        "TRIGGER locals_user_created",
        "TRIGGER locals_user_moving",
        "TRIGGER locals_user_moved",
        "VIEW locals_guard",
    ] {
        let dropped = format!("DROP {piece}; {REUSED}");
        ends_every_session(piece, sql(&dropped)).await;
    }
}

#[tokio::test]
async fn e_11_a_trigger_of_the_same_name_and_another_text_ends_every_session() {
    for (name, event) in [
        ("locals_user_deleted", "AFTER DELETE"),
        ("locals_user_created", "AFTER INSERT"),
        ("locals_user_moving", "BEFORE UPDATE"),
        ("locals_user_moved", "AFTER UPDATE"),
    ] {
        let another = format!(
            "DROP TRIGGER {name};
             CREATE TRIGGER {name} {event} ON users BEGIN SELECT 1; END;
             {REUSED}"
        );
        ends_every_session(name, sql(&another)).await;
    }
}

/// As if somebody had made our table to their own taste.
#[tokio::test]
async fn e_11_a_sessions_table_whose_reference_does_less_ends_every_session() {
    let made_again = |application: &Connection| {
        let which = "name = 'locals_sessions'";
        let (_, text) = objects(application, which).remove(0);
        let less = text.replace("ON DELETE CASCADE", "");
        assert_ne!(less, text, "what the reference does");
        sql(&format!(
            "CREATE TEMP TABLE kept AS SELECT * FROM locals_sessions;
             DROP TABLE locals_sessions;
             {less};
             INSERT INTO locals_sessions SELECT * FROM kept;"
        ))(application);
    };
    ends_every_session("no cascade", made_again).await;
}

/// What `sqlite3 app.db '.dump users'` wrote when Mallory had Ada's key: the table, its rows, and
/// then the triggers.
#[tokio::test]
async fn e_11_a_users_table_restored_from_a_dump_ends_every_session() {
    let restored = |application: &Connection| {
        let parts = objects(application, "tbl_name = 'users'");
        sql("DROP TABLE users")(application);
        for (name, text) in parts {
            sql(&text)(application);
            if name == "users" {
                let rows = "INSERT INTO users VALUES (1, 'mallory@example.com', 1),
                                                     (2, 'ada@example.com', 2)";
                sql(rows)(application);
            }
        }
    };
    ends_every_session("restored", restored).await;
}

/// The rebuild is one transaction: a request finds what was there before it, or what it has broken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn e_11_no_request_beside_a_rebuild_opens_another_account() {
    for round in 0..10 {
        let (app, running) = App::start().await;
        let ada = app.ada.clone();
        let requests = tokio::spawn(async move {
            let mut answers = HashSet::new();
            while !answers.contains("lost") {
                answers.insert(seen(&running, &ada).await);
                tokio::task::yield_now().await;
            }
            answers
        });
        app.change(round % 2 == 0, sql(COPIED));
        let answers = timeout(PATIENCE, requests).await.expect("lost at last");
        let answers = answers.expect("no other error");
        let possible = HashSet::from(["ada@example.com", "lost"].map(str::to_owned));
        assert!(answers.is_subset(&possible), "{answers:?}");
    }
}

/// The number of sessions tells this line from those of the tests beside this one.
#[tokio::test]
async fn e_11_the_log_says_why_every_session_ended_and_what_to_do_about_it() {
    let log = LogFrom::now();
    let (app, running) = App::start().await;
    let others = (0..71).map(|_| running.create_session(ADA).into_future());
    for session in join_all(others).await {
        drop(session.expect("a healthy store"));
    }
    drop(running);
    app.change(false, sql("DROP TRIGGER locals_user_moved"));
    assert_eq!(app.seen_by(&app.restart()).await, NOBODY);

    let text = log.text();
    let line = text.lines().find(|line| line.contains("ended=73"));
    let line = line.expect("how many sessions ended");
    for word in ["WARN", "every session", "locals_user_moved", "ALTER TABLE"] {
        assert!(line.contains(word), "no {word:?} in: {line}");
    }
}
