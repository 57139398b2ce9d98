//! What clients saw of two nodes while connections were killed, lines were cut and the server was paused (J-01).

use crate::rig::{instance, store_at, through};
use locals::RedisStore;
use std::time::Duration;
use store_tests::history;
use test_servers::{Direction, Proxy, RedisInstance};
use tokio::time::sleep;

/// A node on a line of its own.
async fn node(instance: &RedisInstance) -> (Proxy, RedisStore) {
    let proxy = Proxy::to(instance.port()).await;
    let url = through(&proxy, &instance.url(), instance.port());
    let store = store_at(&url).await;
    (proxy, store)
}

/// What is acknowledged is on the disk, so that it outlives the server, too.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_what_clients_saw_of_two_nodes_in_trouble_can_be_explained() {
    let Some(instance) = instance(&[("appendonly", "yes"), ("appendfsync", "always")]) else {
        return;
    };
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let (first_line, first) = node(&instance).await;
    let (second_line, second) = node(&instance).await;
    let cut = usize::try_from(seed % 400).expect("a small number");
    history::check(seed, [first, second], async |world| {
        world
            .strike(async || {
                instance.command(&["CLIENT", "KILL", "TYPE", "normal"]);
            })
            .await;
        world
            .strike(async || {
                first_line.cut_now();
                second_line.cut_after(cut, Direction::ToClient);
                instance.command(&["SCRIPT", "FLUSH"]);
            })
            .await;
        second_line.pass();
        world
            .strike(async || {
                instance.pause();
                sleep(Duration::from_millis(1200)).await;
                instance.resume();
            })
            .await;
        world
            .strike(async || {
                instance.kill();
                instance.start_again();
            })
            .await;
    })
    .await;
}
