//! What clients saw of two nodes while connections were killed, lines were cut, and the server was paused and killed
//! (J-01).

use crate::{
    history,
    rig::{Server, through},
    served::Served,
};
use locals::{UserId, store::Store};
use std::time::Duration;
use test_servers::{Direction, Proxy};
use tokio::time::sleep;

/// A node on a line of its own.
async fn node<S: Server>(server: &S) -> (Proxy, S::Store) {
    let proxy = Proxy::to(server.port()).await;
    let url = through(proxy.port(), &server.url(), server.port());
    let store = <S::Store as Served>::at(&url).await.expect("a store");
    let prepared = Store::<UserId>::prepare(&store).await;
    prepared.expect("a store that is ready");
    (proxy, store)
}

/// What is acknowledged is kept, so that it outlives the server, too.
pub async fn j_01_what_clients_saw_of_two_nodes_in_trouble_can_be_explained<S: Server>() {
    let Some(server) = S::lasting() else { return };
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let (first_line, first) = node(&server).await;
    let (second_line, second) = node(&server).await;
    let cut = usize::try_from(seed % 400).expect("a small number");
    history::check(seed, [first, second], async |world| {
        world
            .strike(async || {
                server.kill_connections();
            })
            .await;
        world
            .strike(async || {
                first_line.cut_now();
                second_line.cut_after(cut, Direction::ToClient);
                server.forget();
            })
            .await;
        second_line.pass();
        world
            .strike(async || {
                server.pause();
                sleep(Duration::from_millis(1200)).await;
                server.resume();
            })
            .await;
        world
            .strike(async || {
                server.kill();
                server.start_again();
            })
            .await;
    })
    .await;
}
