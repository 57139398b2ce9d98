//! A site of its own for every test: store, clock, routes and a port.

mod reply;
mod secrets;
mod users;
mod wire;

use std::{
    convert::Infallible,
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use axum::Router;
use locals::{
    Auth, AuthBuilder, CookieOptions, Lifetimes, MemoryStore, SqliteStore, UserId,
    store::Store,
    testing::{EntropyError, Probe, ProbeControl, TestClock},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

pub(crate) use reply::{Reply, SetCookie, Token};
pub(crate) use secrets::written;
pub(crate) use users::{ADA, Account, BOB, EVE};
pub(crate) use wire::RequestTo;

use users::Users;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Backend {
    Memory,
    Sqlite,
}

/// What a test of [`on_both_stores!`] may take: a [`Site`] with the standard routes, or the
/// [`Backend`] to make its own sites on.
pub(crate) trait OnBackend {
    fn on(backend: Backend) -> impl Future<Output = Self> + Send;
}

impl OnBackend for Backend {
    async fn on(backend: Backend) -> Self {
        backend
    }
}

impl OnBackend for Site {
    async fn on(backend: Backend) -> Self {
        Self::start(backend).await
    }
}

/// Runs each body on the memory store and on SQLite, as `<name>::memory` and `<name>::sqlite`.
///
/// ```ignore
/// on_both_stores! {
///     async fn d_16_a_cleared_cookie_leaves_the_session_valid(site: Site) { .. }
///     async fn f_09_the_public_origin_is_compared(backend: Backend) {
///         let site = Site::with(backend, Settings { .. }, Router::new()).await;
///         ..
///     }
/// }
/// ```
macro_rules! on_both_stores {
    ($($(#[$attribute:meta])* async fn $name:ident($argument:ident: $kind:ty) $body:block)+) => {$(
        $(#[$attribute])*
        async fn $name($argument: $kind) $body

        mod $name {
            #[allow(unused_imports)]
            use $crate::rig::{Backend, OnBackend, Site};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn memory() {
                super::$name(<$kind as OnBackend>::on(Backend::Memory).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(<$kind as OnBackend>::on(Backend::Sqlite).await).await;
            }
        }
    )+};
}
pub(crate) use on_both_stores;

type Entropy = fn(&mut [u8]) -> Result<(), EntropyError>;

/// What a test may ask of the library; the rest is the library's default.
pub(crate) struct Settings {
    pub(crate) lifetimes: Lifetimes,
    pub(crate) cookie: Option<CookieOptions>,
    pub(crate) insecure_dev: bool,
    /// The name of the cookie that the rig sends and looks for: it follows from the two above.
    pub(crate) cookie_name: &'static str,
    pub(crate) login_path: Option<&'static str>,
    pub(crate) trusted_origins: Vec<&'static str>,
    pub(crate) public_origins: Vec<&'static str>,
    pub(crate) max_sessions_per_user: Option<u32>,
    pub(crate) entropy: Option<Entropy>,
    pub(crate) clear_site_data: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes::default(),
            cookie: None,
            insecure_dev: false,
            cookie_name: "__Host-session",
            login_path: None,
            trusted_origins: Vec::new(),
            public_origins: Vec::new(),
            max_sessions_per_user: None,
            entropy: None,
            clear_site_data: false,
        }
    }
}

impl Settings {
    fn build<S: Store<Account>>(
        self,
        mut builder: AuthBuilder<Account, S>,
        clock: TestClock,
    ) -> Auth<Account> {
        builder = builder.lifetimes(self.lifetimes).clock(clock);
        if let Some(cookie) = self.cookie {
            builder = builder.cookie(cookie);
        }
        if self.insecure_dev {
            builder = builder.insecure_dev();
        }
        if let Some(path) = self.login_path {
            builder = builder.login_path(path);
        }
        if !self.trusted_origins.is_empty() {
            builder = builder.trusted_origins(self.trusted_origins);
        }
        if !self.public_origins.is_empty() {
            builder = builder.public_origins(self.public_origins);
        }
        if let Some(limit) = self.max_sessions_per_user {
            builder = builder.max_sessions_per_user(limit);
        }
        if self.clear_site_data {
            builder = builder.clear_site_data();
        }
        if let Some(entropy) = self.entropy {
            builder = builder.entropy(entropy);
        }
        builder.build().expect("the settings fit together")
    }
}

/// A running site. It ends with the value.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) auth: Auth<Account>,
    pub(crate) clock: TestClock,
    pub(crate) store: ProbeControl,
    pub(crate) cookie_name: &'static str,
    /// The database file, on SQLite.
    pub(crate) database: Option<PathBuf>,
    users: Users,
    server: JoinHandle<()>,
    _directory: TempDir,
}

impl Site {
    /// The standard routes with the library's defaults.
    pub(crate) async fn start(backend: Backend) -> Self {
        Self::with(backend, Settings::default(), Router::new()).await
    }

    /// The standard routes and the test's own.
    pub(crate) async fn with(
        backend: Backend,
        settings: Settings,
        routes: Router<Auth<Account>>,
    ) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the database");
        let users = Users::new();
        let clock = TestClock::new();
        let cookie_name = settings.cookie_name;

        let (auth, store, database) = match backend {
            Backend::Memory => {
                let (store, control) = Probe::new(MemoryStore::new());
                let known = users.clone();
                let builder = Auth::builder(store).users_with(move |id: &UserId| {
                    let user = known.find(id);
                    async move { Ok::<_, Infallible>(user) }
                });
                (settings.build(builder, clock.clone()), control, None)
            }
            Backend::Sqlite => {
                let database = directory.path().join("app.db");
                let sessions = SqliteStore::open(&database).expect("a new database file");
                users.create_table(&database);
                let (store, control) = Probe::new(sessions.with_users("users"));
                let builder = Auth::builder(store);
                (
                    settings.build(builder, clock.clone()),
                    control,
                    Some(database),
                )
            }
        };

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let app = crate::app::routes().merge(routes).with_state(auth.clone());
        let server =
            tokio::spawn(async move { axum::serve(listener, app).await.expect("serving") });
        Self {
            address,
            auth,
            clock,
            store,
            cookie_name,
            database,
            users,
            server,
            _directory: directory,
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

    /// How many sessions the store has. On the memory store only the live ones of the three users
    /// are seen, and asking counts as calls of the store.
    pub(crate) async fn rows(&self) -> usize {
        if let Some(database) = &self.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            let rows: i64 = file
                .query_row("SELECT count(*) FROM locals_sessions", [], |row| row.get(0))
                .expect("the store's table");
            return usize::try_from(rows).expect("a count is not negative");
        }
        let mut rows = 0;
        for user in [ADA, BOB, EVE] {
            rows += self
                .auth
                .list_sessions(&user.into())
                .await
                .expect("a healthy store")
                .len();
        }
        rows
    }

    /// Deletes a user as the application would: from its own table or list.
    pub(crate) fn delete_user(&self, user: i64) {
        self.users.remove(user);
        if let Some(database) = &self.database {
            let file = rusqlite::Connection::open(database).expect("the site's database");
            file.execute("DELETE FROM users WHERE id = ?1", [user])
                .expect("the users table");
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

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
