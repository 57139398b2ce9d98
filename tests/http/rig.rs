//! A site of its own for every test: store, clock, routes and a port.

mod cache;
mod h2c;
mod log;
mod node;
#[cfg(feature = "redis")]
mod redis;
mod reply;
mod secrets;
mod server;
mod settings;
mod stage;
mod stored;
mod told;
mod users;
mod wire;

use std::{
    collections::HashSet,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

#[cfg(feature = "mysql")]
use locals::MySqlStore;
#[cfg(feature = "postgres")]
use locals::PostgresStore;
#[cfg(feature = "sqlite")]
use locals::SqliteStore;
use locals::{
    Auth, MemoryStore,
    testing::{Probe, ProbeControl, TestClock},
};
use tempfile::TempDir;
#[cfg(feature = "mysql")]
use test_servers::{MySql, MySqlDatabase};
#[cfg(feature = "postgres")]
use test_servers::{Postgres, Schema};

use crate::framework::{App, Running};

pub(crate) use cache::SharedCache;
pub(crate) use log::{LogFrom, panic_at_sign_out_of};
pub(crate) use node::Node;
#[cfg(feature = "redis")]
pub(crate) use redis::Prefix;
pub(crate) use reply::{Reply, SetCookie, Token};
#[cfg(feature = "sqlite")]
pub(crate) use secrets::written;
pub(crate) use server::{
    Backend, Framework, OnServer, Server, on, on_every_server, on_every_store,
};
pub(crate) use settings::Settings;
pub(crate) use stage::{OnDrop, Stage};
pub(crate) use told::Told;
pub(crate) use users::{ADA, Account, Admin, BOB, EVE, PASSWORD};
pub(crate) use wire::RequestTo;

use users::Users;

/// One handler of each kind that wants a session, and others behind gates.
pub(crate) const OF_EVERY_KIND: [&str; 7] = [
    "/whoami",
    "/required",
    "/account",
    "/admin",
    "/behind/report",
    "/anyone/report",
    "/admins/report",
];

/// A running site. It ends with the value.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) auth: Auth<Account>,
    pub(crate) clock: TestClock,
    pub(crate) store: ProbeControl,
    pub(crate) cookie_name: &'static str,
    pub(crate) framework: Framework,
    pub(crate) stage: Arc<Stage>,
    pub(crate) told: Told,
    /// The database file, on SQLite.
    pub(crate) database: Option<PathBuf>,
    /// On PostgreSQL.
    #[cfg(feature = "postgres")]
    pub(crate) schema: Option<Schema>,
    /// On MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    mysql: Option<MySqlDatabase>,
    /// On Redis.
    #[cfg(feature = "redis")]
    redis: Option<Prefix>,
    /// The sessions, on the memory store.
    memory: MemoryStore,
    users: Users,
    log: LogFrom,
    /// Those that the site gave out.
    tokens: Mutex<HashSet<Token>>,
    _running: Running,
    _directory: TempDir,
}

impl Site {
    /// With the library's defaults.
    pub(crate) async fn start(server: Server) -> Self {
        Self::with(server, Settings::default()).await
    }

    pub(crate) async fn with(server: Server, settings: Settings) -> Self {
        let log = LogFrom::now();
        let Server { framework, backend } = server;
        let directory = tempfile::tempdir().expect("a directory for the database");
        let users = Users::new();
        let clock = TestClock::new();
        let cookie_name = settings.cookie_name;
        let told = Told::default();
        let memory = MemoryStore::new();

        #[allow(unused_mut, reason = "SQLite's, where that is not left out")]
        let mut database = None;
        #[cfg(feature = "postgres")]
        let mut schema = None;
        #[cfg(feature = "mysql")]
        let mut mysql = None;
        #[cfg(feature = "redis")]
        let mut redis = None;
        let (auth, store) = match backend {
            Backend::Memory => {
                let (store, control) = Probe::new(memory.clone());
                let builder = Auth::builder(store).users_with(users.lookup());
                let builder = builder.on_event(told.hook());
                (settings.connect(builder, clock.clone()).await, control)
            }
            #[cfg(feature = "sqlite")]
            Backend::Sqlite => {
                let path = directory.path().join("app.db");
                let sessions = SqliteStore::open(&path).expect("a new database file");
                users.create_table(&path);
                database = Some(path);
                let (store, control) = Probe::new(sessions.with_users("users"));
                let builder = Auth::builder(store).on_event(told.hook());
                (settings.connect(builder, clock.clone()).await, control)
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres => {
                let own = Postgres::shared().expect("a server").schema();
                users.create_table_in(&own);
                let sessions = PostgresStore::connect(own.url()).await;
                schema = Some(own);
                let (store, control) = Probe::new(sessions.expect("a store").with_users("users"));
                let builder = Auth::builder(store).on_event(told.hook());
                (settings.connect(builder, clock.clone()).await, control)
            }
            #[cfg(feature = "mysql")]
            Backend::MySql => {
                let own = MySql::shared().expect("a server").database();
                users.create_table_in_mysql(&own);
                let sessions = MySqlStore::connect(own.url()).await;
                mysql = Some(own);
                let (store, control) = Probe::new(sessions.expect("a store").with_users("users"));
                let builder = Auth::builder(store).on_event(told.hook());
                (settings.connect(builder, clock.clone()).await, control)
            }
            #[cfg(feature = "redis")]
            Backend::Redis => {
                let own = Prefix::new();
                let (store, control) = Probe::new(own.store().await);
                redis = Some(own);
                let builder = Auth::builder(store).users_with(users.lookup());
                let builder = builder.on_event(told.hook());
                (settings.connect(builder, clock.clone()).await, control)
            }
            #[allow(unreachable_patterns, reason = "a store that is left out")]
            _ => unreachable!("the store is left out"),
        };

        let stage = Stage::new();
        let app = App {
            auth: auth.clone(),
            stage: Arc::clone(&stage),
        };
        let running = framework.start(app).await;
        Self {
            address: running.address,
            auth,
            clock,
            store,
            cookie_name,
            framework,
            stage,
            told,
            database,
            #[cfg(feature = "postgres")]
            schema,
            #[cfg(feature = "mysql")]
            mysql,
            #[cfg(feature = "redis")]
            redis,
            memory,
            users,
            log,
            tokens: Mutex::default(),
            _running: running,
            _directory: directory,
        }
    }

    fn remember_token_of(&self, reply: &Reply) {
        let prefix = format!("{}=", self.cookie_name);
        let values = reply.set_cookies().into_iter().filter_map(|line| {
            let line = str::from_utf8(line.strip_prefix(prefix.as_bytes())?).ok()?;
            let value = line.split(';').next().filter(|value| value.len() == 66)?;
            Some(Token(value.to_owned()))
        });
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.extend(values);
    }

    /// Whether its users are rows of a table.
    pub(crate) fn has_users_table(&self) -> bool {
        #[cfg(feature = "postgres")]
        if self.schema.is_some() {
            return true;
        }
        #[cfg(feature = "mysql")]
        if self.mysql.is_some() {
            return true;
        }
        self.database.is_some()
    }

    /// Whether sessions are ended by a name from outside, and expired ones swept: in Redis they go by themselves,
    /// and are found by their token or user only.
    pub(crate) fn has_sessions_table(&self) -> bool {
        #[cfg(feature = "redis")]
        if self.redis.is_some() {
            return false;
        }
        true
    }

    /// How many of so many expired sessions a sweep removes.
    pub(crate) fn swept(&self, expired: u64) -> u64 {
        if self.has_sessions_table() {
            expired
        } else {
            0
        }
    }

    /// Signs a user in by `POST /login`, without presenting a session.
    pub(crate) async fn log_in(&self, user: i64) -> Token {
        let reply = self.post(&format!("/login?u={user}")).send().await;
        assert_eq!(reply.status, 200, "signing {user} in: {}", reply.text());
        reply
            .our_cookie()
            .expect("a login sends the cookie")
            .token()
    }

    /// The status `GET /whoami` gives this token.
    pub(crate) async fn whoami(&self, token: &Token) -> u16 {
        self.get("/whoami").session(token).send().await.status
    }
}

/// N-01, after every test.
impl Drop for Site {
    fn drop(&mut self) {
        if !thread::panicking() {
            let tokens = self
                .tokens
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner);
            self.log.tells_no_secret_of(tokens.iter());
        }
    }
}

/// Asks again and again, for ten seconds, whether something has come about.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(Instant::now() < deadline, "not in ten seconds: that {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
