//! A schema of one test: cheaper than a database.

use tokio_postgres::Client;

use super::{Postgres, connect, random_name, url};

/// An empty schema, which is dropped with the value, and all that is in it.
pub struct Schema {
    server: &'static Postgres,
    name: String,
}

impl Schema {
    pub(super) fn fresh(server: &'static Postgres) -> Self {
        let name = random_name();
        server.execute(&format!("CREATE SCHEMA {name}"));
        Self { server, name }
    }

    /// `test_` and random letters: it needs no quotes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its database is, with the schema as `search_path` among the `options`. A pooler refuses
    /// those: behind one, name the schema to the store, or take a [`Database`](super::Database).
    pub fn url(&self) -> String {
        let options = format!("-c search_path={}", self.name);
        url::of(&self.server.config, &options)
    }

    /// Executes statements in it, together: where one fails, nothing happened. Blocks, and panics then.
    pub fn execute(&self, sql: &str) {
        self.text(sql);
    }

    /// The first column of the first row of the answer; empty where there is none, or it is null.
    pub fn text(&self, sql: &str) -> String {
        // One message is one transaction: a failure takes the path back, too.
        let in_schema = format!("SET search_path TO {}; {sql}; RESET search_path", self.name);
        self.server.admin.run(&in_schema)
    }

    /// A connection to it, on the current runtime.
    pub async fn connect(&self) -> Client {
        connect(&self.url()).await
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let drop = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.name);
        self.server.admin.clean_up(drop);
    }
}
