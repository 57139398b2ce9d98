//! The server that tests share, with a fresh database for each of them.

mod control;
mod database;
mod instance;
mod options;
mod question;
mod replica;
mod template;
mod url;

use std::{env, iter, sync::OnceLock};

use mysql_async::Opts;

use crate::programs;

pub use database::MySqlDatabase;
pub use instance::MySqlInstance;
pub use options::MySqlOptions;

/// The table of connections, for a `FROM`: each server takes the comment that is for it. MySQL's `information_schema`
/// fails where somebody executes a statement with octets that are no text.
pub const PROCESSLIST: &str =
    "/*M! information_schema. *//*!80022 performance_schema. */processlist";

/// A server that every test of this process may use.
pub struct MySql {
    place: Opts,
    // Held for its guard, and `None` where `LOCALS_TEST_MYSQL` names the server.
    _instance: Option<MySqlInstance>,
}

impl MySql {
    /// The server that `LOCALS_TEST_MYSQL` names, else one of our own that ends with the process. The one named
    /// is of this machine, takes connections by TCP without TLS, and its user may do everything. `None` where
    /// neither MariaDB nor MySQL is installed, with a line that says so; under `CI=true` a panic.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<MySql>> = OnceLock::new();
        let shared = SHARED.get_or_init(Self::find).as_ref();
        shared.or_else(|| programs::skip(programs::NO_MYSQL))
    }

    fn find() -> Option<Self> {
        let Ok(named) = env::var("LOCALS_TEST_MYSQL") else {
            return Self::private();
        };
        let place = url::parse(&named);
        let place = place.expect("LOCALS_TEST_MYSQL is mysql://user:password@host:port/database");
        Some(Self {
            place,
            _instance: None,
        })
    }

    fn private() -> Option<Self> {
        let options = MySqlOptions::with(&[("max_connections", "500")]);
        let instance = MySqlInstance::begin(programs::mysql()?, &options);
        Some(Self {
            place: instance.place(),
            _instance: Some(instance),
        })
    }

    /// Where it is, with the database that it was named with.
    pub fn url(&self) -> String {
        url::of(&self.place)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.place.tcp_port()
    }

    /// Executes statements as the user of [`MySql::url`], one after the other. Blocks, and panics where one fails.
    pub fn execute(&self, sql: &str) {
        question::lines(&self.place, sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        question::text(&self.place, sql)
    }

    /// A fresh database.
    pub fn database(&self) -> MySqlDatabase {
        MySqlDatabase::fresh(&self.place)
    }
}

/// A name that needs no quotes, and that no other test has: short enough for a user.
fn random_name() -> String {
    format!("locals_{}", random_letters())
}

fn random_letters() -> String {
    iter::repeat_with(fastrand::lowercase).take(16).collect()
}
