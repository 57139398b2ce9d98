//! What a test runs on: a framework and a store, and the macro that runs it on all of them.

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

#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) framework: Framework,
    pub(crate) backend: Backend,
}

impl Server {
    pub(crate) fn new(framework: Framework, backend: Backend) -> Self {
        Self { framework, backend }
    }

    /// `None` where there is no server to be had, which then has been told.
    #[cfg(feature = "postgres")]
    pub(crate) fn postgres(framework: Framework) -> Option<Self> {
        test_servers::Postgres::shared()?;
        Some(Self::new(framework, Backend::Postgres))
    }

    /// The same of MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    pub(crate) fn mysql(framework: Framework) -> Option<Self> {
        test_servers::MySql::shared()?;
        Some(Self::new(framework, Backend::MySql))
    }

    /// The same of Redis.
    #[cfg(feature = "redis")]
    pub(crate) fn redis(framework: Framework) -> Option<Self> {
        test_servers::Redis::shared()?;
        Some(Self::new(framework, Backend::Redis))
    }

    /// For a test that is about the store: whichever framework there is.
    pub(crate) fn on(backend: Backend) -> Self {
        Self::new(Framework::ALL[0], backend)
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

/// Runs each body on every framework and every store: as `<name>::axum_memory`,
/// `<name>::axum_sqlite`, `<name>::actix_mysql`, `<name>::hyper_redis` and so on.
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
            use $crate::rig::{Backend, Framework, OnServer, Server, Site};

            #[cfg(feature = "axum")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn axum_memory() {
                let server = Server::new(Framework::Axum, Backend::Memory);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(all(feature = "axum", feature = "sqlite"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn axum_sqlite() {
                let server = Server::new(Framework::Axum, Backend::Sqlite);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(all(feature = "axum", feature = "postgres"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn axum_postgres() {
                if let Some(server) = Server::postgres(Framework::Axum) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(all(feature = "axum", feature = "mysql"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn axum_mysql() {
                if let Some(server) = Server::mysql(Framework::Axum) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(all(feature = "axum", feature = "redis"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn axum_redis() {
                if let Some(server) = Server::redis(Framework::Axum) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(feature = "actix-web")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn actix_memory() {
                let server = Server::new(Framework::Actix, Backend::Memory);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(all(feature = "actix-web", feature = "sqlite"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn actix_sqlite() {
                let server = Server::new(Framework::Actix, Backend::Sqlite);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(all(feature = "actix-web", feature = "postgres"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn actix_postgres() {
                if let Some(server) = Server::postgres(Framework::Actix) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(all(feature = "actix-web", feature = "mysql"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn actix_mysql() {
                if let Some(server) = Server::mysql(Framework::Actix) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(all(feature = "actix-web", feature = "redis"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn actix_redis() {
                if let Some(server) = Server::redis(Framework::Actix) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(feature = "http")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn hyper_memory() {
                let server = Server::new(Framework::Hyper, Backend::Memory);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(all(feature = "http", feature = "sqlite"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn hyper_sqlite() {
                let server = Server::new(Framework::Hyper, Backend::Sqlite);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(all(feature = "http", feature = "postgres"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn hyper_postgres() {
                if let Some(server) = Server::postgres(Framework::Hyper) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(all(feature = "http", feature = "mysql"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn hyper_mysql() {
                if let Some(server) = Server::mysql(Framework::Hyper) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(all(feature = "http", feature = "redis"))]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn hyper_redis() {
                if let Some(server) = Server::redis(Framework::Hyper) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }
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
            use $crate::rig::{Backend, Framework, OnServer, Server, Site};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn memory() {
                let server = Server::new(Framework::$framework, Backend::Memory);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(feature = "sqlite")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let server = Server::new(Framework::$framework, Backend::Sqlite);
                super::$name(<$kind as OnServer>::on(server).await).await;
            }

            #[cfg(feature = "postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(server) = Server::postgres(Framework::$framework) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(feature = "mysql")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mysql() {
                if let Some(server) = Server::mysql(Framework::$framework) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }

            #[cfg(feature = "redis")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn redis() {
                if let Some(server) = Server::redis(Framework::$framework) {
                    super::$name(<$kind as OnServer>::on(server).await).await;
                }
            }
        }
    )+};
}
pub(crate) use on_every_store;
