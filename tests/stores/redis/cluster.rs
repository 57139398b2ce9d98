//! Several servers that have the users between them: what is promised on one server is promised on them, but for what
//! is of several users; slots move, and nodes go and come back.

mod away;
mod encrypted;
mod history;
mod moving;
mod refused;
mod several_users;

use crate::rig::ready;
use locals::{
    RedisStore, SessionId, UserId,
    store::SessionStore,
    testing::conformance::{self, Histories},
};
use store_tests::program::Program;
use test_servers::{RedisCluster, RedisInstance};
use tokio::task::block_in_place;

/// What is acknowledged is on the disk.
const LASTING: [(&str, &str); 2] = [("appendonly", "yes"), ("appendfsync", "always")];

fn cluster(settings: &[(&'static str, &str)]) -> Option<RedisCluster> {
    block_in_place(|| RedisCluster::start(settings))
}

async fn store(cluster: &RedisCluster) -> RedisStore {
    let store = RedisStore::connect(cluster.url()).await;
    ready(store.expect("a store")).await
}

/// Under which a user's sessions are.
fn key_of(store: &RedisStore, user: &UserId) -> String {
    let id = store.new_id(user, SessionId::from_bytes([0; 16]));
    let user = id.as_bytes().iter().skip(8);
    let user: String = user.map(|byte| format!("{byte:02x}")).collect();
    format!("locals:{{{user}}}")
}

fn keys_at(node: &RedisInstance) -> usize {
    node.command(&["KEYS", "*"]).lines().count()
}

fn keys(cluster: &RedisCluster) -> usize {
    cluster.nodes().iter().map(keys_at).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn m_07_a_cluster_keeps_the_promises() {
    let Some(cluster) = cluster(&[]) else { return };
    let [a, b] = [store(&cluster).await, store(&cluster).await];
    assert!(!a.spans_users());
    let users = || -> [UserId; 2] { ["1".into(), "ada".into()] };
    conformance::check_with_users::<UserId>(&a, users()).await;
    conformance::check_text_ids(&a).await;
    conformance::check_nodes(&a, &b, users()).await;
    conformance::check_cancellation(&a, users()).await;
    conformance::check_histories(&a, users(), Histories::default()).await;
    conformance::check_interleavings(&a, &b, users(), Histories::default()).await;
    assert_eq!(keys(&cluster), 0, "it leaves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn m_07_every_node_has_some_of_the_users() {
    let Some(cluster) = cluster(&[]) else { return };
    let auth = crate::rig::auth(store(&cluster).await).await;
    for user in 0..60 {
        drop(auth.create_session(user).await.expect("a session"));
    }
    for node in cluster.nodes() {
        assert!(keys_at(node) > 5, "of 60");
    }
    assert_eq!(keys(&cluster), 60);
}

/// The connections are made again, and a script that a node has lost is sent to it again.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_nodes_that_lose_connections_and_scripts_are_asked_again() {
    let Some(cluster) = cluster(&[]) else { return };
    let program = Program::at(&cluster.url()).await;
    for node in cluster.nodes() {
        node.command(&["SCRIPT", "FLUSH"]);
    }
    program.works().await.expect("every answer");
    for node in cluster.nodes() {
        node.command(&["CLIENT", "KILL", "TYPE", "normal"]);
    }
    program.is_back().await;
}
