//! Removing expired rows: asked for once, or every so often.

use super::Auth;
use crate::{
    clock::Timestamp,
    error::Error,
    event::{Event, TARGET},
};
use std::time::{Duration, Instant};

/// Rows removed in one transaction: few enough that the write lock is held for milliseconds.
const BATCH: u32 = 500;

/// How long the sweeper leaves an expired row alone.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// How much further than the time that passed the clock may move between two rounds.
const TOLERANCE: Duration = Duration::from_secs(60 * 60);

impl<U: Send + Sync + 'static> Auth<U> {
    /// Removes every session that is past its deadlines now, in small batches. Returns how many there
    /// were.
    ///
    /// Expired sessions are invalid whether or not their rows are removed: this only saves room.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; the batches before it stay removed.
    pub async fn delete_expired_sessions(&self) -> Result<u64, Error> {
        self.delete_expired_before(self.now()).await
    }

    /// Removes expired sessions every `period`, until the handle is dropped.
    ///
    /// More careful than [`delete_expired_sessions`](Self::delete_expired_sessions): it removes
    /// only what expired more than 24 hours ago, and does nothing in a round before which the clock
    /// jumped forward, so that a wrong clock costs nobody a session.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, or if that has no timer.
    pub fn sweep_every(&self, period: Duration) -> SweepHandle {
        let auth = self.clone();
        let task = tokio::spawn(async move {
            let mut watch = ClockWatch::new(auth.now(), Instant::now());
            let mut ticks = tokio::time::interval(period.max(Duration::from_millis(1)));
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let now = auth.now();
                if !watch.trusts(now, Instant::now()) {
                    tracing::warn!(target: TARGET, "sweep skipped: the clock jumped forward");
                    continue;
                }
                // A store that failed is told of, and asked again next time.
                let _ = auth.delete_expired_before(now.minus(RETENTION)).await;
            }
        });
        SweepHandle {
            task: task.abort_handle(),
        }
    }

    async fn delete_expired_before(&self, deadline: Timestamp) -> Result<u64, Error> {
        let mut removed = 0;
        if !self.store().sessions().sweeps() {
            return Ok(removed);
        }
        loop {
            let batch = self.write("delete_expired", |store| {
                store.delete_expired(deadline, BATCH)
            });
            let batch = batch.await?;
            removed += batch;
            if batch > 0 {
                self.tell(&Event::Swept { sessions: batch });
            }
            if batch < u64::from(BATCH) {
                return Ok(removed);
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Compares the clock with the time that really passed.
///
/// A clock that jumped forward is believed only after it went on evenly for [`RETENTION`]: then it
/// was a machine that slept, not a clock that was wrong for a while.
struct ClockWatch {
    trusted: Sighting,
    suspect: Option<Sighting>,
}

#[derive(Clone, Copy)]
struct Sighting {
    clock: Timestamp,
    at: Instant,
}

impl Sighting {
    fn explains(&self, clock: Timestamp, at: Instant) -> bool {
        clock <= self.clock.plus(at - self.at).plus(TOLERANCE)
    }
}

impl ClockWatch {
    fn new(clock: Timestamp, at: Instant) -> Self {
        Self {
            trusted: Sighting { clock, at },
            suspect: None,
        }
    }

    fn trusts(&mut self, clock: Timestamp, at: Instant) -> bool {
        let proven = self
            .suspect
            .filter(|suspect| suspect.explains(clock, at))
            .is_some_and(|suspect| at - suspect.at >= RETENTION);
        let trusted = proven || self.trusted.explains(clock, at);
        if trusted {
            *self = Self::new(clock, at);
        } else if !self
            .suspect
            .is_some_and(|suspect| suspect.explains(clock, at))
        {
            self.suspect = Some(Sighting { clock, at });
        }
        trusted
    }
}

/// Keeps a sweeper going; see [`Auth::sweep_every`]. Dropping it stops the sweeper.
#[derive(Debug)]
#[must_use = "the sweeper stops when its handle is dropped"]
pub struct SweepHandle {
    task: tokio::task::AbortHandle,
}

impl Drop for SweepHandle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn h_03_a_clock_that_jumped_forward_is_not_trusted_until_it_is_back() {
        let (clock, at) = (Timestamp::from_millis(1_700_000_000_000), Instant::now());
        let mut watch = ClockWatch::new(clock, at);
        assert!(watch.trusts(clock.plus(MINUTE), at + MINUTE));
        assert!(!watch.trusts(clock.plus(400 * DAY), at + 2 * MINUTE));
        assert!(!watch.trusts(clock.plus(401 * DAY), at + 3 * MINUTE));
        assert!(watch.trusts(clock.plus(4 * MINUTE), at + 4 * MINUTE));
        assert!(watch.trusts(clock.minus(DAY), at + 5 * MINUTE));
    }

    #[test]
    fn after_a_machine_slept_sweeping_goes_on_a_day_later() {
        let (clock, at) = (Timestamp::from_millis(1_700_000_000_000), Instant::now());
        let mut watch = ClockWatch::new(clock, at);
        let woken = clock.plus(3 * DAY);
        assert!(!watch.trusts(woken, at));
        assert!(!watch.trusts(woken.plus(DAY / 2), at + DAY / 2));
        assert!(watch.trusts(woken.plus(DAY), at + DAY));
    }
}
