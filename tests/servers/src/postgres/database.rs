//! A database of one test.

use tokio_postgres::{Client, Config};

use super::{Postgres, connect, connection, random_name, url};

/// An empty database, which is dropped with the value, whoever is still connected to it.
pub struct Database {
    server: &'static Postgres,
    name: String,
}

impl Database {
    pub(super) fn fresh(server: &'static Postgres) -> Self {
        let name = random_name();
        // Nobody can be connected to `template0`, which would be in the way.
        server.execute(&format!("CREATE DATABASE {name} TEMPLATE template0"));
        Self { server, name }
    }

    /// `test_` and random letters: it needs no quotes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    pub fn url(&self) -> String {
        url::of(&self.config(), "")
    }

    /// Executes statements in it, on a connection of its own. Blocks, and panics where one fails.
    pub fn execute(&self, sql: &str) {
        self.text(sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        let answer = connection::ask(self.config(), sql);
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// A connection to it, on the current runtime.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }

    fn config(&self) -> Config {
        let mut config = self.server.config.clone();
        config.dbname(&self.name);
        config
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.server.admin.clean_up(drop);
    }
}
