//! The databases that the demo is tested on: a new one of each kind for each test.

use std::{
    ffi::OsString,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use rusqlite::Connection;
use tempfile::TempDir;
use test_servers::{MySql, MySqlDatabase, RedisInstance, RedisOptions};
use tokio::runtime::Builder;
use tokio_postgres::{Error, NoTls};
use url::Url;

/// Runs each body with every database that [`crate::databases`] can have here.
///
/// ```ignore
/// on_every_database! {
///     fn a_newcomer_signs_up(database: &Database) {
///         let demo = Demo::on(database);
///         ..
///     }
/// }
/// ```
macro_rules! on_every_database {
    ($(fn $name:ident($database:ident: &Database) $body:block)+) => {$(
        #[test]
        fn $name() {
            for database in $crate::databases() {
                // Shown where the test fails.
                println!("on {}", database.kind());
                let $database = &database;
                $body
            }
        }
    )+};
}
pub(crate) use on_every_database;

/// A database nobody has an account in. It goes with the value.
pub(crate) enum Database {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database of this name of the server that the URL leads to.
    Postgres { server: String, name: String },
    /// A database of the server that the tests share.
    MySql(MySqlDatabase),
    /// A server of its own, and a folder for the accounts.
    Redis {
        server: Box<RedisInstance>,
        folder: TempDir,
    },
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(folder())
    }

    /// Made anew on the server that this URL leads to.
    pub(crate) fn postgres(server: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("demo_{}_{number}", process::id());
        let server = server.to_owned();
        on_postgres(&server, &format!("CREATE DATABASE {name}")).expect("a database can be made");
        Self::Postgres { server, name }
    }

    /// `None` where there is no server.
    pub(crate) fn mysql() -> Option<Self> {
        Some(Self::MySql(MySql::shared()?.database()))
    }

    /// `None` where it is not installed.
    pub(crate) fn redis() -> Option<Self> {
        let server = Box::new(RedisInstance::start(RedisOptions::default())?);
        let folder = folder();
        Some(Self::Redis { server, folder })
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
            Self::MySql(_) => "MySQL",
            Self::Redis { .. } => "Redis",
        }
    }

    /// What the demo has in its environment.
    pub(crate) fn variables(&self) -> Vec<(&'static str, OsString)> {
        match self {
            Self::Sqlite(folder) => vec![("DATABASE", file(folder))],
            Self::Postgres { server, name } => vec![("DATABASE", url(server, name).into())],
            Self::MySql(database) => vec![("DATABASE", database.url().into())],
            Self::Redis { server, folder } => {
                vec![("DATABASE", server.url().into()), ("USERS", file(folder))]
            }
        }
    }

    /// Lets nobody read a session, as somebody could in a shell of the database.
    pub(crate) fn hide_the_sessions(&self) {
        match self {
            Self::Redis { server, .. } => {
                server.command(&["ACL", "SETUSER", "default", "-hget"]);
            }
            _ => self.run("ALTER TABLE locals_sessions RENAME TO elsewhere"),
        }
    }

    pub(crate) fn show_the_sessions(&self) {
        match self {
            Self::Redis { server, .. } => {
                server.command(&["ACL", "SETUSER", "default", "+hget"]);
            }
            _ => self.run("ALTER TABLE elsewhere RENAME TO locals_sessions"),
        }
    }

    fn run(&self, statement: &str) {
        match self {
            Self::Sqlite(folder) => Connection::open(file(folder))
                .and_then(|connection| connection.execute_batch(statement))
                .expect("SQLite runs it"),
            Self::Postgres { server, name } => {
                on_postgres(&url(server, name), statement).expect("PostgreSQL runs it");
            }
            Self::MySql(database) => database.execute(statement),
            Self::Redis { .. } => panic!("Redis runs no SQL"),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            // A test that fails is to say why, and not that this failed too.
            let _ = on_postgres(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn file(folder: &TempDir) -> OsString {
    folder.path().join("demo.db").into()
}

fn url(server: &str, database: &str) -> String {
    let mut url = Url::parse(server).expect("the URL of a server");
    url.set_path(database);
    url.into()
}

fn on_postgres(url: &str, statements: &str) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute(statements).await
    })
}
