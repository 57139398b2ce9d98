//! What clients saw of two nodes while backends were terminated, lines were cut and the server was paused (J-01).

use locals::{PostgresStore, UserId, store::Store};
use std::time::Duration;
use store_tests::history;
use test_servers::{Direction, Instance, Options, Proxy};
use tokio::time::sleep;

/// A node on a line of its own.
async fn node(instance: &Instance) -> (Proxy, PostgresStore) {
    let proxy = Proxy::to(instance.port()).await;
    let (server, line) = (instance.port(), proxy.port());
    let url = instance
        .url()
        .replace(&format!(":{server}/"), &format!(":{line}/"));
    let store = PostgresStore::connect(url).await.expect("a store");
    let tables = Store::<UserId>::prepare(&store).await;
    tables.expect("tables");
    (proxy, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_what_clients_saw_of_two_nodes_in_trouble_can_be_explained() {
    let Some(instance) = Instance::start(Options {
        without_fsync: true,
        ..Options::default()
    }) else {
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
                instance.terminate_backends("locals");
            })
            .await;
        world
            .strike(async || {
                first_line.cut_now();
                second_line.cut_after(cut, Direction::ToClient);
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
    })
    .await;
}
