//! Random operations of several clients by two nodes, while backends are terminated, lines are cut and the
//! server is paused: some order of them explains what everybody saw (J-01).

mod client;

use client::{Client, Given};
use locals::{PostgresStore, UserId, store::Store, testing::history::History};
use std::{
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use test_servers::{Direction, Instance, Options, Proxy};
use tokio::{task::JoinSet, time::sleep};

const CLIENTS: u64 = 6;
const CAP: u32 = 3;

/// Until everything works again, on a busy machine.
const RECOVERY: Duration = Duration::from_millis(2500);

const CALM: Duration = Duration::from_millis(600);

struct World {
    start: Instant,
    is_over: AtomicBool,
    numbers: AtomicU64,
    given: Mutex<Vec<Given>>,
    history: Mutex<History>,
}

impl World {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            is_over: AtomicBool::new(false),
            numbers: AtomicU64::new(0),
            given: Mutex::default(),
            history: Mutex::new(History::new().cap(CAP)),
        }
    }

    /// Nanoseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).expect("not so many years")
    }

    fn outage(&self, time: Range<u64>) {
        lock(&self.history).outage(time);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

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

/// Does it, and has it noted as an outage until everything works again.
async fn strike(world: &World, nemesis: impl AsyncFnOnce()) {
    sleep(CALM).await;
    let start = world.now();
    nemesis().await;
    sleep(RECOVERY).await;
    world.outage(start..world.now());
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
    let world = Arc::new(World::new());
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client {
            world: Arc::clone(&world),
            nodes: [first.clone(), second.clone()],
            random: fastrand::Rng::with_seed(seed.wrapping_add(number)),
        };
        clients.spawn(client.live());
    }
    let cut = usize::try_from(seed % 400).expect("a small number");
    strike(&world, async || {
        instance.terminate_backends("locals");
    })
    .await;
    strike(&world, async || {
        first_line.cut_now();
        second_line.cut_after(cut, Direction::ToClient);
    })
    .await;
    second_line.pass();
    strike(&world, async || {
        instance.pause();
        sleep(Duration::from_millis(1200)).await;
        instance.resume();
    })
    .await;
    sleep(CALM).await;
    world.is_over.store(true, Ordering::Relaxed);
    clients.join_all().await;
    let given = lock(&world.given).len();
    assert!(given > 100, "{given} sign-ins and rotations");
    if let Err(violation) = lock(&world.history).check() {
        panic!("seed {seed}: {violation}");
    }
}
