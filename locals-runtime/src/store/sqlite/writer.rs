//! The one thread that writes: it commits what is queued together, and answers after the commit.

use super::failure;
use crate::{error::StoreError, store::StoreFuture};
use rusqlite::{Connection, TransactionBehavior};
use std::{
    fmt,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread,
};
use tokio::sync::oneshot;

/// How many writes may wait; beyond that the store says that it is unavailable.
const QUEUE: usize = 4096;

/// How many writes share one commit.
const GROUP: usize = 256;

/// A handle to the writer thread; the thread ends when the last handle is dropped, after what is
/// queued.
pub(super) struct Writer {
    queue: SyncSender<Write>,
}

/// Whether a write must have reached the disk before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Durability {
    /// A renewal: losing it in a power cut costs nothing but another renewal.
    Normal,
    /// Everything else: `synchronous=FULL`.
    Full,
}

struct Write {
    durability: Durability,
    work: Box<dyn Work>,
}

/// One write of a group: done inside the transaction, answered after it.
trait Work: Send {
    /// `false` if its own statements have to be undone.
    fn run(&mut self, connection: &Connection) -> bool;

    fn answer(self: Box<Self>, committed: Result<(), CommitError>);
}

/// Why a group was not committed, for each of its writes.
#[derive(Clone)]
enum CommitError {
    Timeout,
    Unavailable(String),
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Timeout => Self::Timeout,
            StoreError::Unavailable(cause) => Self::Unavailable(cause.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<CommitError> for StoreError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Timeout => Self::Timeout,
            CommitError::Unavailable(reason) => Self::unavailable(reason),
        }
    }
}

struct Job<F, T, A> {
    write: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    answer: A,
}

impl<F, T, A> Work for Job<F, T, A>
where
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
    A: FnOnce(Result<T, StoreError>) + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        self.outcome = self.write.take().map(|write| write(connection));
        matches!(self.outcome, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: Result<(), CommitError>) {
        let not_run = || Err(StoreError::unavailable("the write was not run"));
        (self.answer)(match (self.outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (outcome, Ok(())) => outcome.unwrap_or_else(not_run),
        });
    }
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, writes) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("locals-sqlite-writer".to_owned())
            .spawn(move || run(connection, &writes))
            .map_err(StoreError::unavailable)?;
        Ok(Self { queue })
    }

    /// Queues a write and answers when it is committed. Whoever stops waiting changes nothing: the
    /// write takes place, whole.
    pub(super) fn write<'a, T: Send + 'static>(
        &self,
        durability: Durability,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let (answer, answered) = oneshot::channel();
        let queued = self.queue(durability, write, |outcome| {
            // Nobody waits any more if the request was cancelled.
            let _ = answer.send(outcome);
        });
        match queued {
            Ok(()) => StoreFuture::later(async { answered.await.map_err(|_| stopped())? }),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    /// Queues a write and blocks until it is committed; for the start of a program.
    pub(super) fn write_and_wait<T: Send + 'static>(
        &self,
        durability: Durability,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = sync_channel(1);
        self.queue(durability, write, move |outcome| {
            let _ = answer.send(outcome);
        })?;
        answered.recv().map_err(|_| stopped())?
    }

    fn queue<T: Send + 'static>(
        &self,
        durability: Durability,
        write: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        answer: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let work = Box::new(Job {
            write: Some(write),
            outcome: None,
            answer,
        });
        self.queue
            .try_send(Write { durability, work })
            .map_err(|refused| match refused {
                TrySendError::Full(_) => {
                    StoreError::unavailable(format!("{QUEUE} writes are waiting already"))
                }
                TrySendError::Disconnected(_) => stopped(),
            })
    }
}

fn stopped() -> StoreError {
    StoreError::unavailable("the writer thread has stopped")
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

fn run(mut connection: Connection, writes: &Receiver<Write>) {
    let mut synchronous = None;
    while let Ok(first) = writes.recv() {
        let mut group: Vec<_> = std::iter::once(first)
            .chain(writes.try_iter().take(GROUP - 1))
            .collect();
        let durability = group.iter().map(|write| write.durability).max();
        let committed = if durability == synchronous {
            Ok(())
        } else {
            set_synchronous(&connection, durability)
        };
        let committed = committed
            .inspect(|()| synchronous = durability)
            .and_then(|()| commit(&mut connection, &mut group))
            .map_err(CommitError::from);
        for write in group {
            write.work.answer(committed.clone());
        }
    }
}

fn set_synchronous(
    connection: &Connection,
    durability: Option<Durability>,
) -> Result<(), StoreError> {
    let level = match durability {
        Some(Durability::Normal) => "NORMAL",
        Some(Durability::Full) | None => "FULL",
    };
    connection
        .pragma_update(None, "synchronous", level)
        .map_err(failure)
}

/// Runs a group in one transaction; a write that fails is undone alone.
fn commit(connection: &mut Connection, group: &mut [Write]) -> Result<(), StoreError> {
    let mut transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failure)?;
    for write in group {
        let savepoint = transaction.savepoint().map_err(failure)?;
        if write.work.run(&savepoint) {
            savepoint.commit().map_err(failure)?;
        }
    }
    transaction.commit().map_err(failure)
}
