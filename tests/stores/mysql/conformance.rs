//! The suite that every store runs.

use crate::rig::{Database, database, is_mariadb, store};
use locals::{
    MySqlStore, UserId,
    store::{MySqlStoreWithUsers, Store},
    testing::conformance::{self, Histories},
};
use store_tests::program::Account;

fn users() -> [UserId; 2] {
    ["1".into(), "2".into()]
}

/// Two handles with connections of their own.
async fn nodes(database: &Database) -> [MySqlStore; 2] {
    [store(database).await, store(database).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_ids_alone() {
    let Some(database) = database() else { return };
    let store = store(&database).await;
    conformance::check_with_users::<UserId>(&store, ["1".into(), "ada".into()]).await;
}

async fn with_users(database: &Database) -> MySqlStoreWithUsers {
    let store = MySqlStore::connect(database.url()).await;
    let store = store.expect("a store").with_users("users");
    let tables = Store::<Account>::prepare(&store).await;
    tables.expect("tables");
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_number() {
    let Some(database) = database() else { return };
    database.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40) NOT NULL);
         INSERT INTO users VALUES (1, 'user 1'), (2, 'user 2')",
    );
    let [a, b] = [with_users(&database).await, with_users(&database).await];
    conformance::check_with_users::<Account>(&a, users()).await;
    let [a, b] = [&a, &b].map(Store::<Account>::sessions);
    conformance::check_nodes(a, b, users()).await;
}

#[derive(serde::Deserialize)]
struct Nobody {}

async fn prepared(store: MySqlStoreWithUsers) -> MySqlStoreWithUsers {
    let tables = Store::<Nobody>::prepare(&store).await;
    tables.expect("tables");
    store
}

/// Keys, and the literals of two of them.
async fn with_keys(database: &Database, key_type: &str, keys: [&str; 2], literals: [&str; 2]) {
    let [one, other] = literals;
    database.execute(&format!(
        "CREATE TABLE users (id {key_type} PRIMARY KEY); INSERT INTO users VALUES ({one}), ({other})"
    ));
    let store = MySqlStore::connect(database.url()).await;
    let store = prepared(store.expect("a store").with_users("users")).await;
    conformance::check_with_users::<Nobody>(&store, keys.map(UserId::from)).await;
}

const UUIDS: [&str; 2] = [
    "67e55044-10b1-426f-9247-bb680e5fe0c8",
    "67e55044-10b1-426f-9247-bb680e5fe0c9",
];

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_uuid_in_16_bytes() {
    let Some(database) = database() else { return };
    let literals = [
        "X'67e5504410b1426f9247bb680e5fe0c8'",
        "X'67e5504410b1426f9247bb680e5fe0c9'",
    ];
    with_keys(&database, "binary(16)", UUIDS, literals).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_uuid_of_mariadb() {
    let Some(database) = database() else { return };
    if is_mariadb(&database) {
        let literals = UUIDS.map(|id| format!("'{id}'"));
        let [one, other] = &literals;
        with_keys(&database, "uuid", UUIDS, [one, other]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_text() {
    let Some(database) = database() else { return };
    let key_type = "varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    with_keys(&database, key_type, ["Ada", "ada"], ["'Ada'", "'ada'"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_text_of_any_case() {
    let Some(database) = database() else { return };
    let key_type = "varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";
    let keys = ["Ada", "grace"];
    with_keys(&database, key_type, keys, ["'Ada'", "'grace'"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_small_number() {
    let Some(database) = database() else { return };
    with_keys(&database, "smallint", ["-1", "32767"], ["-1", "32767"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_by_a_large_number() {
    let Some(database) = database() else { return };
    let keys = ["0", "18446744073709551615"];
    with_keys(&database, "bigint unsigned", keys, keys).await;
}

/// Where the server keeps no reference, the store does without.
#[tokio::test(flavor = "multi_thread")]
async fn l_01_users_to_whom_nothing_refers() {
    let Some(database) = database() else { return };
    database
        .execute("CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO users VALUES (1), (2)");
    let options = MySqlStore::options(database.url()).expect("options");
    let store = options.foreign_key(false).connect().await;
    let store = prepared(store.expect("a store").with_users("users")).await;
    conformance::check_with_users::<Nobody>(&store, users()).await;
    let sessions = Store::<Nobody>::sessions(&store);
    conformance::check_nodes(sessions, sessions, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_two_nodes_are_as_one() {
    let Some(database) = database() else { return };
    let [a, b] = nodes(&database).await;
    conformance::check_nodes(&a, &b, users()).await;
    conformance::check_nodes(&a, &a, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p_01_dropped_futures_harm_no_sessions() {
    let Some(database) = database() else { return };
    let store = store(&database).await;
    conformance::check_cancellation(&store, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_09_any_text_is_a_user_of_its_own() {
    let Some(database) = database() else { return };
    let store = store(&database).await;
    conformance::check_text_ids(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_random_histories_are_as_promised() {
    let Some(database) = database() else { return };
    let store = store(&database).await;
    conformance::check_histories(&store, users(), Histories::default()).await;
}

/// Two thousand pairs, each followed by a look at every row: ten thousand take a minute by a network. The
/// memory store goes through those.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_random_pairs_are_as_one_after_the_other() {
    let Some(database) = database() else { return };
    let [a, b] = nodes(&database).await;
    conformance::check_interleavings(&a, &b, users(), Histories::default()).await;
}
