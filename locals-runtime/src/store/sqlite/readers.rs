//! Reading: in place on the thread that asks, or on threads of its own.

use super::connection::Connection;
use crate::{error::StoreError, event::TARGET, store::StoreFuture};
use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};
use tokio::sync::oneshot;

/// How many reads may wait for a thread.
const QUEUE: usize = 4096;

/// The connections that only read.
pub(super) enum Readers {
    /// A point read takes microseconds: less than handing it to another thread.
    InPlace(Vec<Mutex<Connection>>),
    /// For disks on which a read may block.
    Threads(SyncSender<Read>),
}

type Read = Box<dyn FnOnce(&Connection) + Send>;

impl Readers {
    pub(super) fn in_place(connections: Vec<Connection>) -> Self {
        Self::InPlace(connections.into_iter().map(Mutex::new).collect())
    }

    pub(super) fn threads(connections: Vec<Connection>) -> Result<Self, StoreError> {
        let (queue, reads) = sync_channel(QUEUE);
        let reads = Arc::new(Mutex::new(reads));
        for connection in connections {
            let reads = Arc::clone(&reads);
            thread::Builder::new()
                .name("locals-sqlite-reader".to_owned())
                .spawn(move || serve(&connection, &reads))
                .map_err(StoreError::unavailable)?;
        }
        Ok(Self::Threads(queue))
    }

    pub(super) fn read<'a, T: Send + 'static>(
        &'a self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        match self {
            Self::InPlace(connections) => match lock_any(connections) {
                Some(connection) => StoreFuture::ready(read(&connection)),
                None => StoreFuture::ready(Err(StoreError::unavailable("no connection"))),
            },
            Self::Threads(queue) => {
                let (answer, answered) = oneshot::channel();
                let read: Read = Box::new(move |connection| {
                    if !answer.is_closed() {
                        let _ = answer.send(read(connection));
                    }
                });
                match queue.try_send(read) {
                    Ok(()) => StoreFuture::later(async { answered.await.map_err(|_| stopped())? }),
                    Err(refused) => StoreFuture::ready(Err(match refused {
                        TrySendError::Full(_) => {
                            StoreError::unavailable(format!("{QUEUE} reads are waiting already"))
                        }
                        TrySendError::Disconnected(_) => stopped(),
                    })),
                }
            }
        }
    }
}

fn stopped() -> StoreError {
    StoreError::unavailable("the reader threads have stopped")
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InPlace(_) => "Readers::InPlace",
            Self::Threads(_) => "Readers::Threads",
        })
    }
}

/// A free connection, by preference the one this thread used before.
fn lock_any(connections: &[Mutex<Connection>]) -> Option<MutexGuard<'_, Connection>> {
    thread_local! {
        static FIRST_CHOICE: usize = {
            let mut hasher = DefaultHasher::new();
            thread::current().id().hash(&mut hasher);
            usize::try_from(hasher.finish() >> 33).unwrap_or_default()
        };
    }
    let first = FIRST_CHOICE.with(|first| *first) % connections.len().max(1);
    let (before, after) = connections.split_at_checked(first)?;
    for connection in after.iter().chain(before) {
        match connection.try_lock() {
            Ok(connection) => return Some(connection),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    let connection = connections.get(first)?;
    Some(connection.lock().unwrap_or_else(PoisonError::into_inner))
}

fn serve(connection: &Connection, reads: &Mutex<Receiver<Read>>) {
    loop {
        let read = reads.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match read {
            // Whoever waits for the answer may panic when told of it; the thread reads on.
            Ok(read) => {
                if catch_unwind(AssertUnwindSafe(|| read(connection))).is_err() {
                    tracing::error!(target: TARGET, "a task panicked when it was told of a read that is done");
                }
            }
            Err(_) => return,
        }
    }
}
