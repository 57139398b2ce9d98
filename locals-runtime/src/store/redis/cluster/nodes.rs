//! [`Nodes`]: a link to each node of a cluster, and what is known of who has which keys.

use super::{
    redirect::Redirect,
    slots::{Slots, slot},
};
use crate::{
    error::StoreError,
    store::{
        link::Link,
        redis::{
            apart::Apart,
            connection::Connection,
            dial::Terms,
            error::Failed,
            place::Place,
            question::{Question, Removal},
            resp::{Command, Value},
        },
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};

/// How often a question is sent on to another node.
const REDIRECTIONS: usize = 3;

/// For what one node says of the others.
const PATIENCE: Duration = Duration::from_millis(500);

/// From one time that this is asked to the next.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) struct Nodes {
    terms: Terms,
    /// Those that the URL names.
    seeds: Vec<Arc<Place>>,
    slots: Mutex<Slots>,
    nodes: Mutex<BTreeMap<Arc<Place>, Arc<Node>>>,
    /// Something has changed: somebody else is to be asked who has which keys.
    is_stale: Notify,
    turn: AtomicUsize,
}

struct Node {
    link: Link<Connection>,
    apart: Apart,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Nodes {
    /// Begins to connect to each that has keys.
    pub(super) fn new(terms: Terms, seeds: Vec<Arc<Place>>, slots: Slots) -> Self {
        let nodes = Self {
            terms,
            seeds,
            slots: Mutex::new(slots),
            nodes: Mutex::default(),
            is_stale: Notify::new(),
            turn: AtomicUsize::new(0),
        };
        for place in nodes.owners() {
            nodes.node(&place);
        }
        nodes
    }

    fn owners(&self) -> BTreeSet<Arc<Place>> {
        lock(&self.slots).owners()
    }

    fn node(&self, place: &Arc<Place>) -> Arc<Node> {
        let mut nodes = lock(&self.nodes);
        let node = nodes.entry(Arc::clone(place)).or_insert_with(|| {
            let dialer = self.terms.to((**place).clone());
            let runtime = &self.terms.way.runtime;
            Arc::new(Node {
                link: Link::start(dialer, runtime),
                apart: Apart::on(runtime.clone()),
            })
        });
        Arc::clone(node)
    }

    /// Runs what changes something under this key, and perhaps under others, whoever stops waiting for it.
    pub(super) async fn run_apart<T: Send + 'static>(
        &self,
        key: &str,
        change: impl Future<Output = Result<T, Failed>> + Send + 'static,
    ) -> Result<T, Failed> {
        let owner = self.owner(slot(key))?;
        self.node(&owner).apart.run(change).await
    }

    fn owner(&self, slot: u16) -> Result<Arc<Place>, StoreError> {
        let owner = lock(&self.slots).owner(slot);
        owner.ok_or_else(|| {
            self.is_stale.notify_one();
            StoreError::unavailable("no node of the Redis Cluster has the slot of this session")
        })
    }

    /// Asks the node that has the key, wherever it is sent on to. What was sent on was not done.
    pub(super) async fn ask(&self, question: &Question) -> Result<Value, Failed> {
        let slot = slot(question.key());
        let (mut place, mut is_asking) = (self.owner(slot)?, false);
        for _ in 0..=REDIRECTIONS {
            let failed = match self.ask_at(&place, question, is_asking).await {
                Err(failed) => failed,
                answer => return answer,
            };
            (place, is_asking) = match Redirect::of(&failed, &place) {
                Some(Redirect::Moved(there)) => (self.learn(slot, there), false),
                Some(Redirect::Ask(there)) => (Arc::new(there), true),
                None => {
                    self.is_stale.notify_one();
                    return Err(failed);
                }
            };
        }
        self.is_stale.notify_one();
        Err(StoreError::unavailable(
            "the nodes of the Redis Cluster do not agree on which of them has this session",
        )
        .into())
    }

    async fn ask_at(
        &self,
        place: &Arc<Place>,
        question: &Question,
        is_asking: bool,
    ) -> Result<Value, Failed> {
        let connection = self.node(place).link.connection().await?;
        connection.ask(question, is_asking).await
    }

    fn learn(&self, slot: u16, place: Place) -> Arc<Place> {
        let place = Arc::new(place);
        lock(&self.slots).learn(slot, &place);
        self.is_stale.notify_one();
        place
    }

    /// Fails where a node that is to remove something does not answer.
    pub(super) async fn look(&self, removals: &[Removal]) -> Result<(), Failed> {
        for removal in removals {
            self.ask(&removal.look()).await?;
        }
        Ok(())
    }

    /// One key after the other; how many there were.
    pub(super) async fn remove(&self, removals: Vec<Removal>) -> Result<u64, Failed> {
        let mut removed = 0;
        for removal in removals {
            removed += self.ask(&removal.question()).await?.count()?;
        }
        Ok(removed)
    }

    /// Whether any of them answers: what the others have is away without them, and on every machine.
    pub(super) async fn ping(&self) -> Result<(), Failed> {
        let none = StoreError::unavailable("no node of the Redis Cluster has any slot");
        let mut failed = Failed::Store(none);
        for place in self.in_turn() {
            let answer = match self.node(&place).link.connection().await {
                Ok(connection) => connection.read(&Command::new("PING")).await,
                Err(error) => Err(error.into()),
            };
            match answer {
                Ok(_) => return Ok(()),
                Err(error) => failed = error,
            }
        }
        self.is_stale.notify_one();
        Err(failed)
    }

    /// Those that have keys, another one first each time.
    fn in_turn(&self) -> Vec<Arc<Place>> {
        let mut places: Vec<_> = self.owners().into_iter().collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = places.len().max(1);
        places.rotate_left(turn % count);
        places
    }

    /// Asks again who has which keys, whenever there is a reason to.
    pub(super) async fn keep(self: Arc<Self>) {
        loop {
            self.is_stale.notified().await;
            self.refresh().await;
            sleep(PAUSE).await;
        }
    }

    /// By the first that says so. One that is behind the others is corrected by whoever is asked for a key.
    async fn refresh(&self) {
        for place in self.in_turn() {
            let Some(connection) = self.node(&place).link.up() else {
                continue;
            };
            let answer = timeout(PATIENCE, connection.read(&question())).await;
            if let Ok(Ok(answer)) = answer {
                return self.take(Slots::read(&answer, &place));
            }
        }
        for place in &self.seeds {
            if let Ok(slots) = slots_by(&self.terms, place).await {
                return self.take(slots);
            }
        }
    }

    fn take(&self, slots: Slots) {
        let owners = slots.owners();
        if owners.is_empty() {
            return;
        }
        // One to which keys are on their way has none yet.
        lock(&self.nodes).retain(|place, node| owners.contains(place) || node.link.up().is_some());
        *lock(&self.slots) = slots;
    }
}

fn question() -> Command {
    Command::new("CLUSTER").arg("SLOTS")
}

/// By a connection of its own.
pub(super) async fn slots_by(terms: &Terms, place: &Arc<Place>) -> Result<Slots, StoreError> {
    let opener = terms.way.to((**place).clone())?;
    let opened = opener.open(Instant::now() + PATIENCE).await?;
    let asked = timeout(PATIENCE, opened.pipeline.ask(&question())).await;
    let in_no_cluster = |failed: &Failed| {
        let refusal = failed.refusal();
        refusal.is_some_and(|refusal| refusal.detail.contains("cluster support"))
    };
    match asked {
        Ok(Ok(answer)) => Ok(Slots::read(&answer, place)),
        Ok(Err(failed)) if in_no_cluster(&failed) => Err(StoreError::Setup(
            opener.at("this server is in no cluster: write redis:// for redis-cluster://"),
        )),
        Ok(Err(failed)) => Err(opener.told(failed)),
        Err(_) => Err(opener.late()),
    }
}
