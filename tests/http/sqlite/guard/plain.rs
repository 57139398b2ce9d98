//! `Auth<UserId>`: no user is asked for, but the ids are those of the users table if there is one.

use locals::{Auth, Error, SqliteStore, StoreError};

use super::{
    App, LOST, NOBODY, REUSED, USERS, is_refused, open, says_lost, seen, sign_in, sql, takes_nobody,
};
use crate::{rig::ADA, sqlite::Database};

fn plain(database: &Database) -> Auth {
    let store = SqliteStore::open(&database.path).expect("a database");
    Auth::builder(store).build().expect("nothing is in the way")
}

/// Ids that were any text are no keys of the users.
#[tokio::test]
async fn e_11_users_are_taken_only_when_nobody_is_signed_in_without_them() {
    let database = Database::with(USERS);
    let first = plain(&database);
    let session = first.create_session("1").await.expect("a healthy store");
    let token = session.token().expose();
    is_refused(open(&database, "users"), &["no users table", "`users`"]);
    assert_eq!(seen(&first, token).await, "1", "it is as it was");

    let ended = first.invalidate_session(session.id()).await;
    assert!(ended.expect("a healthy store"));
    let with_users = open(&database, "users").expect("nobody is signed in");
    let ada = sign_in(&with_users, ADA).await;
    assert_eq!(seen(&with_users, &ada).await, "ada@example.com");

    for token in [token, ada.as_str()] {
        assert_eq!(seen(&first, token).await, "lost");
    }
    takes_nobody(&first, "made for no users table").await;
    let list = first.list_sessions(ADA).await;
    says_lost(&list.map(drop).expect_err("whose they are is not known"));
    assert_eq!(seen(&plain(&database), &ada).await, "1", "started again");
}

#[tokio::test]
async fn e_11_without_users_the_ids_are_those_of_the_users_table() {
    for foreign_keys in [true, false] {
        let (app, running) = App::start().await;
        let plain = plain(&app.database);
        assert_eq!(app.seen_by(&plain).await, ["1", "2"]);
        for unknown in ["3", "01", "ada", ""] {
            let refused = plain.create_session(unknown).await;
            assert!(
                matches!(refused, Err(Error::Store(StoreError::UnknownUser))),
                "{unknown:?}: {refused:?}"
            );
        }
        let made_here = sign_in(&plain, 2).await;
        assert_eq!(seen(&running, &made_here).await, "bob@example.com");

        let moves = "UPDATE users SET id = 10 WHERE id = 1;
                     INSERT INTO users VALUES (1, 'mallory@example.com', NULL)";
        app.change(foreign_keys, sql(moves));
        assert_eq!(app.seen_by(&plain).await, ["10", "2"], "Ada's new key");
        let leaves = "DELETE FROM users WHERE id = 10;
                      INSERT INTO users VALUES (10, 'eve@example.com', NULL)";
        app.change(foreign_keys, sql(leaves));
        assert_eq!(app.seen_by(&plain).await, ["nobody", "2"]);
    }
}

#[tokio::test]
async fn e_11_without_users_a_gap_in_the_guard_ends_every_session_too() {
    for gap in ["DROP TRIGGER locals_user_deleted", "DROP VIEW locals_guard"] {
        for foreign_keys in [true, false] {
            let (app, running) = App::start().await;
            let first = plain(&app.database);
            app.change(foreign_keys, sql(&format!("{gap}; {REUSED}")));
            assert_eq!(app.seen_by(&first).await, LOST, "{gap}");
            takes_nobody(&first, gap).await;
            let next = plain(&app.database);
            assert_eq!(app.seen_by(&next).await, NOBODY, "{gap}");
            let bob = sign_in(&next, 2).await;
            assert_eq!(seen(&next, &bob).await, "2");
            assert_eq!(seen(&running, &bob).await, "lost", "{gap}");
        }
    }
}
