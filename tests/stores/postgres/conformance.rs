//! The suite that every store runs, directly connected and behind a pooler.

use crate::{
    program::{Account, USERS},
    rig::{named, ready, schema, store},
};
use locals::{
    PostgresStore, UserId,
    store::{PostgresStoreWithUsers, SessionStore, Store},
    testing::conformance::{self, Histories},
};
use test_servers::{Database, PgBouncer, Postgres, Schema};

fn users() -> [UserId; 2] {
    ["1".into(), "2".into()]
}

/// Two handles with connections of their own.
async fn nodes(schema: &Schema) -> [PostgresStore; 2] {
    [store(schema).await, store(schema).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_ids_alone() {
    let Some(schema) = schema() else { return };
    let store = store(&schema).await;
    conformance::check_with_users::<UserId>(&store, ["1".into(), "ada".into()]).await;
}

async fn with_users(schema: &Schema) -> PostgresStoreWithUsers {
    let store = PostgresStore::connect(named(schema)).await;
    let store = store.expect("a store").with_users("users");
    let tables = Store::<Account>::prepare(&store).await;
    tables.expect("tables");
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_number() {
    let Some(schema) = schema() else { return };
    schema.execute(USERS);
    let [a, b] = [with_users(&schema).await, with_users(&schema).await];
    conformance::check_with_users::<Account>(&a, users()).await;
    let [a, b] = [&a, &b].map(Store::<Account>::sessions);
    conformance::check_nodes(a, b, users()).await;
}

#[derive(serde::Deserialize)]
struct Nobody {}

async fn with_keys(key_type: &str, keys: [&str; 2]) {
    let Some(schema) = schema() else { return };
    let [one, other] = keys;
    schema.execute(&format!(
        "CREATE TABLE users (id {key_type} PRIMARY KEY); INSERT INTO users VALUES ('{one}'), ('{other}')"
    ));
    let store = PostgresStore::connect(named(&schema)).await;
    let store = store.expect("a store").with_users("users");
    let tables = Store::<Nobody>::prepare(&store).await;
    tables.expect("tables");
    conformance::check_with_users::<Nobody>(&store, keys.map(UserId::from)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_uuid() {
    let one = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    with_keys("uuid", [one, "67e55044-10b1-426f-9247-bb680e5fe0c9"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_text() {
    with_keys("text", ["Ada", "ada"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_small_number() {
    with_keys("smallint", ["-1", "32767"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_two_nodes_are_as_one() {
    let Some(schema) = schema() else { return };
    let [a, b] = nodes(&schema).await;
    conformance::check_nodes(&a, &b, users()).await;
    conformance::check_nodes(&a, &a, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p_01_dropped_futures_harm_no_sessions() {
    let Some(schema) = schema() else { return };
    let store = store(&schema).await;
    conformance::check_cancellation(&store, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_09_any_text_is_a_user_of_its_own() {
    let Some(schema) = schema() else { return };
    let store = store(&schema).await;
    conformance::check_text_ids(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_random_histories_are_as_promised() {
    let Some(schema) = schema() else { return };
    let store = store(&schema).await;
    conformance::check_histories(&store, users(), Histories::default()).await;
}

/// Two thousand pairs, each followed by a look at every row: ten thousand take a minute by a network. The
/// memory store goes through those.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_random_pairs_are_as_one_after_the_other() {
    let Some(schema) = schema() else { return };
    let [a, b] = nodes(&schema).await;
    conformance::check_interleavings(&a, &b, users(), Histories::default()).await;
}

/// An empty database, and a pooler before it.
fn pooler() -> Option<(PgBouncer, Database)> {
    let database = Postgres::shared()?.database();
    let pooler = PgBouncer::before(&database.url(), 2)?;
    Some((pooler, database))
}

async fn pooled(pooler: &PgBouncer) -> PostgresStore {
    let options = PostgresStore::options(pooler.url());
    let store = options.expect("options").pooled(true).connect().await;
    store.expect("a store")
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_ids_alone_behind_a_pooler() {
    let Some((pooler, database)) = pooler() else {
        return;
    };
    let direct = PostgresStore::connect(database.url()).await;
    drop(ready(direct.expect("a store")).await);
    let [a, b] = [
        ready(pooled(&pooler).await).await,
        ready(pooled(&pooler).await).await,
    ];
    conformance::check_with_users::<UserId>(&a, users()).await;
    let [a, b]: [&dyn SessionStore; 2] = [&a, &b];
    conformance::check_nodes(a, b, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_number_behind_a_pooler() {
    let Some((pooler, database)) = pooler() else {
        return;
    };
    database.execute(USERS);
    let direct = PostgresStore::connect(database.url()).await;
    let direct = direct.expect("a store").with_users("users");
    let tables = Store::<Account>::prepare(&direct).await;
    tables.expect("tables");
    drop(direct);
    let store = pooled(&pooler).await.with_users("users");
    let tables = Store::<Account>::prepare(&store).await;
    tables.expect("tables that are there");
    conformance::check_with_users::<Account>(&store, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p_01_dropped_futures_harm_no_sessions_behind_a_pooler() {
    let Some((pooler, database)) = pooler() else {
        return;
    };
    let direct = PostgresStore::connect(database.url()).await;
    drop(ready(direct.expect("a store")).await);
    let store = ready(pooled(&pooler).await).await;
    conformance::check_cancellation(&store, users()).await;
}
