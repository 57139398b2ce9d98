//! Slots that move to another node while their users are served (M-07: MOVED, ASK).

use super::{cluster, key_of, keys_at, store};
use crate::rig::auth;
use locals::{Auth, UserId};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use test_servers::{RedisCluster, RedisInstance};
use tokio::{
    task::{JoinSet, block_in_place},
    time::sleep,
};

/// What is made, read and ended meanwhile is what it is, and at no time an outage; how often that was.
async fn lives(auth: Auth, is_over: Arc<AtomicBool>) -> u32 {
    let mut rounds = 0;
    while !is_over.load(Ordering::Relaxed) {
        let session = auth.create_session("ada").await.expect("a session");
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some(), "it was made");
        let renewed = auth.renew_session(session.token()).await;
        assert!(renewed.expect("an answer").is_some(), "it is there");
        let ended = auth.invalidate_session(session.id()).await;
        assert!(ended.expect("an answer"), "it was there");
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_none(), "it has ended");
        rounds += 1;
    }
    rounds
}

fn other_than<'a>(cluster: &'a RedisCluster, node: &RedisInstance) -> &'a RedisInstance {
    let mut nodes = cluster.nodes().iter();
    let other = nodes.find(|other| other.port() != node.port());
    other.expect("there are three")
}

#[tokio::test(flavor = "multi_thread")]
async fn m_07_a_slot_moves_under_load_and_nobody_notices() {
    let Some(cluster) = cluster(&[]) else { return };
    let store = store(&cluster).await;
    let slot = cluster.slot(&key_of(&store, &UserId::from("ada")));
    let is_over = Arc::new(AtomicBool::new(false));
    let mut living = JoinSet::new();
    for _ in 0..4 {
        let auth = auth(super::store(&cluster).await).await;
        living.spawn(lives(auth, Arc::clone(&is_over)));
    }
    let moment = || sleep(Duration::from_millis(150));
    for _ in 0..4 {
        let to = other_than(&cluster, cluster.owner(&slot));
        block_in_place(|| cluster.begin_move(&slot, to));
        moment().await;
        block_in_place(|| cluster.move_keys(&slot, to));
        moment().await;
        block_in_place(|| cluster.end_move(&slot, to));
        moment().await;
    }
    is_over.store(true, Ordering::Relaxed);
    let rounds: u32 = living.join_all().await.into_iter().sum();
    assert!(rounds > 50, "{rounds} rounds");
}

/// By the node that had it; then it is known who has it.
#[tokio::test(flavor = "multi_thread")]
async fn m_07_a_session_is_found_where_its_slot_has_gone() {
    let Some(cluster) = cluster(&[]) else { return };
    let store = store(&cluster).await;
    let slot = cluster.slot(&key_of(&store, &UserId::from("ada")));
    let auth = auth(store).await;
    let first = auth.create_session("ada").await.expect("a session");
    let from = cluster.owner(&slot);
    let to = other_than(&cluster, from);
    cluster.begin_move(&slot, to);
    let second = auth.create_session("ada").await.expect("a session");
    assert_eq!((keys_at(from), keys_at(to)), (1, 0), "beside the first");
    cluster.move_keys(&slot, to);
    for node in cluster.nodes() {
        node.command(&["SCRIPT", "FLUSH"]);
    }
    let third = auth.create_session("ada").await.expect("a session");
    assert_eq!((keys_at(from), keys_at(to)), (0, 1), "where the others are");
    cluster.end_move(&slot, to);
    for session in [&first, &second, &third] {
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some());
    }
    let listed = auth.list_sessions("ada").await;
    assert_eq!(listed.expect("an answer").len(), 3);
    let ended = auth.invalidate_user_sessions("ada").await;
    assert_eq!(ended.expect("an answer"), 3);
    assert_eq!((keys_at(from), keys_at(to)), (0, 0));
}
