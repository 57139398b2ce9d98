//! [`Pool`]: connections of which any will do, and whose turn it is.

use super::{
    connection::Connection,
    error::{Failed, may_be_tried_again},
    purpose::Purpose,
    work::Work,
};
use crate::{error::StoreError, store::link::Link};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

/// How long a transaction that was undone for the sake of another lets that pass, at first.
const PAUSE: Duration = Duration::from_millis(5);

/// How often whoever got one that is away looks whether it has come back.
const MOMENT: Duration = Duration::from_millis(200);

/// How many may wait for one connection that writes before another one is taken.
const MANY: usize = 8;

/// Connections of which any will do.
pub(super) struct Pool {
    links: Vec<Link<Connection>>,
    /// Those that nobody has.
    free: Mutex<Vec<usize>>,
    places: Arc<Semaphore>,
    patience: Duration,
    asked: Arc<AtomicU64>,
}

/// One of the connections of a pool, until it is dropped.
pub(super) struct Turn {
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
    /// Of these links, all of the same purpose.
    pub(super) fn of(links: Vec<Link<Connection>>, purpose: &Purpose) -> Arc<Self> {
        let count = links.len();
        Arc::new(Self {
            links,
            free: Mutex::new((0..count).rev().collect()),
            places: Arc::new(Semaphore::new(count)),
            patience: purpose.patience,
            asked: Arc::clone(&purpose.shared.asked),
        })
    }

    pub(super) fn links(&self) -> &[Link<Connection>] {
        &self.links
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    fn free(&self) -> MutexGuard<'_, Vec<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Once one is free. Where only some are there, as when the server may have no more, one of them is waited for; those
    /// that are away are kept until then, for they would come again.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        let first = self.next_turn().await?;
        if first.is_useful() {
            return Ok(first);
        }
        let mut away = vec![first];
        let mut next = Box::pin(self.next_turn());
        loop {
            if let Ok(turn) = timeout(MOMENT, &mut next).await {
                away.push(turn?);
                next = Box::pin(self.next_turn());
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

    pub(super) fn is_up(&self) -> bool {
        self.links.iter().any(|link| link.up().is_some())
    }

    pub(super) fn is_busy(&self) -> bool {
        Arc::strong_count(&self.places) > MANY
    }
}

impl Turn {
    /// Whether its connection is there, or none is.
    fn is_useful(&self) -> bool {
        self.pool.links[self.at].up().is_some() || !self.pool.is_up()
    }

    /// Does it, and again from its beginning where it was undone for the sake of another. Of a connection that turns out
    /// to be gone another one takes the place.
    pub(super) async fn run<W: Work>(mut self, work: W) -> Result<W::Answer, Failed> {
        let (begun, mut attempts) = (Instant::now(), 0);
        loop {
            let connection = match self.connection().await {
                Err(_) if self.pool.is_up() => {
                    self = self.another().await?;
                    continue;
                }
                connection => connection?,
            };
            attempts += 1;
            self.pool.asked.fetch_add(1, Ordering::Relaxed);
            let patience = self.pool.patience;
            let answer = connection.run(&work, patience).await;
            let has_time = begun.elapsed() < patience;
            match answer {
                Err(failed) if may_be_tried_again(&failed, attempts, has_time) => {
                    sleep(jittered(PAUSE * attempts)).await;
                }
                answer => return answer,
            }
        }
    }

    async fn another(self) -> Result<Self, StoreError> {
        let pool = Arc::clone(&self.pool);
        drop(self);
        pool.turn().await
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

/// Between nothing and the double, so that two do not meet again.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(()) % 1024;
    pause.mul_f64(f64::from(u32::try_from(random).unwrap_or(0)) / 512.0)
}
