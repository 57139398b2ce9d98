//! Nodes that are killed or paused: an outage for the users that they have, and for nobody else.

use super::{LASTING, cluster, key_of, keys_at, store};
use locals::{
    UserId,
    store::{SessionStore, UserSessions},
};
use std::time::{Duration, Instant};
use store_tests::program::{DEADLINE, Program, in_time};
use test_servers::{RedisCluster, RedisInstance};
use tokio::{
    task::{JoinSet, block_in_place},
    time::sleep,
};

/// Until the others know that a node is gone, and a replica stands in for it, on a busy machine.
const FAILOVER: Duration = Duration::from_secs(20);

/// The one of the first three with the most users: its place, itself, and how many these are.
fn busiest(cluster: &RedisCluster) -> (usize, &RedisInstance, usize) {
    let nodes = cluster.nodes().iter().take(3).enumerate();
    let counted = nodes.map(|(at, node)| (at, node, keys_at(node)));
    let busiest = counted.max_by_key(|(_, _, count)| *count);
    busiest.expect("there are nodes")
}

/// How many of the users are known; those of the others are an outage.
async fn known(program: &Program) -> usize {
    let mut known = 0;
    for session in &program.sessions {
        let read = program.auth.validate_session_user(session.token());
        match in_time(DEADLINE, read).await {
            Ok(found) => {
                let (found, _) = found.expect("nothing has ended it");
                assert_eq!(found.id(), session.id());
                known += 1;
            }
            Err(error) => assert!(error.is_outage(), "{error}"),
        }
    }
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_node_that_is_killed_is_away_for_its_users_alone() {
    let Some(cluster) = cluster(&LASTING) else {
        return;
    };
    let program = Program::at(&cluster.url()).await;
    let (_, node, users) = busiest(&cluster);
    let others = program.sessions.len() - users;
    assert!(users > 0 && others > 0, "{users} on the busiest node");
    node.kill();
    // Also after the others have noticed.
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(4) {
        assert_eq!(known(&program).await, others);
        sleep(Duration::from_millis(100)).await;
    }
    // Who starts now is served as far as can be.
    let started = store(&cluster).await;
    started.ping().await.expect("a node that is there");
    block_in_place(|| {
        node.start_again();
        cluster.settle();
    });
    program.is_back().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_04_a_node_that_is_paused_is_away_for_its_users_alone() {
    let Some(cluster) = cluster(&[]) else { return };
    let program = Program::at(&cluster.url()).await;
    let (_, node, users) = busiest(&cluster);
    let others = program.sessions.len() - users;
    node.pause();
    for _ in 0..3 {
        assert_eq!(known(&program).await, others);
    }
    node.resume();
    block_in_place(|| cluster.settle());
    program.is_back().await;
}

/// However many wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn i_04_a_node_that_is_paused_holds_up_no_change_on_another() {
    let Some(cluster) = cluster(&[]) else { return };
    let store = store(&cluster).await;
    let node_of = |user: &UserId| cluster.owner(&cluster.slot(&key_of(&store, user)));
    let user = UserId::from(0);
    let silent = node_of(&user);
    let other = (1..100)
        .map(UserId::from)
        .find(|other| node_of(other).port() != silent.port())
        .expect("there are three nodes");
    silent.pause();
    let mut waiting = JoinSet::new();
    for _ in 0..600 {
        let (store, user) = (store.clone(), user.clone());
        waiting.spawn(async move { store.delete_of_user(user, UserSessions::All).await });
    }
    sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    let changed = store.delete_of_user(other, UserSessions::All).await;
    changed.expect("its node is there");
    let elapsed = start.elapsed();
    assert!(elapsed < Duration::from_millis(700), "after {elapsed:?}");
    silent.resume();
    drop(waiting.join_all().await);
}

fn offset(node: &RedisInstance, name: &str) -> u64 {
    node.info(name).parse().expect("a number")
}

/// I-02: what is answered meanwhile is an outage, and no session is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_replica_stands_in_for_a_node_that_is_killed() {
    let Some(mut cluster) = cluster(&[("cluster-node-timeout", "1000")]) else {
        return;
    };
    // Who is where follows from the users alone.
    let before = Program::at(&cluster.url()).await;
    let (place, ..) = busiest(&cluster);
    drop(before);
    block_in_place(|| cluster.follow(place));
    let program = Program::at(&cluster.url()).await;
    let [.., replica] = cluster.nodes() else {
        panic!("it was added");
    };
    let leader = &cluster.nodes()[place];
    let goal = offset(leader, "master_repl_offset");
    while offset(replica, "slave_repl_offset") < goal {
        sleep(Duration::from_millis(20)).await;
    }
    leader.kill();
    let start = Instant::now();
    while let Err(error) = program.knows_everybody(&program.auth).await {
        assert!(error.is_outage(), "{error}");
        assert!(start.elapsed() < FAILOVER, "{error}");
        sleep(Duration::from_millis(20)).await;
    }
    program.is_back().await;
    assert_eq!(replica.info("role"), "master");
}
