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
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{task::AbortHandle, time::sleep};

const PERIOD: Duration = Duration::from_secs(1);

/// Ends with this.
#[derive(Debug)]
pub(super) struct Watch {
    seen: Arc<Seen>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct Seen {
    /// Whether anything was asked since it was last looked at.
    is_used: AtomicBool,
    flaw: RwLock<Option<String>>,
}

impl Watch {
    pub(super) fn over(guard: Guard, store: &Arc<super::Inner>) -> Self {
        let seen = Arc::<Seen>::default();
        let runtime = store.connections.runtime();
        let looking = look(guard, Arc::clone(&seen), Arc::downgrade(store));
        Self {
            task: runtime.spawn(looking).abort_handle(),
            seen,
        }
    }

    /// That it holds, as far as was seen.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.seen.note();
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
}

/// A server that sleeps while nobody asks is let sleep, but the first who asks is answered by what was last seen.
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
            *seen.flaw.write().unwrap_or_else(PoisonError::into_inner) = flaw;
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
        Ok(self.0.flaw(live.conn()).await?)
    }
}
