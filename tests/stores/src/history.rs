//! Random operations of several clients by two nodes, while something strikes: some order of them explains what
//! everybody saw (J-01).

mod client;

use client::{Client, Given};
use locals::{
    UserId,
    store::{SessionStore, Store},
    testing::history::History,
};
use std::{
    ops::Range,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

const CLIENTS: u64 = 6;
const CAP: u32 = 3;

/// Until everything works again, on a busy machine.
const RECOVERY: Duration = Duration::from_millis(2500);

const CALM: Duration = Duration::from_millis(600);

/// A handle of a store of ids.
pub trait Node: SessionStore + Store<UserId> + Clone {}

impl<S: SessionStore + Store<UserId> + Clone> Node for S {}

/// What the clients know of each other, and what they saw.
pub struct World {
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

    /// Does it, and has it noted as an outage until everything works again.
    pub async fn strike(&self, nemesis: impl AsyncFnOnce()) {
        sleep(CALM).await;
        let start = self.now();
        nemesis().await;
        sleep(RECOVERY).await;
        self.outage(start..self.now());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets clients live as long as something strikes.
///
/// # Panics
///
/// Where no order of what they did explains what they saw.
pub async fn check<S: Node>(seed: u64, nodes: [S; 2], strikes: impl AsyncFnOnce(&World)) {
    let world = Arc::new(World::new());
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client {
            world: Arc::clone(&world),
            nodes: nodes.clone(),
            random: fastrand::Rng::with_seed(seed.wrapping_add(number)),
        };
        clients.spawn(client.live());
    }
    strikes(Arc::as_ref(&world)).await;
    sleep(CALM).await;
    world.is_over.store(true, Ordering::Relaxed);
    clients.join_all().await;
    let given = lock(&world.given).len();
    assert!(given > 100, "{given} sign-ins and rotations");
    if let Err(violation) = lock(&world.history).check() {
        panic!("seed {seed}: {violation}");
    }
}
