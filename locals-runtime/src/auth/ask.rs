//! One question to the store: its deadline, its one retry, its event.
//!
//! An answer that is there already passes through untouched: a store in this process pays nothing.

use super::Auth;
use crate::{
    error::StoreError,
    event::Event,
    store::{SessionStore, Store, StoreFuture},
};
use std::{
    cell::Cell,
    future::{Future, poll_fn},
    panic::catch_unwind,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, time::Sleep};

/// How long a call of the store may take, and how many of each kind may be in flight.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) deadline: Duration,
    pub(crate) calls: usize,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(2),
            calls: 256,
            reads: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
        }
    }
}

impl Limits {
    fn enter<'a>(&self, in_flight: &'a AtomicUsize) -> Result<Place<'a>, StoreError> {
        let before = in_flight.fetch_add(1, Ordering::Relaxed);
        let place = Place(in_flight);
        if before >= self.calls {
            return Err(StoreError::Overloaded { in_flight: before });
        }
        Ok(place)
    }

    /// Of the deadline, how much is slow.
    fn is_slow(&self, elapsed: Duration) -> bool {
        elapsed > self.deadline / 4
    }

    /// A renewal is not worth the whole deadline: the session that was read is served without it.
    fn deadline_of_a_renewal(&self) -> Duration {
        self.deadline / 8
    }
}

/// The place of a call among those in flight, given back when the call is over or dropped.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<U: 'static> Auth<U> {
    /// Asks for what changes nothing: once more if the connection broke. What is there at once takes no
    /// place of what has to be waited for.
    pub(super) fn read<'a, T: Send + 'a>(
        &'a self,
        call: &'static str,
        ask: impl Fn(&'a dyn Store<U>) -> StoreFuture<'a, T> + Send + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let asked = Asked {
            answer: ask(self.store()),
            again: Some(move || ask(self.store())),
            place: None,
            is_told_if_abandoned: false,
        };
        let deadline = self.config().store_limits.deadline;
        self.answered(call, deadline, asked, move |answer| self.told(call, answer))
    }

    /// Asks for a change: once, since whether it took place is unknown if the connection broke. One too
    /// many is not begun.
    pub(super) fn write<'a, T: Send + 'a>(
        &'a self,
        call: &'static str,
        ask: impl FnOnce(&'a dyn SessionStore) -> StoreFuture<'a, T>,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let mut asked = self.ask_for_change(ask);
        asked.is_told_if_abandoned = true;
        let deadline = self.config().store_limits.deadline;
        self.answered(call, deadline, asked, move |answer| self.told(call, answer))
    }

    /// Asks for a renewal; the caller tells what became of it.
    pub(super) fn write_renewal<'a, T: Send + 'a>(
        &'a self,
        call: &'static str,
        ask: impl FnOnce(&'a dyn SessionStore) -> StoreFuture<'a, T>,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let asked = self.ask_for_change(ask);
        let deadline = self.config().store_limits.deadline_of_a_renewal();
        self.answered(call, deadline, asked, |answer| answer)
    }

    fn ask_for_change<'a, T>(
        &'a self,
        ask: impl FnOnce(&'a dyn SessionStore) -> StoreFuture<'a, T>,
    ) -> Asked<'a, T, fn() -> StoreFuture<'a, T>> {
        let limits = &self.config().store_limits;
        let (answer, place) = match limits.enter(&limits.writes) {
            Ok(place) => (ask(self.store().sessions()), Some(place)),
            Err(error) => (StoreFuture::ready(Err(error)), None),
        };
        Asked {
            answer,
            again: None,
            place,
            is_told_if_abandoned: false,
        }
    }

    /// The answer, told; what has to be waited for has its limits.
    fn answered<'a, T: Send + 'a, F: Fn() -> StoreFuture<'a, T> + Send + 'a>(
        &'a self,
        call: &'static str,
        deadline: Duration,
        asked: Asked<'a, T, F>,
        told: impl Fn(Result<T, StoreError>) -> Result<T, StoreError> + Send + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let mut asked = Some(asked);
        let mut waiting = None;
        poll_fn(move |context| {
            if let Some(Asked { answer, again, .. }) = &mut asked
                && let Poll::Ready(answered) = Pin::new(&mut *answer).poll(context)
            {
                if again.is_none() || !is_lost(&answered) {
                    asked = None;
                    return Poll::Ready(told(answered));
                }
                *answer = StoreFuture::ready(answered);
            }
            if let Some(asked) = asked.take() {
                waiting = Some(Box::pin(self.wait(call, deadline, asked)));
            }
            let waiting = waiting.as_mut().expect("what is not there is waited for");
            waiting.as_mut().poll(context).map(&told)
        })
    }

    async fn wait<'a, T, F: Fn() -> StoreFuture<'a, T>>(
        &self,
        call: &'static str,
        deadline: Duration,
        asked: Asked<'a, T, F>,
    ) -> Result<T, StoreError> {
        let limits = &self.config().store_limits;
        let Asked {
            answer,
            again,
            place,
            is_told_if_abandoned,
        } = asked;
        let mut abandoned = Abandoned {
            auth: self,
            call,
            is_told: is_told_if_abandoned,
        };
        let _place = match place {
            Some(place) => place,
            None => limits.enter(&limits.reads)?,
        };
        let mut deadline = Deadline::of(deadline);
        let mut answer = deadline.bound(answer).await;
        if let Some(again) = again.filter(|_| is_lost(&answer)) {
            answer = deadline.bound(again()).await;
        }
        abandoned.is_told = false;
        let elapsed = deadline.asked.elapsed();
        if answer.is_ok() && limits.is_slow(elapsed) {
            self.tell(&Event::StoreSlow { call, elapsed });
        }
        answer
    }

    fn told<T>(&self, call: &'static str, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        answer.inspect_err(|error| match error {
            // An answer, and the caller's to tell.
            StoreError::DuplicateId | StoreError::UnknownUser | StoreError::NotAdmitted => {}
            StoreError::Corrupt { .. } => self.tell(&Event::SessionUnreadable { error }),
            StoreError::UserUnreadable { .. } => self.tell(&Event::UserUnreadable { error }),
            _ => self.tell(&Event::StoreFailed { call, error }),
        })
    }
}

/// A question that was put to the store.
struct Asked<'a, T, F> {
    answer: StoreFuture<'a, T>,
    /// How to put it once more.
    again: Option<F>,
    /// Of a change, which is begun only where there is one.
    place: Option<Place<'a>>,
    is_told_if_abandoned: bool,
}

/// Tells of a change that was begun, when whoever waited for it goes before it is answered.
struct Abandoned<'a, U> {
    auth: &'a Auth<U>,
    call: &'static str,
    is_told: bool,
}

impl<U> Drop for Abandoned<'_, U> {
    fn drop(&mut self) {
        if self.is_told {
            self.auth.tell(&Event::WriteAbandoned { call: self.call });
        }
    }
}

fn is_lost<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::ConnectionLost(_)))
}

/// The end of one call's time.
struct Deadline {
    asked: Instant,
    after: Duration,
    timer: Timer,
}

enum Timer {
    /// Made when there is something to wait for.
    Unset,
    Set(Pin<Box<Sleep>>),
    /// Nothing here tells the time: the store is waited for.
    None,
}

impl Deadline {
    fn of(after: Duration) -> Self {
        Self {
            asked: Instant::now(),
            after,
            timer: Timer::Unset,
        }
    }

    async fn bound<T>(&mut self, mut answer: StoreFuture<'_, T>) -> Result<T, StoreError> {
        poll_fn(|context| match Pin::new(&mut answer).poll(context) {
            Poll::Pending if self.is_past(context) => Poll::Ready(Err(StoreError::Timeout)),
            poll => poll,
        })
        .await
    }

    fn is_past(&mut self, context: &mut Context<'_>) -> bool {
        if let Timer::Unset = self.timer {
            let left = self.after.saturating_sub(self.asked.elapsed());
            self.timer = sleep(left).map_or(Timer::None, |sleep| Timer::Set(Box::pin(sleep)));
        }
        let Timer::Set(timer) = &mut self.timer else {
            return false;
        };
        if timer.as_mut().poll(context).is_pending() {
            return false;
        }
        if self.asked.elapsed() < self.after {
            // A test has paused tokio's clock, which then jumps; the store takes the time it takes.
            self.timer = Timer::None;
            return false;
        }
        true
    }
}

/// `None` outside of a tokio runtime, which plain `http` does not need, and in one without a timer: there
/// tokio panics, once for each thread.
fn sleep(duration: Duration) -> Option<Sleep> {
    thread_local! {
        static HAS_NO_TIMER: Cell<bool> = const { Cell::new(false) };
    }
    Handle::try_current().ok()?;
    if HAS_NO_TIMER.get() {
        return None;
    }
    let sleep = catch_unwind(|| tokio::time::sleep(duration)).ok();
    HAS_NO_TIMER.set(sleep.is_none());
    sleep
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;
