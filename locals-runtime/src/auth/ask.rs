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

/// How long a call of the store may take, and how many may be in flight.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) deadline: Duration,
    pub(crate) calls: usize,
    in_flight: AtomicUsize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(2),
            calls: 256,
            in_flight: AtomicUsize::new(0),
        }
    }
}

impl Limits {
    fn overloaded(&self) -> Option<StoreError> {
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        (in_flight >= self.calls).then_some(StoreError::Overloaded { in_flight })
    }

    fn enter(&self) -> Result<Place<'_>, StoreError> {
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let place = Place(&self.in_flight);
        if in_flight >= self.calls {
            return Err(StoreError::Overloaded { in_flight });
        }
        Ok(place)
    }

    /// Of the deadline, how much is slow.
    fn is_slow(&self, elapsed: Duration) -> bool {
        elapsed > self.deadline / 4
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
    /// Asks for what changes nothing: once more if the connection broke.
    pub(super) fn read<'a, T: Send + 'a>(
        &'a self,
        call: &'static str,
        ask: impl Fn(&'a dyn Store<U>) -> StoreFuture<'a, T> + Send + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let answer = self.unless_overloaded(|| ask(self.store()));
        let again = Some(move || ask(self.store()));
        self.answered(call, answer, again, move |answer| self.told(call, answer))
    }

    /// Asks for a change: once, since whether it took place is unknown if the connection broke.
    pub(super) fn write<'a, T: Send + 'a>(
        &'a self,
        call: &'static str,
        ask: impl FnOnce(&'a dyn SessionStore) -> StoreFuture<'a, T>,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let answer = self.unless_overloaded(|| ask(self.store().sessions()));
        self.answered(call, answer, None::<fn() -> _>, move |answer| {
            self.told(call, answer)
        })
    }

    /// The same, and the caller tells what became of it.
    pub(super) fn write_untold<'a, T: Send + 'a>(
        &'a self,
        call: &'static str,
        ask: impl FnOnce(&'a dyn SessionStore) -> StoreFuture<'a, T>,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let answer = self.unless_overloaded(|| ask(self.store().sessions()));
        self.answered(call, answer, None::<fn() -> _>, |answer| answer)
    }

    fn unless_overloaded<'a, T>(
        &self,
        ask: impl FnOnce() -> StoreFuture<'a, T>,
    ) -> StoreFuture<'a, T> {
        match self.config().store_limits.overloaded() {
            None => ask(),
            Some(error) => StoreFuture::ready(Err(error)),
        }
    }

    /// The answer, told; what has to be waited for has its limits.
    fn answered<'a, T: Send + 'a, F: Fn() -> StoreFuture<'a, T> + Send + 'a>(
        &'a self,
        call: &'static str,
        answer: StoreFuture<'a, T>,
        again: Option<F>,
        told: impl Fn(Result<T, StoreError>) -> Result<T, StoreError> + Send + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let mut asked = Some((answer, again));
        let mut waiting = None;
        poll_fn(move |context| {
            if let Some((answer, again)) = &mut asked
                && let Poll::Ready(answered) = Pin::new(&mut *answer).poll(context)
            {
                if again.is_none() || !is_lost(&answered) {
                    return Poll::Ready(told(answered));
                }
                *answer = StoreFuture::ready(answered);
            }
            if let Some((answer, again)) = asked.take() {
                waiting = Some(Box::pin(self.wait(call, answer, again)));
            }
            let waiting = waiting.as_mut().expect("what is not there is waited for");
            waiting.as_mut().poll(context).map(&told)
        })
    }

    async fn wait<'a, T, F: Fn() -> StoreFuture<'a, T>>(
        &self,
        call: &'static str,
        answer: StoreFuture<'a, T>,
        again: Option<F>,
    ) -> Result<T, StoreError> {
        let limits = &self.config().store_limits;
        let _place = limits.enter()?;
        let mut deadline = Deadline::of(limits.deadline);
        let mut answer = deadline.bound(answer).await;
        if let Some(again) = again.filter(|_| is_lost(&answer)) {
            answer = deadline.bound(again()).await;
        }
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
