//! What only a database file can be: shared, locked, full, broken, or the wrong one.

mod broken;
mod busy;
mod callbacks;
mod columns;
mod conditions;
mod file_size_limit;
mod full_disk;
mod guard;
mod log;
mod nodes;
mod processes;
mod replaced;
mod secrets;
mod shared;
mod start;
mod unreadable;
mod writer;

use std::path::PathBuf;

use locals::{Auth, BuildError, Error, SqliteStore, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::rig::{ADA, Account};

/// The log is one for all tests: those that have it complain of users who cannot be read take turns.
static COMPLAINING: Mutex<()> = Mutex::const_new(());

/// The file of an application, in a directory of its own.
struct Database {
    path: PathBuf,
    _directory: TempDir,
}

impl Database {
    /// There is no file yet.
    fn none() -> Self {
        let directory = tempfile::tempdir().expect("a directory for the database");
        Self {
            path: directory.path().join("app.db"),
            _directory: directory,
        }
    }

    /// The application has made what it needs.
    fn with(tables: &str) -> Self {
        let database = Self::none();
        database.run(tables);
        database
    }

    /// As [`Account`] wants it, with Ada in it.
    fn with_users() -> Self {
        Self::with(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, admin INTEGER);
             INSERT INTO users VALUES (1, 'ada@example.com', 1)",
        )
    }

    /// A connection of the application's own.
    fn app(&self) -> Connection {
        Connection::open(&self.path).expect("the application's database")
    }

    fn run(&self, statements: &str) {
        self.app()
            .execute_batch(statements)
            .expect("the application's statements");
    }

    fn number(&self, query: &str) -> i64 {
        let number = self.app().query_row(query, [], |row| row.get(0));
        number.expect("the application's query")
    }

    fn open(&self) -> Result<Auth<Account>, BuildError> {
        Auth::builder(SqliteStore::open(&self.path)?.with_users("users")).build()
    }

    fn auth(&self) -> Auth<Account> {
        self.open().expect("nothing is wrong with the file")
    }
}

#[cfg(unix)]
#[tokio::test]
async fn k_08_the_files_are_their_owners_alone() {
    use std::{fs, os::unix::fs::PermissionsExt};

    let database = Database::none();
    let store = SqliteStore::open(&database.path).expect("a new file");
    let auth: Auth = Auth::builder(store).build().expect("a new file");
    let session = auth.create_session("ada").await.expect("a healthy store");
    assert_eq!(session.user_id().as_str(), "ada");
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.path.clone().into_os_string();
        path.push(suffix);
        let file = fs::metadata(&path).expect("a write-ahead log, in use");
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{path:?}");
    }
}

#[tokio::test]
async fn k_09_the_tables_are_strict() {
    let database = Database::with_users();
    let auth = database.auth();
    let session = auth.create_session(ADA).await.expect("a healthy store");
    let strict = "SELECT count(*) FROM pragma_table_list
                  WHERE name IN ('locals_sessions', 'locals_meta') AND strict = 1";
    assert_eq!(database.number(strict), 2);
    for wrong in [
        "UPDATE locals_sessions SET created_at = 'noon'",
        "UPDATE locals_sessions SET user_id = 'ada'",
        "UPDATE locals_sessions SET id = x'00'",
        "UPDATE locals_sessions SET secret_hash = x'00'",
        "UPDATE locals_sessions SET secret_hash = NULL",
    ] {
        let refused = database.app().execute_batch(wrong);
        assert!(refused.is_err(), "{wrong}");
    }
    let valid = auth.validate_session(session.token()).await;
    assert!(valid.expect("a healthy store").is_some());
}

/// On our connections, whatever those of the application do.
#[tokio::test]
async fn k_09_foreign_keys_are_enforced() {
    let database = Database::with_users();
    let auth = database.auth();
    for nobody in ["2", "01", " 1", "ada", ""] {
        let refused = auth.create_session(nobody).await;
        assert!(
            matches!(refused, Err(Error::Store(StoreError::UnknownUser))),
            "{nobody:?}: {refused:?}"
        );
    }
    let session = auth.create_session(ADA).await.expect("a healthy store");
    assert_eq!(
        database.number("SELECT count(*) FROM pragma_foreign_key_check"),
        0
    );
    database.run("PRAGMA foreign_keys = ON; DELETE FROM users");
    assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 0);
    let gone = auth.validate_session(session.token()).await;
    assert!(gone.expect("a healthy store").is_none());
}

/// Their ids, their ends and their users, and what was ended stays ended.
#[tokio::test]
async fn sessions_survive_a_restart() {
    let database = Database::with_users();
    let auth = database.auth();
    let kept = auth.create_session(ADA).device("a telephone").await;
    let kept = kept.expect("a healthy store");
    let ended = auth.create_session(ADA).await.expect("a healthy store");
    assert!(
        auth.invalidate_session(ended.id())
            .await
            .expect("a healthy store")
    );
    drop(auth);

    let auth = database.auth();
    let found = auth.validate_session_user(kept.token()).await;
    let (session, account) = found.expect("a healthy store").expect("still there");
    assert_eq!(account.email, "ada@example.com");
    assert_eq!(session.id(), kept.id());
    assert_eq!(session.expires_at(), kept.expires_at());
    let gone = auth.validate_session(ended.token()).await;
    assert!(gone.expect("a healthy store").is_none());
    let list = auth.list_sessions(ADA).await;
    let list = list.expect("a healthy store");
    assert_eq!(list[0].device(), Some("a telephone"));
    assert_eq!(list.len(), 1);
}
