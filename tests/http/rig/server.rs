//! What a test runs on: a framework and a store, and the macros that run it on all of them.

use super::Site;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "a framework that is left out is never started")]
pub(crate) enum Framework {
    /// axum 0.8.
    Axum,
    /// actix-web 4.
    Actix,
    /// Plain `http` 1, served by hyper.
    Hyper,
}

impl Framework {
    /// Those that this suite was compiled with.
    pub(crate) const ALL: &[Self] = &[
        #[cfg(feature = "axum")]
        Self::Axum,
        #[cfg(feature = "actix-web")]
        Self::Actix,
        #[cfg(feature = "http")]
        Self::Hyper,
    ];

    /// The same for a test each time, another for the next store.
    fn in_turn(test: &str, backend: Backend) -> &'static Self {
        let turn = test.bytes().map(usize::from).sum::<usize>() + backend as usize;
        &Self::ALL[turn % Self::ALL.len()]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "a store that is left out is never opened")]
pub(crate) enum Backend {
    Memory,
    Sqlite,
    Postgres,
    MySql,
    Redis,
}

impl Backend {
    fn is_there(self) -> bool {
        match self {
            Self::Memory | Self::Sqlite => true,
            #[cfg(feature = "postgres")]
            Self::Postgres => test_servers::Postgres::shared().is_some(),
            #[cfg(feature = "mysql")]
            Self::MySql => test_servers::MySql::shared().is_some(),
            #[cfg(feature = "redis")]
            Self::Redis => test_servers::Redis::shared().is_some(),
            #[allow(unreachable_patterns, reason = "of a suite with every store")]
            _ => unreachable!("a store that is left out is never opened"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) framework: Framework,
    pub(crate) backend: Backend,
}

impl Server {
    pub(crate) fn new(framework: Framework, backend: Backend) -> Self {
        Self { framework, backend }
    }

    /// `None` where there is no server of this kind to be had, which then has been told.
    pub(crate) fn of(framework: Framework, backend: Backend) -> Option<Self> {
        backend.is_there().then(|| Self::new(framework, backend))
    }

    /// A test of a store behind a network waits for it most of the time: it runs on one framework, and the
    /// frameworks take turns. With `EVERY_FRAMEWORK=1` it runs on each.
    #[cfg(any(feature = "postgres", feature = "mysql", feature = "redis"))]
    pub(crate) fn in_turn(backend: Backend, test: &str) -> Vec<Self> {
        let frameworks = match std::env::var("EVERY_FRAMEWORK").as_deref() {
            Ok("1") => Framework::ALL,
            _ => std::slice::from_ref(Framework::in_turn(test, backend)),
        };
        let servers = frameworks
            .iter()
            .filter_map(|&framework| Self::of(framework, backend));
        servers.collect()
    }

    /// For a test that is about the store: on the framework whose turn it is.
    pub(crate) fn on(backend: Backend) -> Self {
        // A test's thread has its name.
        let thread = std::thread::current();
        let framework = Framework::in_turn(thread.name().unwrap_or_default(), backend);
        Self::new(*framework, backend)
    }
}

/// What a test of [`on_every_server!`] may take: a [`Site`] with the library's defaults, or the
/// [`Server`] to start its own sites on.
pub(crate) trait OnServer {
    fn on(server: Server) -> impl Future<Output = Self> + Send;
}

impl OnServer for Server {
    async fn on(server: Server) -> Self {
        server
    }
}

impl OnServer for Site {
    async fn on(server: Server) -> Self {
        Self::start(server).await
    }
}

/// Runs each body on every framework with the stores of this process, as `<name>::axum_memory`,
/// `<name>::hyper_sqlite` and so on; and on every store behind a network with the framework whose turn it
/// is, as `<name>::postgres`, `<name>::mysql` and `<name>::redis`.
///
/// ```ignore
/// on_every_server! {
///     async fn d_16_a_cleared_cookie_leaves_the_session_valid(site: Site) { .. }
///     async fn f_09_the_public_origin_is_compared(server: Server) {
///         let site = Site::with(server, Settings { .. }).await;
///         ..
///     }
/// }
/// ```
macro_rules! on_every_server {
    ($($(#[$attribute:meta])* async fn $name:ident($argument:ident: $kind:ty) $body:block)+) => {$(
        $(#[$attribute])*
        async fn $name($argument: $kind) $body

        mod $name {
            #[allow(unused_imports)]
            use $crate::rig::{Backend, Framework, OnServer, Server, Site, on};

            on!(Axum, Memory: axum_memory, $name($kind), #[cfg(feature = "axum")]);
            on!(Axum, Sqlite: axum_sqlite, $name($kind), #[cfg(all(feature = "axum", feature = "sqlite"))]);
            on!(Actix, Memory: actix_memory, $name($kind), #[cfg(feature = "actix-web")]);
            on!(Actix, Sqlite: actix_sqlite, $name($kind), #[cfg(all(feature = "actix-web", feature = "sqlite"))]);
            on!(Hyper, Memory: hyper_memory, $name($kind), #[cfg(feature = "http")]);
            on!(Hyper, Sqlite: hyper_sqlite, $name($kind), #[cfg(all(feature = "http", feature = "sqlite"))]);
            on!(Postgres: postgres, $name($kind), #[cfg(feature = "postgres")]);
            on!(MySql: mysql, $name($kind), #[cfg(feature = "mysql")]);
            on!(Redis: redis, $name($kind), #[cfg(feature = "redis")]);
        }
    )+};
}
pub(crate) use on_every_server;

/// Runs each body on one framework and every store: as `<name>::memory`, `<name>::sqlite`,
/// `<name>::postgres`, `<name>::mysql` and `<name>::redis`.
macro_rules! on_every_store {
    (
        on $framework:ident;
        $($(#[$attribute:meta])* async fn $name:ident($argument:ident: $kind:ty) $body:block)+
    ) => {$(
        $(#[$attribute])*
        async fn $name($argument: $kind) $body

        mod $name {
            #[allow(unused_imports)]
            use $crate::rig::{Backend, Framework, OnServer, Server, Site, on};

            on!($framework, Memory: memory, $name($kind), #[cfg(all())]);
            on!($framework, Sqlite: sqlite, $name($kind), #[cfg(feature = "sqlite")]);
            on!($framework, Postgres: postgres, $name($kind), #[cfg(feature = "postgres")]);
            on!($framework, MySql: mysql, $name($kind), #[cfg(feature = "mysql")]);
            on!($framework, Redis: redis, $name($kind), #[cfg(feature = "redis")]);
        }
    )+};
}
pub(crate) use on_every_store;

/// One test of the two above.
macro_rules! on {
    ($framework:ident, $backend:ident: $case:ident, $name:ident($kind:ty), #[$cfg:meta]) => {
        #[$cfg]
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            if let Some(server) = Server::of(Framework::$framework, Backend::$backend) {
                super::$name(<$kind as OnServer>::on(server).await).await;
            }
        }
    };
    ($backend:ident: $case:ident, $name:ident($kind:ty), #[$cfg:meta]) => {
        #[$cfg]
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            for server in Server::in_turn(Backend::$backend, module_path!()) {
                println!("on {:?}", server.framework);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }
        }
    };
}
pub(crate) use on;
