//! A schema of its own for every test, and a store in it.

use locals::{PostgresStore, UserId, store::Store};
use store_tests::rig::Place;
use test_servers::{Postgres, Schema};

pub(crate) use store_tests::rig::postgres::{leaves_nothing, named};

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

/// Those that are called like the schema leave nothing.
pub(crate) async fn leaves_nothing_in(schema: &Schema) {
    Place::leaves_nothing(schema).await;
}
