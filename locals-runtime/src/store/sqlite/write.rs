//! A queued write: done inside the transaction of its group, answered after the commit.

use super::connection::Connection;
use crate::{error::StoreError, event::TARGET};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::SyncSender,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// What a write is for: how long it waits for the lock, and whether it must have reached the disk
/// before it is answered (`synchronous=FULL`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Losing it in a power cut costs nothing but another renewal.
    Renewal,
    /// The browser is about to be given the new secret: it must not be lost.
    RotatingRenewal,
    Change,
    /// To make the tables.
    Setup,
}

impl Purpose {
    pub(super) fn synchronous(self) -> &'static str {
        match self {
            Self::Renewal => "NORMAL",
            Self::RotatingRenewal | Self::Change | Self::Setup => "FULL",
        }
    }
}

pub(super) struct Write {
    pub(super) purpose: Purpose,
    pub(super) asked: Instant,
    pub(super) work: Box<dyn Work>,
}

/// One write of a group: done inside the transaction, answered after it.
pub(super) trait Work: Send {
    /// Whether anybody still waits for the answer.
    fn is_awaited(&self) -> bool;

    /// Does it, or does it again after it was undone; `false` if its own statements have to be undone.
    fn run(&mut self, connection: &Connection) -> bool;

    fn answer(self: Box<Self>, committed: Result<(), CommitError>);
}

/// Why a group was not committed, for each of its writes.
#[derive(Clone)]
pub(super) enum CommitError {
    /// Somebody else held the lock for so long.
    Locked(Duration),
    Unavailable(String),
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<CommitError> for StoreError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Locked(waited) => Self::WriteLock { waited },
            CommitError::Unavailable(reason) => Self::unavailable(reason),
        }
    }
}

/// Where the answer to a write goes.
pub(super) trait Waiter<T>: Send {
    fn is_awaited(&self) -> bool;
    fn send(self, outcome: Result<T, StoreError>);
}

impl<T: Send> Waiter<T> for oneshot::Sender<Result<T, StoreError>> {
    fn is_awaited(&self) -> bool {
        !self.is_closed()
    }

    fn send(self, outcome: Result<T, StoreError>) {
        // Nobody waits any more if the request was cancelled.
        let _ = oneshot::Sender::send(self, outcome);
    }
}

/// For whoever blocks until the write is done.
impl<T: Send> Waiter<T> for SyncSender<Result<T, StoreError>> {
    fn is_awaited(&self) -> bool {
        true
    }

    fn send(self, outcome: Result<T, StoreError>) {
        let _ = SyncSender::send(&self, outcome);
    }
}

pub(super) struct Job<F, T, A> {
    pub(super) write: F,
    pub(super) outcome: Option<Result<T, StoreError>>,
    pub(super) answer: A,
}

impl<F, T, A> Work for Job<F, T, A>
where
    F: Fn(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
    A: Waiter<T>,
{
    fn is_awaited(&self) -> bool {
        self.answer.is_awaited()
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.write)(connection)))
            .unwrap_or_else(|_| Err(StoreError::unavailable("the write panicked")));
        let done = outcome.is_ok();
        self.outcome = Some(outcome);
        done
    }

    fn answer(self: Box<Self>, committed: Result<(), CommitError>) {
        let not_run = || Err(StoreError::unavailable("the write was not run"));
        self.answer.send(match (self.outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (outcome, Ok(())) => outcome.unwrap_or_else(not_run),
        });
    }
}

/// Tells whoever waits, whose waker may panic.
pub(super) fn answer(write: Write, committed: Result<(), CommitError>) {
    let told = catch_unwind(AssertUnwindSafe(|| write.work.answer(committed)));
    if told.is_err() {
        tracing::error!(target: TARGET, "a task panicked when it was told of a write that is done");
    }
}
