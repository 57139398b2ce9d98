//! [`Watch`]: whether the reference to the users table still holds, looked at once a second while it is relied on.

use super::{
    connections::Connections,
    error::Failed,
    schema::Guard,
    work::{Live, Work},
};
use crate::{error::StoreError, store::sql::refuse};
use std::{
    sync::{
        Arc, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Mutex, task::AbortHandle, time::sleep};

const PERIOD: Duration = Duration::from_secs(1);

/// What was last seen so long ago says nothing of now.
const STALE: Duration = Duration::from_secs(3);

/// Ends with this.
#[derive(Debug)]
pub(super) struct Watch {
    guard: Guard,
    seen: Arc<Seen>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Seen {
    /// Whether anything was asked since it was last looked at.
    is_used: AtomicBool,
    flaw: RwLock<Option<String>>,
    /// Of whoever looks because nobody has for so long.
    turn: Mutex<()>,
    since: Instant,
    /// When it was last looked at, in milliseconds since then.
    looked: AtomicU64,
}

impl Watch {
    /// Of what was found whole just now.
    pub(super) fn over(guard: Guard, store: &Arc<super::Inner>) -> Self {
        let seen = Arc::new(Seen {
            is_used: AtomicBool::new(false),
            flaw: RwLock::new(None),
            turn: Mutex::new(()),
            since: Instant::now(),
            looked: AtomicU64::new(0),
        });
        let runtime = store.connections.runtime();
        let looking = look(guard.clone(), Arc::clone(&seen), Arc::downgrade(store));
        Self {
            task: runtime.spawn(looking).abort_handle(),
            guard,
            seen,
        }
    }

    /// That it holds, as far as was seen. Whoever comes first after a quiet time looks.
    pub(super) async fn check(&self, connections: &Connections) -> Result<(), StoreError> {
        self.seen.note();
        if self.seen.is_stale() {
            let _turn = self.seen.turn.lock().await;
            if self.seen.is_stale() {
                self.seen.set(flaw(&self.guard, connections).await?);
            }
        }
        let flaw = self
            .seen
            .flaw
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        flaw.as_ref().map_or(Ok(()), refuse)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    /// Written only once: all who ask share it.
    fn note(&self) {
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
    }

    fn is_stale(&self) -> bool {
        let looked = Duration::from_millis(self.looked.load(Ordering::Relaxed));
        self.since.elapsed().saturating_sub(looked) > STALE
    }

    fn set(&self, flaw: Option<String>) {
        *self.flaw.write().unwrap_or_else(PoisonError::into_inner) = flaw;
        let looked = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.looked.store(looked, Ordering::Relaxed);
    }
}

/// A server that sleeps while nobody asks is let sleep.
async fn look(guard: Guard, seen: Arc<Seen>, store: Weak<super::Inner>) {
    loop {
        sleep(PERIOD).await;
        if !seen.is_used.swap(false, Ordering::Relaxed) {
            continue;
        }
        let Some(store) = store.upgrade() else {
            return;
        };
        if let Ok(flaw) = flaw(&guard, &store.connections).await {
            seen.set(flaw);
        }
    }
}

/// What cannot be looked at now is looked at the next time.
async fn flaw(guard: &Guard, connections: &Connections) -> Result<Option<String>, Failed> {
    let look = Look(guard.clone());
    connections.look(look).await
}

struct Look(Guard);

impl Work for Look {
    type Answer = Option<String>;

    async fn run(&self, live: &mut Live) -> Result<Option<String>, Failed> {
        live.look(2, |conn| self.0.flaw(conn)).await
    }
}
