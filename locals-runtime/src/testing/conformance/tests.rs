//! The stores of this crate under the suite.

mod broken;

use super::*;
use crate::store::{MemoryStore, UsersWith};

/// Ten thousand pairs.
const PAIRS: Histories = Histories {
    seed: 12,
    count: 100,
    length: 100,
};

fn users() -> [UserId; 2] {
    ["1".into(), "2".into()]
}

#[tokio::test]
async fn the_memory_store_keeps_every_promise() {
    let store = MemoryStore::new();
    check_with_users::<UserId>(&store, ["1".into(), "2".into()]).await;
    assert!(store.is_empty());
}

#[tokio::test]
async fn p_01_dropped_futures_harm_no_sessions_in_memory() {
    let store = MemoryStore::new();
    check_cancellation(&store, users()).await;
    assert!(store.is_empty());
}

#[tokio::test]
async fn j_01_two_handles_of_the_memory_store_are_as_one() {
    let store = MemoryStore::new();
    check_nodes(&store, &store.clone(), users()).await;
    check_nodes(&store, &store, users()).await;
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_09_any_text_is_a_user_of_its_own_in_memory() {
    let store = MemoryStore::new();
    check_text_ids(&store).await;
    assert!(store.is_empty());
}

#[tokio::test]
async fn j_01_ten_thousand_pairs_are_as_one_after_the_other_in_memory() {
    let store = MemoryStore::new();
    check_histories(&store, users(), Histories::default()).await;
    check_interleavings(&store, &store.clone(), users(), PAIRS).await;
    check_interleavings(&store, &store, users(), Histories::default()).await;
    assert!(store.is_empty());
}

/// A store that takes two users for one.
#[tokio::test]
#[should_panic(
    expected = "the store breaks a promise, \"sessions of a user end together or but one\""
)]
async fn a_broken_promise_is_named() {
    check(&MemoryStore::new(), ["1".into(), "1".into()]).await;
}

/// A store that knows none of the users.
#[tokio::test]
#[should_panic(
    expected = "the store breaks a promise, \"a user is found by the id that a session has\""
)]
async fn a_broken_promise_about_users_is_named() {
    let nobody = |_: UserId| async { Ok::<Option<UserId>, StoreError>(None) };
    let store = UsersWith::new(MemoryStore::new(), nobody);
    check_with_users::<UserId>(&store, ["1".into(), "2".into()]).await;
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use crate::store::{SqliteStore, Store, UsersTable};

    const UUIDS: [&str; 2] = [
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67e55044-10b1-426f-9247-bb680e5fe0c9",
    ];

    #[derive(serde::Deserialize)]
    struct Account {}

    async fn with_keys(declared: &str, keys: [&str; 2], ids: [&str; 2]) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("app.db");
        let store = SqliteStore::open(&path).unwrap();
        let app = rusqlite::Connection::open(&path).unwrap();
        let [first, second] = keys;
        app.execute_batch(&format!(
            "CREATE TABLE accounts (key {declared} PRIMARY KEY);
             INSERT INTO accounts VALUES ({first}), ({second})"
        ))
        .unwrap();
        let store = store.with_users(UsersTable::new("accounts").key("key"));
        Store::<Account>::prepare(&store).await.unwrap();
        check_with_users::<Account>(&store, ids.map(UserId::from)).await;
        let stranger = Suite {
            store: Store::<Account>::sessions(&store),
            users: ["3".into(), "x".into()],
        };
        for user in [0, 1] {
            let new = NewSession {
                record: stranger.record(user, 1),
                limit: 1,
            };
            let refused = stranger.insert_new(new).await;
            assert!(
                matches!(refused, Err(StoreError::UnknownUser)),
                "{refused:?}"
            );
        }
    }

    /// Two handles to one new file, in memory where there is a file system in memory.
    async fn two_handles(threads: usize) -> (tempfile::TempDir, [SqliteStore; 2]) {
        let directory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let directory = directory.unwrap();
        let path = directory.path().join("app.db");
        let open = || SqliteStore::options(&path).read_threads(threads).open();
        let handles = [open().unwrap(), open().unwrap()];
        for handle in &handles {
            Store::<UserId>::prepare(handle).await.unwrap();
        }
        (directory, handles)
    }

    #[tokio::test]
    async fn p_01_dropped_futures_harm_no_sessions_in_sqlite() {
        for threads in [0, 2] {
            let (_directory, [store, _]) = two_handles(threads).await;
            check_cancellation(&store, users()).await;
        }
    }

    #[tokio::test]
    async fn j_01_two_handles_of_a_sqlite_file_are_as_one() {
        for threads in [0, 2] {
            let (_directory, [a, b]) = two_handles(threads).await;
            check_nodes(&a, &b, users()).await;
            check_nodes(&a, &a, users()).await;
        }
    }

    #[tokio::test]
    async fn a_09_any_text_is_a_user_of_its_own_in_sqlite() {
        let (_directory, [store, _]) = two_handles(0).await;
        check_text_ids(&store).await;
    }

    /// Ten thousand take a minute there.
    #[tokio::test]
    async fn j_01_random_pairs_are_as_one_after_the_other_in_sqlite() {
        let (_directory, [a, b]) = two_handles(2).await;
        let (count, length) = (10, 100);
        let some = Histories {
            count,
            length,
            ..PAIRS
        };
        check_histories(&a, users(), some).await;
        check_interleavings(&a, &b, users(), some).await;
        check_interleavings(&a, &a, users(), some).await;
    }

    #[tokio::test]
    async fn sqlite_keeps_every_promise_without_users() {
        for threads in [0, 2] {
            let directory = tempfile::tempdir().unwrap();
            let options = SqliteStore::options(directory.path().join("app.db"));
            let store = options.read_threads(threads).open().unwrap();
            Store::<UserId>::prepare(&store).await.unwrap();
            check_with_users::<UserId>(&store, ["1".into(), "ada".into()]).await;
        }
    }

    #[tokio::test]
    async fn sqlite_keeps_every_promise_with_integer_keys() {
        with_keys("INTEGER", ["1", "2"], ["1", "2"]).await;
    }

    #[tokio::test]
    async fn sqlite_keeps_every_promise_with_text_keys() {
        with_keys("VARCHAR(20)", ["'ada'", "'bob'"], ["ada", "bob"]).await;
    }

    #[tokio::test]
    async fn sqlite_keeps_every_promise_with_uuid_keys() {
        let blobs = UUIDS.map(|uuid| format!("x'{}'", uuid.replace('-', "")));
        with_keys("BLOB", [&blobs[0], &blobs[1]], UUIDS).await;
    }
}
