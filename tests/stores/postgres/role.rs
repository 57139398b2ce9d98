//! A role of one test: a program whose database is somebody else's.

use std::{iter, thread};
use test_servers::Postgres;

/// It may log in, and nothing else. It is dropped with the value, and whatever it has.
pub(crate) struct Role {
    server: &'static Postgres,
    name: String,
}

impl Role {
    pub(crate) fn fresh() -> Option<Self> {
        let server = Postgres::shared()?;
        let letters: String = iter::repeat_with(fastrand::lowercase).take(16).collect();
        let name = format!("test_role_{letters}");
        server.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD 'no-secret'"));
        Some(Self { server, name })
    }

    /// It needs no quotes.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where this URL leads, as this role.
    pub(crate) fn url(&self, url: &str) -> String {
        let (_, place) = url.split_once('@').expect("a URL with a user");
        format!("postgres://{}:no-secret@{place}", self.name)
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let Self { server, name } = self;
        let server = *server;
        let drop = format!("DROP OWNED BY {name} CASCADE; DROP ROLE {name}");
        // In a thread, so that a failure is not a second panic of a test that fails already.
        let _ = thread::spawn(move || server.execute(&drop)).join();
    }
}
