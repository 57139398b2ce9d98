//! What clients saw of two machines while slots moved and nodes were paused and killed (J-01).

use super::{LASTING, cluster, key_of, store};
use locals::UserId;
use std::time::Duration;
use store_tests::history;
use test_servers::RedisCluster;
use tokio::{task::block_in_place, time::sleep};

/// To the node behind the one that has it.
async fn moves(cluster: &RedisCluster, slot: &str) {
    let nodes = cluster.nodes();
    let owner = cluster.owner(slot).port();
    let at = nodes.iter().position(|node| node.port() == owner);
    let to = &nodes[(at.expect("one has it") + 1) % nodes.len()];
    block_in_place(|| cluster.begin_move(slot, to));
    sleep(Duration::from_millis(100)).await;
    block_in_place(|| cluster.move_keys(slot, to));
    sleep(Duration::from_millis(100)).await;
    block_in_place(|| cluster.end_move(slot, to));
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_what_clients_saw_of_a_cluster_in_trouble_can_be_explained() {
    let Some(cluster) = cluster(&LASTING) else {
        return;
    };
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let nodes = [store(&cluster).await, store(&cluster).await];
    let key = |user: u64| key_of(&nodes[0], &UserId::from(user));
    let slots: Vec<_> = (0..4).map(|user| cluster.slot(&key(user))).collect();
    history::check(seed, nodes.clone(), async |world| {
        // No outage.
        for slot in &slots {
            moves(&cluster, slot).await;
        }
        let node = cluster.owner(&slots[0]);
        world
            .strike(async || {
                node.command(&["CLIENT", "KILL", "TYPE", "normal"]);
                moves(&cluster, &slots[1]).await;
            })
            .await;
        world
            .strike(async || {
                node.pause();
                sleep(Duration::from_millis(700)).await;
                node.resume();
                block_in_place(|| cluster.settle());
            })
            .await;
        world
            .strike(async || {
                block_in_place(|| {
                    node.kill();
                    node.start_again();
                    cluster.settle();
                });
            })
            .await;
    })
    .await;
}
