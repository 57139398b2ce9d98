//! The one thread that writes: it commits what is queued together, and answers after the commit.
//!
//! Time counts from the asking: while another program holds the lock, each write is given up
//! `busy_timeout` after it was asked for, wherever in the queue it stands. A write whose waiter has
//! gone before it begins is not done.

use super::{
    connection::Connection,
    error::is_busy,
    write::{CommitError, Job, Purpose, Waiter, Write, answer},
};
use crate::{error::StoreError, store::StoreFuture};
use std::{
    fmt,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How many writes may wait; beyond that the store says that it is unavailable.
const QUEUE: usize = 4096;

/// How long a renewal waits for the lock at most.
const RENEWAL_PATIENCE: Duration = Duration::from_millis(100);

/// How long the lock is waited for before those are looked at who have come meanwhile: a renewal does not
/// wait as long as a sign-in.
const SLICE: Duration = Duration::from_millis(50);

/// How many writes share one commit.
const GROUP: usize = 256;

/// A handle to the writer thread; the thread ends when the last handle is dropped, after what is
/// queued.
pub(super) struct Writer {
    queue: SyncSender<Write>,
}

/// How long the lock is waited for.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) of_a_change: Duration,
    pub(super) at_start: Duration,
}

impl Writer {
    pub(super) fn start(connection: Connection, patience: Patience) -> Result<Self, StoreError> {
        let (queue, writes) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("locals-sqlite-writer".to_owned())
            .spawn(move || Desk::new(connection, patience).serve(&writes))
            .map_err(StoreError::unavailable)?;
        Ok(Self { queue })
    }

    /// Queues a write and answers when it is committed. Whoever stops waiting leaves before or after:
    /// what has not begun is not done, what has takes place whole.
    pub(super) fn write<'a, T: Send + 'static>(
        &self,
        purpose: Purpose,
        write: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let (answer, answered) = oneshot::channel();
        match self.queue(purpose, write, answer) {
            Ok(()) => StoreFuture::later(async { answered.await.map_err(|_| stopped())? }),
            Err(error) => StoreFuture::ready(Err(error)),
        }
    }

    /// Queues a write and blocks until it is committed; for the start of a program.
    pub(super) fn set_up<T: Send + 'static>(
        &self,
        write: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = sync_channel(1);
        self.queue(Purpose::Setup, write, answer)?;
        answered.recv().map_err(|_| stopped())?
    }

    fn queue<T: Send + 'static>(
        &self,
        purpose: Purpose,
        write: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
        answer: impl Waiter<T> + 'static,
    ) -> Result<(), StoreError> {
        let work = Box::new(Job {
            write,
            outcome: None,
            answer,
        });
        let write = Write {
            purpose,
            asked: Instant::now(),
            work,
        };
        self.queue.try_send(write).map_err(|refused| match refused {
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

/// The thread at work.
struct Desk {
    connection: Connection,
    patience: Patience,
    synchronous: &'static str,
}

impl Desk {
    fn new(connection: Connection, patience: Patience) -> Self {
        Self {
            connection,
            patience,
            synchronous: "",
        }
    }

    fn serve(mut self, writes: &Receiver<Write>) {
        while let Ok(first) = writes.recv() {
            let others = writes.try_iter().take(GROUP - 1);
            self.write(std::iter::once(first).chain(others).collect(), Some(writes));
        }
    }

    /// Does a group in one transaction; if that is lost, as a trigger of the application or a full disk
    /// may bring about, each write of it in one of its own.
    fn write(&mut self, group: Vec<Write>, arriving: Option<&Receiver<Write>>) {
        let Some(mut group) = self.begin(group, arriving) else {
            return;
        };
        let committed = self.commit(&mut group);
        if committed.is_err() && group.len() > 1 {
            for write in group {
                self.write(vec![write], None);
            }
            return;
        }
        for write in group {
            answer(write, committed.clone());
        }
    }

    /// Takes the write lock, and gives back the writes that are still to be done; answers the others.
    fn begin(
        &mut self,
        mut group: Vec<Write>,
        arriving: Option<&Receiver<Write>>,
    ) -> Option<Vec<Write>> {
        let mut is_locked = false;
        loop {
            group.retain(|write| write.work.is_awaited());
            if is_locked {
                group = self.in_time(group);
            }
            let left = group
                .iter()
                .map(|write| self.patience(write).saturating_sub(write.asked.elapsed()))
                .min()?;
            match self.take_lock(&group, left.min(SLICE)) {
                Ok(()) => {
                    // Some may have gone while the lock was waited for.
                    group.retain(|write| write.work.is_awaited());
                    if group.is_empty() {
                        let _ = self.run("ROLLBACK");
                        return None;
                    }
                    return Some(group);
                }
                // The first of them have waited long enough now; the others go on waiting.
                Err(error) if is_busy(&error) => {
                    is_locked = true;
                    let places = GROUP.saturating_sub(group.len());
                    group.extend(
                        arriving
                            .into_iter()
                            .flat_map(Receiver::try_iter)
                            .take(places),
                    );
                }
                Err(error) => {
                    let error = CommitError::from(error);
                    for write in group {
                        answer(write, Err(error.clone()));
                    }
                    return None;
                }
            }
        }
    }

    /// A renewal is not worth much waiting: the session that was read is served without it.
    fn patience(&self, write: &Write) -> Duration {
        match write.purpose {
            Purpose::Renewal | Purpose::RotatingRenewal => {
                self.patience.of_a_change.min(RENEWAL_PATIENCE)
            }
            Purpose::Change => self.patience.of_a_change,
            Purpose::Setup => self.patience.at_start,
        }
    }

    /// Those that have not waited too long for the lock; answers the others.
    fn in_time(&self, group: Vec<Write>) -> Vec<Write> {
        let (expired, wanted): (Vec<_>, Vec<_>) = group
            .into_iter()
            .partition(|write| write.asked.elapsed() >= self.patience(write));
        for write in expired {
            let waited = self.patience(&write);
            answer(write, Err(CommitError::Locked(waited)));
        }
        wanted
    }

    fn take_lock(&mut self, group: &[Write], patience: Duration) -> rusqlite::Result<()> {
        let purpose = group.iter().map(|write| write.purpose).max();
        let level = purpose.unwrap_or(Purpose::Change).synchronous();
        if level != self.synchronous {
            self.connection.pragma_update(None, "synchronous", level)?;
            self.synchronous = level;
        }
        self.connection.busy_timeout(patience)?;
        self.run("BEGIN IMMEDIATE")
    }

    /// An error means that nothing of the group is in the file.
    fn commit(&self, group: &mut [Write]) -> Result<(), CommitError> {
        let committed = group
            .iter_mut()
            .try_for_each(|write| self.run_within(write))
            .and_then(|()| self.run("COMMIT"));
        if committed.is_err() && !self.connection.is_autocommit() {
            // It fails only where there is nothing left to undo.
            let _ = self.run("ROLLBACK");
        }
        Ok(committed?)
    }

    /// Runs one write inside the transaction; if it fails it is undone alone.
    ///
    /// SQLite may have undone the whole transaction by itself: then there is no savepoint to go back to,
    /// and whatever ran next would be in a transaction of its own.
    fn run_within(&self, write: &mut Write) -> rusqlite::Result<()> {
        self.run("SAVEPOINT locals_write")?;
        if !write.work.run(&self.connection) {
            self.run("ROLLBACK TO locals_write")?;
        }
        self.run("RELEASE locals_write")
    }

    fn run(&self, statement: &str) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(statement)?
            .execute([])
            .map(drop)
    }
}
