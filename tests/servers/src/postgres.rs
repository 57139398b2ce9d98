//! The server that tests share, with a fresh schema or database for each of them.

mod admin;
mod connection;
mod control;
mod database;
mod instance;
mod options;
mod schema;
mod standby;
mod url;

use std::{env, iter, sync::OnceLock};

use tokio_postgres::Config;

use crate::programs;
use admin::Admin;

pub use connection::connect;
pub use database::Database;
pub use instance::Instance;
pub use options::Options;
pub use schema::Schema;

pub(crate) use url::{encoded, host, port};

/// A server that every test of this process may use.
pub struct Postgres {
    config: Config,
    admin: Admin,
    // Held for its guard, and `None` where `LOCALS_TEST_POSTGRES` names the server.
    _instance: Option<Instance>,
}

impl Postgres {
    /// The server that `LOCALS_TEST_POSTGRES` names, else one of our own that ends with the process. The one
    /// named is of this machine, takes connections by TCP without TLS, and its user may create databases.
    /// `None` where no PostgreSQL is installed, with a line that says so; under `CI=true` a panic.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        let shared = SHARED.get_or_init(Self::find).as_ref();
        shared.or_else(|| programs::skip(programs::NO_POSTGRES))
    }

    fn find() -> Option<Self> {
        let Ok(named) = env::var("LOCALS_TEST_POSTGRES") else {
            return Self::private();
        };
        let config = named
            .parse()
            .expect("LOCALS_TEST_POSTGRES is a connection string");
        Some(Self::of(config, None))
    }

    /// Nothing of it is kept, so it need not reach the disk.
    fn private() -> Option<Self> {
        let options = Options {
            settings: vec![("max_connections", "300".to_owned())],
            without_fsync: true,
            ..Options::default()
        };
        let instance = Instance::begin(programs::postgres()?, &options);
        let config = instance.url().parse().expect("a URL of ours");
        Some(Self::of(config, Some(instance)))
    }

    fn of(config: Config, instance: Option<Instance>) -> Self {
        let admin = Admin::of(config.clone());
        Self {
            config,
            admin,
            _instance: instance,
        }
    }

    /// Where it is, with the database that it was named with.
    pub fn url(&self) -> String {
        url::of(&self.config, "")
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        url::port(&self.config)
    }

    /// Executes statements as the user of [`Postgres::url`], and panics where one fails.
    pub fn execute(&self, sql: &str) {
        self.admin.run(sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        self.admin.run(sql)
    }

    /// A fresh database, for tests that look at schemas or start with nothing. About 50 ms.
    pub fn database(&'static self) -> Database {
        Database::fresh(self)
    }

    /// A fresh schema, for suites with many tests. A few ms.
    pub fn schema(&'static self) -> Schema {
        Schema::fresh(self)
    }
}

/// A name that needs no quotes, and that no other test has.
fn random_name() -> String {
    let letters = iter::repeat_with(fastrand::lowercase).take(16);
    format!("test_{}", letters.collect::<String>())
}
