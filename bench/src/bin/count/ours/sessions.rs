//! One session of each user, made now or earlier.

use crate::case::{Call, USERS};
use http::HeaderValue;
use locals::{Auth, Clock, MemoryStore, Session, SqliteStore, UserId};
use locals_bench::application::Account;
use std::{
    convert::Infallible,
    path::Path,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

pub const JUST_NOW: Ago = Ago(Duration::ZERO);

/// Long enough ago that a session is idle by now.
pub const YESTERDAY: Ago = Ago(Duration::from_secs(25 * 60 * 60));

#[derive(Clone, Copy)]
pub enum Store {
    Memory,
    Sqlite,
}

pub struct Sessions {
    pub auth: Auth<Account>,
    /// With the database.
    pub folder: Option<TempDir>,
    /// Of the users 1, 2 and so on.
    cookies: Vec<HeaderValue>,
}

/// A clock that is slow by so much.
#[derive(Clone, Copy)]
pub struct Ago(Duration);

impl Clock for Ago {
    fn now(&self) -> SystemTime {
        SystemTime::now() - self.0
    }
}

impl Sessions {
    pub async fn made(store: Store, ago: Ago) -> Self {
        match store {
            Store::Memory => Self::in_memory(ago).await,
            Store::Sqlite => Self::in_sqlite(ago).await,
        }
    }

    async fn in_memory(ago: Ago) -> Self {
        let store = MemoryStore::new();
        let builder = || Auth::builder(store.clone()).users_with(find);
        let before = builder().clock(ago).build().expect("safe defaults");
        let auth = builder().build().expect("safe defaults");
        Self::before(&before, auth, None).await
    }

    async fn in_sqlite(ago: Ago) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("app.db");
        let store = SqliteStore::open(&path).expect("a database");
        make_users(&path);
        let builder = || Auth::builder(store.clone().with_users("users"));
        let before = builder().clock(ago).build().expect("a users table");
        let auth = builder().build().expect("a users table");
        let sessions = Self::before(&before, auth, Some(folder)).await;
        checkpoint(&path);
        sessions
    }

    /// Made by the one `Auth`, for the other.
    async fn before(made_by: &Auth<Account>, auth: Auth<Account>, folder: Option<TempDir>) -> Self {
        let mut cookies = Vec::new();
        for user in 1..=USERS {
            let session = made_by.create_session(user).await.expect("a session");
            cookies.push(cookie(&session));
        }
        Self {
            auth,
            folder,
            cookies,
        }
    }

    /// One for each user.
    pub fn calls(&self, call: impl Fn(i64, &HeaderValue) -> Call) -> Vec<Call> {
        (1..=USERS)
            .zip(&self.cookies)
            .map(|(user, cookie)| call(user, cookie))
            .collect()
    }
}

fn cookie(session: &Session) -> HeaderValue {
    let cookie = format!("__Host-session={}", session.token().expose());
    HeaderValue::try_from(cookie).expect("a header")
}

async fn find(id: UserId) -> Result<Option<Account>, Infallible> {
    Ok(id.parse().ok().map(Account::of))
}

fn make_users(path: &Path) {
    let users = format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
         WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers LIMIT {USERS})
         INSERT INTO users SELECT n, 'user' || n || '@example.com' FROM numbers"
    );
    let app = rusqlite::Connection::open(path).expect("the database");
    app.execute_batch(&users).expect("a users table");
}

/// How much of the log is in the database is by chance otherwise, and so is how much of it a read looks through.
fn checkpoint(path: &Path) {
    let app = rusqlite::Connection::open(path).expect("the database");
    let done = app.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    assert_eq!(done, Ok(0), "nobody is in the way");
}
