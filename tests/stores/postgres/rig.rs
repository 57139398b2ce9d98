//! A schema of its own for every test, and a store in it.

use locals::{PostgresStore, UserId, store::Store};
use std::time::{Duration, Instant};
use test_servers::{Postgres, Proxy, Schema};

/// Runs a test where there is a server.
pub(crate) fn schema() -> Option<Schema> {
    Some(Postgres::shared()?.schema())
}

/// A store of ids in this schema, made ready.
pub(crate) async fn store(schema: &Schema) -> PostgresStore {
    let store = PostgresStore::connect(named(schema)).await;
    ready(store.expect("a store")).await
}

/// Its tables are there.
pub(crate) async fn ready(store: PostgresStore) -> PostgresStore {
    let tables = Store::<UserId>::prepare(&store).await;
    tables.expect("tables");
    store
}

/// The schema's URL; connections by it are called like the schema.
pub(crate) fn named(schema: &Schema) -> String {
    format!("{}&application_name={}", schema.url(), schema.name())
}

/// The same by a line to the shared server.
pub(crate) fn through(proxy: &Proxy, url: &str) -> String {
    let postgres = Postgres::shared().expect("there is the schema of it");
    let (server, line) = (postgres.port(), proxy.port());
    let through = url.replacen(&format!(":{server}/"), &format!(":{line}/"), 1);
    assert_ne!(through, url, "the URL has the port");
    through
}

/// Waits until no connection of which this holds is in a transaction, or has an advisory lock.
pub(crate) async fn leaves_nothing(ask: impl Fn(&str) -> String, whose: &str) {
    let left = format!(
        "SELECT count(*) FROM pg_stat_activity a
         WHERE {whose} AND pid <> pg_backend_pid()
           AND (state LIKE 'idle in transaction%'
                OR EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory'))"
    );
    let start = Instant::now();
    loop {
        let count = ask(&left);
        if count == "0" {
            return;
        }
        let is_late = start.elapsed() > Duration::from_secs(2);
        assert!(!is_late, "{count} connections hold something still");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Those that are called like the schema leave nothing.
pub(crate) async fn leaves_nothing_in(schema: &Schema) {
    let whose = format!("application_name = '{}'", schema.name());
    leaves_nothing(|sql| schema.text(sql), &whose).await;
}
