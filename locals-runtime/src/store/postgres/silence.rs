//! [`Silence`]: how long the server has said nothing to what it was asked.

use super::dial::Arrivals;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

#[derive(Debug)]
pub(super) struct Silence {
    start: Instant,
    arrivals: Arc<Arrivals>,
    /// Nanoseconds from the start to the first question after the last arrival.
    asked: AtomicU64,
    /// And to the last answer, where arrivals are not observed.
    answered: AtomicU64,
}

impl Silence {
    pub(super) fn of(arrivals: Arc<Arrivals>) -> Self {
        Self {
            start: Instant::now(),
            arrivals,
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
        }
    }

    /// Whether bytes that come are seen, and not only answers that are waited for.
    pub(super) fn is_observed(&self) -> bool {
        self.arrivals.are_observed()
    }

    pub(super) fn asked(&self) {
        if self.arrived() > self.asked.load(Ordering::Relaxed) {
            let now = self.nanos(Instant::now());
            self.asked.store(now, Ordering::Relaxed);
        }
    }

    pub(super) fn answered(&self) {
        let now = self.nanos(Instant::now());
        self.answered.store(now, Ordering::Relaxed);
    }

    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed) > 0
    }

    pub(super) fn lasts(&self) -> Duration {
        let asked = self.asked.load(Ordering::Relaxed);
        if self.arrived() > asked {
            return Duration::ZERO;
        }
        Duration::from_nanos(self.nanos(Instant::now()).saturating_sub(asked))
    }

    /// At least one, so that before the first question everything is answered.
    fn arrived(&self) -> u64 {
        let arrived = self.nanos(self.arrivals.last());
        arrived.max(self.answered.load(Ordering::Relaxed)).max(1)
    }

    fn nanos(&self, instant: Instant) -> u64 {
        let since = instant.saturating_duration_since(self.start);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}
