//! [`Connections`]: which connection does what.
//!
//! Reads never wait behind what may wait for a lock, so they have connections of their own, of which any is as good as
//! another. Writes of one user go by the same, one after the other: they cannot wait for each other in a circle.
//! Who keeps no sessions here writes nothing, and needs none of these.
//! Whatever is done is done in a task of its own, once a connection is free: who stops waiting for it costs none.

use super::{
    connection::Connection,
    dial::Wants,
    error::{Failed, may_be_tried_again},
    purpose::{Purpose, Shared},
    statement::{StatementId, Statements},
    work::{Answer, Live, Question, Work},
};
use crate::{
    error::StoreError,
    store::link::{Link, runtime_has_ended},
};
use mysql_async::{Row, Value};
use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

/// A read waits for no lock but that of a migration, which it gives up before.
const PATIENCE_OF_READS: Duration = Duration::from_secs(1);

/// Longer than the server lets a statement wait.
const PATIENCE_OF_WRITES: Duration = Duration::from_millis(1800);

/// How long a transaction that was undone for the sake of another lets that pass, at first.
const PAUSE: Duration = Duration::from_millis(5);

/// How often whoever got one that is away looks whether it has come back.
const MOMENT: Duration = Duration::from_millis(200);

/// How many may wait for one connection that writes before another one is taken.
const MANY: usize = 8;

pub(super) struct Connections {
    reads: Arc<Pool>,
    writes: Vec<Arc<Pool>>,
    shared: Shared,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("reads", &self.reads.links)
            .finish_non_exhaustive()
    }
}

/// Connections of which any will do.
struct Pool {
    links: Vec<Link<Connection>>,
    /// Those that nobody has.
    free: Mutex<Vec<usize>>,
    places: Arc<Semaphore>,
    patience: Duration,
    asked: Arc<AtomicU64>,
}

/// One of the connections of a pool, until it is dropped.
struct Turn {
    pool: Arc<Pool>,
    at: usize,
    _place: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pool.free().push(self.at);
    }
}

impl Pool {
    /// Connects when it is told to, or something is to be done.
    fn idle(shared: &Shared, count: usize, wants: Wants, patience: Duration) -> Arc<Self> {
        let purpose = Purpose {
            shared: shared.clone(),
            wants,
            patience,
        };
        let idle = |_| Link::idle(purpose.clone(), &shared.runtime);
        Arc::new(Self {
            links: (0..count).map(idle).collect(),
            free: Mutex::new((0..count).rev().collect()),
            places: Arc::new(Semaphore::new(count)),
            patience,
            asked: Arc::clone(&shared.asked),
        })
    }

    fn begin(&self) {
        self.links.iter().for_each(Link::begin);
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Once one is free. Where only some are there, as when the server may have no more, one of them is waited for; those
    /// that are away are kept until then, for they would come again.
    async fn turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        let first = self.next_turn().await?;
        if first.is_useful() {
            return Ok(first);
        }
        let mut away = vec![first];
        loop {
            if let Ok(turn) = timeout(MOMENT, self.next_turn()).await {
                away.push(turn?);
            }
            if let Some(useful) = away.iter().position(Turn::is_useful) {
                return Ok(away.swap_remove(useful));
            }
        }
    }

    /// In the order in which this is called. One that is there comes before one that is away.
    async fn next_turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(StoreError::unavailable)?;
        let mut free = self.free();
        let up = free.iter().rposition(|at| self.links[*at].up().is_some());
        let at = match up {
            Some(up) => free.remove(up),
            None => free.pop().expect("as many as there are places"),
        };
        drop(free);
        Ok(Turn {
            pool: Arc::clone(self),
            at,
            _place: place,
        })
    }

    fn is_up(&self) -> bool {
        self.links.iter().any(|link| link.up().is_some())
    }

    fn is_busy(&self) -> bool {
        Arc::strong_count(&self.places) > MANY
    }
}

impl Turn {
    async fn run<W: Work>(&self, work: &W) -> Result<W::Answer, Failed> {
        let connection = self.connection().await?;
        self.pool.asked.fetch_add(1, Ordering::Relaxed);
        connection.run(work, self.pool.patience).await
    }

    /// One that is doubtful is asked whether it is there; the next is waited for if not.
    async fn connection(&self) -> Result<Arc<Connection>, StoreError> {
        let link = &self.pool.links[self.at];
        let connection = link.connection().await?;
        if connection.is_alive().await {
            return Ok(connection);
        }
        link.connection().await
    }
}

impl Connections {
    /// Begins to connect those that read.
    pub(super) fn start(shared: Shared, reads: usize, writes: usize) -> Self {
        let lane = |_| Pool::idle(&shared, 1, Wants::ReadWrite, PATIENCE_OF_WRITES);
        let reads = Pool::idle(&shared, reads, Wants::Any, PATIENCE_OF_READS);
        reads.begin();
        Self {
            reads,
            writes: (0..writes).map(lane).collect(),
            shared,
        }
    }

    /// Begins to connect those that write: nobody who signs in is to wait for it.
    pub(super) fn begin_writing(&self) {
        self.writes.iter().for_each(|lane| lane.begin());
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.shared.statements
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.shared.runtime
    }

    /// Waits for a connection to read from. What is asked on each is prepared by a task, before anybody waits for it.
    pub(super) async fn wait(&self, patience: Duration) -> Result<(), StoreError> {
        let until = Instant::now() + patience;
        loop {
            match self.reads.links[0].connection().await {
                Err(_) if Instant::now() < until => sleep(Duration::from_millis(20)).await,
                connection => break connection.map(drop)?,
            }
        }
        for pool in std::iter::once(&self.reads).chain(&self.writes) {
            for link in &pool.links {
                let (connection, patience) = (link.up(), pool.patience);
                let preparing = async move {
                    match connection {
                        Some(connection) => connection.run(&Preparation, patience).await,
                        None => Ok(()),
                    }
                };
                self.shared.runtime.spawn(preparing);
            }
        }
        Ok(())
    }

    pub(super) async fn read(
        &self,
        statement: StatementId,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, Failed> {
        let question = Question { statement, params };
        let Answer { rows, .. } = self.apart(self.readers(), question).await?;
        Ok(rows)
    }

    /// What changes nothing, and is no statement of its own.
    pub(super) async fn look<W: Work>(&self, work: W) -> Result<W::Answer, Failed> {
        self.apart(self.readers(), work).await
    }

    /// By the connections that write if none that reads is there: the server may have no more.
    fn readers(&self) -> &Arc<Pool> {
        if self.reads.is_up() {
            return &self.reads;
        }
        let up = self.writes.iter().find(|lane| lane.is_up());
        up.unwrap_or(&self.reads)
    }

    /// A change that is one statement; how many rows it has found.
    pub(super) async fn change(
        &self,
        lane: u64,
        statement: StatementId,
        params: Vec<Value>,
    ) -> Result<u64, Failed> {
        let answer = self.write(lane, Question { statement, params }).await?;
        Ok(answer.changed)
    }

    /// By the connection of this lane.
    pub(super) async fn write<W: Work>(&self, lane: u64, work: W) -> Result<W::Answer, Failed> {
        self.apart(self.lane(lane), work).await
    }

    /// Its own, unless that is away or many wait for it, and it is not so with another.
    fn lane(&self, lane: u64) -> &Arc<Pool> {
        let count = self.writes.len() as u64;
        let own = &self.writes[usize::try_from(lane % count).unwrap_or(0)];
        let serves = |lane: &&Arc<Pool>| lane.is_up() && !lane.is_busy();
        if serves(&own) {
            return own;
        }
        let other = self.writes.iter().find(serves);
        other.unwrap_or(own)
    }

    /// In a task of its own.
    async fn apart<W: Work>(&self, pool: &Arc<Pool>, work: W) -> Result<W::Answer, Failed> {
        let turn = pool.turn().await?;
        let task = self.shared.runtime.spawn(turn.run(work));
        match task.await {
            Ok(answer) => answer,
            Err(ended) if ended.is_panic() => {
                Err(StoreError::unavailable("a question to MySQL panicked").into())
            }
            Err(_) => Err(runtime_has_ended().into()),
        }
    }
}

/// Of everything that was not prepared when a connection was made.
struct Preparation;

impl Work for Preparation {
    type Answer = ();

    async fn run(&self, live: &mut Live) -> Result<(), Failed> {
        live.prepare_all().await
    }
}

/// Between nothing and the double, so that two do not meet again.
fn jittered(pause: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(()) % 1024;
    pause.mul_f64(f64::from(u32::try_from(random).unwrap_or(0)) / 512.0)
}
