//! The suite that every store runs.

use crate::rig::{COMMANDS, Keys, instance, ready, store_at};
use locals::{
    RedisStore, UserId,
    testing::conformance::{self, Histories},
};

fn users() -> [UserId; 2] {
    ["1".into(), "2".into()]
}

/// Two handles with connections of their own.
async fn nodes(keys: &Keys) -> [RedisStore; 2] {
    [keys.store().await, keys.store().await]
}

#[tokio::test(flavor = "multi_thread")]
async fn l_01_ids_alone() {
    let Some(keys) = Keys::new() else { return };
    let store = keys.store().await;
    conformance::check_with_users::<UserId>(&store, ["1".into(), "ada".into()]).await;
    assert_eq!(keys.rows(), 0, "it leaves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_two_nodes_are_as_one() {
    let Some(keys) = Keys::new() else { return };
    let [a, b] = nodes(&keys).await;
    conformance::check_nodes(&a, &b, users()).await;
    conformance::check_nodes(&a, &a, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p_01_dropped_futures_harm_no_sessions() {
    let Some(keys) = Keys::new() else { return };
    conformance::check_cancellation(&keys.store().await, users()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_09_any_text_is_a_user_of_its_own() {
    let Some(keys) = Keys::new() else { return };
    conformance::check_text_ids(&keys.store().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_random_histories_are_as_promised() {
    let Some(keys) = Keys::new() else { return };
    let store = keys.store().await;
    conformance::check_histories(&store, users(), Histories::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_random_pairs_are_as_one_after_the_other() {
    let Some(keys) = Keys::new() else { return };
    let [a, b] = nodes(&keys).await;
    conformance::check_interleavings(&a, &b, users(), Histories::default()).await;
}

/// Two prefixes are two stores, also where one begins with the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_prefix_keeps_its_sessions_to_itself() {
    let Some(keys) = Keys::new() else { return };
    let beside = Keys::under(keys.redis, format!("{}:beside", keys.prefix));
    let [here, there] = [keys.store().await, beside.store().await];
    let [here, there] = [crate::rig::auth(here).await, crate::rig::auth(there).await];
    let session = here.create_session("ada").await.expect("a session");
    let read = there.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_none());
    let listed = there.list_sessions("ada").await;
    assert!(listed.expect("an answer").is_empty());
    let ended = there.invalidate_user_sessions("ada").await;
    assert_eq!(ended.expect("an answer"), 0);
    let read = here.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
}

/// M-05: nothing walks through the keys, and nothing of it is a command of administration.
#[tokio::test(flavor = "multi_thread")]
async fn m_05_the_server_is_asked_for_single_keys_only() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let store = store_at(&instance.url()).await;
    instance.command(&["CONFIG", "RESETSTAT"]);
    conformance::check_with_users::<UserId>(&store, users()).await;
    let info = instance.command(&["INFO", "commandstats"]);
    let used: Vec<_> = info
        .lines()
        .filter_map(|line| line.strip_prefix("cmdstat_")?.split_once(':'))
        .map(|(command, _)| command)
        .filter(|command| *command != "config|resetstat")
        .collect();
    for command in &used {
        assert!(COMMANDS.contains(command), "{command}, of {used:?}");
    }
    assert!(
        used.contains(&"hget") && used.contains(&"evalsha"),
        "{used:?}"
    );
}

/// Two users whose ids have the same hash share a key, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_09_users_who_share_a_key_share_no_session() {
    let Some(keys) = Keys::new() else { return };
    for bits in [0, 4] {
        let options = RedisStore::options(keys.redis.url()).expect("options");
        let options = options.prefix(&keys.prefix).user_bits(bits);
        let store = ready(options.connect().await.expect("a store")).await;
        conformance::check_with_users::<UserId>(&store, users()).await;
        conformance::check_text_ids(&store).await;
        let histories = Histories::default();
        conformance::check_histories(&store, users(), histories).await;
    }
}
