//! Keys that change without being named, keys that are not there, and ids that are written
//! otherwise.

use locals::{Auth, Error, SqliteStore, StoreError, UserId};

use super::{App, USERS, keeps_every_session, open, seen, sign_in, sql};
use crate::sqlite::Database;

/// Ada moves away, and Mallory takes the key that she had.
#[tokio::test]
async fn e_11_a_key_set_as_the_rowid_keeps_every_session() {
    for name in ["id", "rowid", "_rowid_", "oid", "ROWID"] {
        let moves = format!(
            "UPDATE users SET {name} = 10 WHERE {name} = 1;
             INSERT INTO users VALUES (1, 'mallory@example.com', NULL)"
        );
        keeps_every_session(USERS, &moves, sql(&moves)).await;
    }
}

#[tokio::test]
async fn e_11_a_generated_key_whose_value_changes_keeps_every_session() {
    for kind in ["STORED", "VIRTUAL"] {
        let tables = format!(
            "CREATE TABLE users (
                no INTEGER PRIMARY KEY, base INTEGER, email TEXT,
                id INTEGER GENERATED ALWAYS AS (base) {kind} UNIQUE
             );
             INSERT INTO users (base, email) VALUES (1, 'ada@example.com'), (2, 'bob@example.com')"
        );
        for moves in [
            "UPDATE users SET base = 10 WHERE base = 1;
             INSERT INTO users (base, email) VALUES (1, 'mallory@example.com')",
            "UPDATE users SET base = 10 WHERE base = 1; UPDATE users SET base = 1 WHERE base = 2",
        ] {
            let what = format!("{kind}: {moves}");
            keeps_every_session(&tables, &what, sql(moves)).await;
        }
    }
}

/// Two users have no key yet.
const WITH_NULLS: &str = "
CREATE TABLE users (id INTEGER UNIQUE, email TEXT, phone INTEGER UNIQUE);
INSERT INTO users VALUES (1, 'ada@example.com', 100), (2, 'bob@example.com', 200),
                         (NULL, 'carol@example.com', 300), (NULL, 'dave@example.com', 400);";

#[tokio::test]
async fn e_11_users_without_a_key_are_in_nobodys_way() {
    for statements in [
        "UPDATE users SET id = 11 WHERE id = 1;
         UPDATE users SET id = 1 WHERE email = 'carol@example.com'",
        "DELETE FROM users WHERE id IS NULL",
    ] {
        keeps_every_session(WITH_NULLS, statements, sql(statements)).await;
    }
}

/// Carol takes Ada's number, which removes Ada's row without a trigger where no foreign keys are
/// enforced, and later Ada's key.
#[tokio::test]
async fn e_04_a_user_without_a_key_who_gets_a_former_one_gets_no_former_session() {
    for foreign_keys in [true, false] {
        let (app, running) = App::with(WITH_NULLS).await;
        let expected = ["nobody", "bob@example.com"];
        let takes = "UPDATE OR REPLACE users SET phone = 100 WHERE email = 'carol@example.com'";
        app.change(foreign_keys, sql(takes));
        assert_eq!(app.seen_by(&running).await, expected);
        let restarted = app.restart();
        assert_eq!(app.seen_by(&restarted).await, expected);
        let gets = "UPDATE users SET id = 1 WHERE email = 'carol@example.com'";
        app.change(foreign_keys, sql(gets));
        assert_eq!(app.account(1), "carol@example.com");
        for auth in [&running, &restarted, &app.restart()] {
            assert_eq!(app.seen_by(auth).await, expected);
        }
    }
}

/// SQLite may refuse to take the key away while there is a session, or end the session.
#[tokio::test]
async fn e_04_whoever_gets_a_key_that_was_taken_away_gets_no_session_with_it() {
    for foreign_keys in [true, false] {
        let (app, running) = App::with(WITH_NULLS).await;
        app.change(foreign_keys, |application| {
            for statement in [
                "UPDATE users SET id = NULL WHERE id = 1",
                "INSERT INTO users VALUES (1, 'mallory@example.com', NULL)",
            ] {
                let _ = application.execute_batch(statement);
            }
        });
        for auth in [&running, &app.restart()] {
            let [ada, bob] = app.seen_by(auth).await;
            assert!(["ada@example.com", "nobody"].contains(&&*ada), "{ada}");
            assert_eq!(bob, "bob@example.com");
        }
    }
}

/// With users and, in a file of the same users, without.
#[tokio::test]
async fn e_11_an_id_that_is_written_otherwise_is_nobody() {
    let user_seven = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
                      INSERT INTO users VALUES (7, 'grace@example.com')";
    let database = Database::with(user_seven);
    let with_users = open(&database, "users").expect("nothing is wrong with the file");
    let token = sign_in(&with_users, 7).await;
    let store = SqliteStore::open(&database.path).expect("a database");
    let plain: Auth = Auth::builder(store).build().expect("a database");
    for text in [
        "007", "+7", "-7", "7.0", " 7", "7 ", "7\0", "0x7", "seven", "",
    ] {
        let id = UserId::from(text);
        opens_nothing(&with_users, &id).await;
        opens_nothing(&plain, &id).await;
    }
    assert_eq!(seen(&with_users, &token).await, "grace@example.com");
    assert_eq!(seen(&plain, &token).await, "7");
}

async fn opens_nothing<U: Send + Sync + 'static>(auth: &Auth<U>, id: &UserId) {
    let refused = auth.create_session(id).await;
    assert!(
        matches!(refused, Err(Error::Store(StoreError::UnknownUser))),
        "{id:?}: {refused:?}"
    );
    let list = auth.list_sessions(id).await.expect("a healthy store");
    assert_eq!(list.len(), 0, "{id:?}");
    let ended = auth.invalidate_user_sessions(id).await;
    assert_eq!(ended.expect("a healthy store"), 0, "{id:?}");
}
