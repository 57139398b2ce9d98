//! A session opens the account it was made for, or none, whatever was done to the users table while
//! nobody looked (E-11).

mod attached;
mod encoding;
mod kept;
mod keys;
mod made_again;
mod plain;
mod renamed;
mod tables;

use locals::{Auth, BuildError, Error, SqliteStore, StoreError, UserId, UsersTable};
use rusqlite::Connection;
use serde::Deserialize;

use super::Database;
use crate::rig::{ADA, BOB};

/// Ada has the key 1 and Bob the key 2; by `spare` it is the other way round.
const USERS: &str = "
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, spare INTEGER UNIQUE);
INSERT INTO users VALUES (1, 'ada@example.com', 2), (2, 'bob@example.com', 1);";

/// The key of somebody who is gone is given to the next one.
const REUSED: &str = "
DELETE FROM users WHERE id = 1;
INSERT INTO users VALUES (1, 'mallory@example.com', NULL);";

/// What Ada's and Bob's tokens open.
const THEIR_OWN: [&str; 2] = ["ada@example.com", "bob@example.com"];
const NOBODY: [&str; 2] = ["nobody", "nobody"];
/// The store cannot tell whose account it would be, and says so.
const LOST: [&str; 2] = ["lost", "lost"];

/// A user, known by the address whatever becomes of the key.
#[derive(Deserialize)]
struct Member {
    email: String,
}

/// What tells the accounts apart.
trait Shown: Send + Sync + 'static {
    fn shown(self) -> String;
}

impl Shown for Member {
    fn shown(self) -> String {
        self.email
    }
}

/// For a store that is not asked for users.
impl Shown for UserId {
    fn shown(self) -> String {
        self.to_string()
    }
}

/// A file on which Ada and Bob have signed in.
struct App {
    database: Database,
    ada: String,
    bob: String,
}

impl App {
    /// With the program that signed them in.
    async fn start() -> (Self, Auth<Member>) {
        Self::with(USERS).await
    }

    async fn with(tables: &str) -> (Self, Auth<Member>) {
        let database = Database::with(tables);
        let running = open(&database, "users").expect("nothing is wrong with the file");
        let app = Self {
            ada: sign_in(&running, ADA).await,
            bob: sign_in(&running, BOB).await,
            database,
        };
        (app, running)
    }

    /// On a connection of the application that enforces foreign keys or does not.
    fn change(&self, foreign_keys: bool, change: impl Fn(&Connection)) {
        let application = self.database.app();
        application
            .pragma_update(None, "foreign_keys", foreign_keys)
            .expect("a pragma");
        change(&application);
    }

    fn restart(&self) -> Auth<Member> {
        open(&self.database, "users").expect("nothing is in the way")
    }

    async fn seen_by<U: Shown>(&self, auth: &Auth<U>) -> [String; 2] {
        [seen(auth, &self.ada).await, seen(auth, &self.bob).await]
    }

    /// Whoever has this key now.
    fn account(&self, key: i64) -> String {
        let email = "SELECT email FROM users WHERE id = ?1";
        let found = self
            .database
            .app()
            .query_row(email, [key], |row| row.get(0));
        found.expect("a user with this key")
    }
}

/// Statements of the application, on a connection to the file.
fn sql(statements: &str) -> impl Fn(&Connection) {
    move |application: &Connection| {
        application
            .execute_batch(statements)
            .expect("the application's statements");
    }
}

fn open(database: &Database, users: impl Into<UsersTable>) -> Result<Auth<Member>, BuildError> {
    Auth::builder(SqliteStore::open(&database.path)?.with_users(users)).build()
}

async fn sign_in<U: Shown>(auth: &Auth<U>, user: impl Into<UserId>) -> String {
    let session = auth.create_session(user).await.expect("a healthy store");
    session.token().expose().to_owned()
}

/// Whom a token opens, "nobody", or "lost".
async fn seen<U: Shown>(auth: &Auth<U>, token: &str) -> String {
    match auth.validate_session_user(token).await {
        Ok(Some((_, user))) => user.shown(),
        Ok(None) => "nobody".to_owned(),
        Err(error) => {
            says_lost(&error);
            "lost".to_owned()
        }
    }
}

/// An outage, which says what happened and what to do.
fn says_lost(error: &Error) {
    let outage = matches!(
        error,
        Error::Store(StoreError::Setup(_) | StoreError::Unavailable(_))
    );
    let text = error.to_string();
    let says = text.contains("users") && text.contains("start");
    assert!(outage && says, "{error:?}");
}

async fn takes_nobody<U: Shown>(auth: &Auth<U>, what: &str) {
    let refused = auth.create_session(BOB).await;
    says_lost(&refused.err().unwrap_or_else(|| panic!("{what}: signed in")));
}

fn is_refused<U>(result: Result<Auth<U>, BuildError>, words: &[&str]) {
    let text = result.map(drop).expect_err("refused").to_string();
    for word in words {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
}

/// The guard may have had a gap: a program that runs says so until it is started again, and then
/// nobody is signed in any more.
async fn ends_every_session(what: &str, change: impl Fn(&Connection)) {
    for foreign_keys in [true, false] {
        let what = format!("{what}, foreign keys {foreign_keys}");
        let (app, running) = App::start().await;
        drop(running);
        app.change(foreign_keys, &change);
        let restarted = app.restart();
        assert_eq!(app.seen_by(&restarted).await, NOBODY, "{what}, stopped");

        let (app, running) = App::start().await;
        app.change(foreign_keys, &change);
        assert_eq!(app.seen_by(&running).await, LOST, "{what}, running");
        takes_nobody(&running, &what).await;
        let restarted = app.restart();
        assert_eq!(app.seen_by(&restarted).await, NOBODY, "{what}, restarted");

        let next = sign_in(&restarted, BOB).await;
        let account = app.account(BOB);
        assert_eq!(seen(&restarted, &next).await, account, "{what}, afterwards");
        let old = "of two programs the one that was not started again";
        assert_eq!(seen(&running, &next).await, "lost", "{what}, {old}");
    }
}

/// The guard was in force all the time: everybody stays signed in, and it goes on.
async fn keeps_every_session(tables: &str, what: &str, change: impl Fn(&Connection)) {
    for foreign_keys in [true, false] {
        let what = format!("{what}, foreign keys {foreign_keys}");
        let (app, running) = App::with(tables).await;
        app.change(foreign_keys, &change);
        assert_eq!(app.seen_by(&running).await, THEIR_OWN, "{what}, running");
        let key = "SELECT id FROM users WHERE email = 'bob@example.com'";
        let next = sign_in(&running, app.database.number(key)).await;
        drop(running);

        let restarted = app.restart();
        let after = app.seen_by(&restarted).await;
        assert_eq!(after, THEIR_OWN, "{what}, restarted");
        assert_eq!(seen(&restarted, &next).await, "bob@example.com", "{what}");

        let leaves = sql("DELETE FROM users WHERE email = 'ada@example.com'");
        app.change(foreign_keys, leaves);
        let rows = "SELECT count(*) FROM locals_sessions";
        assert_eq!(app.database.number(rows), 2, "{what}: Bob's only");
        let left = app.seen_by(&restarted).await;
        assert_eq!(left, ["nobody", "bob@example.com"], "{what}");
    }
}
