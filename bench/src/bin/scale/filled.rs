//! A store with so many sessions, each of another user.

use locals::{Auth, MemoryStore, SqliteStore, UserId};
use locals_bench::{
    application::{Account, BARE, bare_for, login, page},
    ours,
    rounds::{Call, Contender},
};
use std::{
    convert::Infallible,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// So many sign in at once while a store is filled.
const AT_ONCE: i64 = 200;

pub struct Filled {
    pub store: &'static str,
    pub sessions: i64,
    pub auth: Auth<Account>,
    /// Whose session has which cookie, in no order of users or ids.
    cookies: Vec<(i64, String)>,
    folder: Option<TempDir>,
}

impl Filled {
    pub async fn memory(sessions: i64) -> Self {
        let find =
            |id: UserId| async move { Ok::<_, Infallible>(id.parse().ok().map(Account::of)) };
        let auth = Auth::builder(MemoryStore::new()).users_with(find).build();
        Self::of("memory", auth.expect("safe defaults"), sessions, None).await
    }

    pub async fn sqlite(sessions: i64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("app.db");
        let application = rusqlite::Connection::open(&path).expect("a database");
        let users = format!(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
             WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {sessions})
             INSERT INTO users SELECT id, 'user' || id || '@example.com' FROM n"
        );
        application.execute_batch(&users).expect("a table of users");
        let auth = open(&path);
        Self::of("SQLite", auth, sessions, Some(folder)).await
    }

    async fn of(
        store: &'static str,
        auth: Auth<Account>,
        sessions: i64,
        folder: Option<TempDir>,
    ) -> Self {
        let mut signing_in = JoinSet::new();
        for first in 1..=AT_ONCE.min(sessions) {
            let auth = auth.clone();
            signing_in.spawn(async move {
                let mut cookies = Vec::new();
                for user in (first..=sessions).step_by(AT_ONCE as usize) {
                    let session = auth.create_session(user).await.expect("a session");
                    let cookie = format!("__Host-session={}", session.token().expose());
                    cookies.push((user, cookie));
                }
                cookies
            });
        }
        let mut cookies = signing_in.join_all().await.concat();
        shuffle(&mut cookies);
        Self {
            store,
            sessions,
            auth,
            cookies,
            folder,
        }
    }

    pub fn name(&self) -> String {
        format!("locals, {}, {} sessions", self.store, self.sessions)
    }

    /// Who reads the sessions of half of the users.
    pub fn readers(&self) -> Contender {
        self.readers_of(self.sessions)
    }

    /// Of the last users only.
    pub fn readers_of(&self, last: i64) -> Contender {
        Contender::new(self.name(), ours::app(self.auth.clone()), self.pages(last))
    }

    pub fn pages(&self, last: i64) -> Vec<Call> {
        let cookies = self.cookies_of(last);
        cookies
            .map(|(user, cookie)| page(*user, cookie.clone()))
            .collect()
    }

    /// A handler that reads no session, for the same requests.
    pub fn bare(&self) -> Contender {
        let cookies = self.cookies_of(self.sessions);
        bare_for(BARE, cookies.map(|(_, cookie)| cookie.clone()))
    }

    /// Who signs in the other half of the users again, in no order.
    pub fn sign_ins(&self) -> Contender {
        Contender::new(self.name(), ours::app(self.auth.clone()), self.logins())
    }

    pub fn logins(&self) -> Vec<Call> {
        let mut users: Vec<i64> = (1..=self.sessions).step_by(2).collect();
        shuffle(&mut users);
        users.into_iter().map(login).collect()
    }

    fn cookies_of(&self, last: i64) -> impl Iterator<Item = &(i64, String)> {
        let before = self.sessions - last;
        let of_readers = move |user: i64| user % 2 == 0 && user > before;
        self.cookies
            .iter()
            .filter(move |(user, _)| of_readers(*user))
    }

    /// Of a store in a file.
    pub fn path(&self) -> PathBuf {
        let folder = self.folder.as_ref().expect("a store in a file");
        folder.path().join("app.db")
    }
}

pub fn open(path: &Path) -> Auth<Account> {
    let store = SqliteStore::open(path).expect("a database");
    let auth = Auth::builder(store.with_users("users")).build();
    auth.expect("a table of users")
}

/// The same in every run.
fn shuffle<T>(items: &mut [T]) {
    let mut state = 1_u64;
    for end in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(end, (state >> 33) as usize % (end + 1));
    }
}
