//! [`Backlog`]: how many reads are queued on one connection.
//!
//! One whose caller is gone is asked all the same, and so stays in the driver's queue, which has no bound of its own.

use crate::error::StoreError;
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// How many may be queued.
const MOST: u64 = 1024;

/// How often one more is asked all the same: whether the others are answered shows where somebody waits.
const PROBE: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Backlog {
    start: Instant,
    asked: AtomicU64,
    /// The last that was answered, and with it those before.
    answered: AtomicU64,
    /// Milliseconds from the start to the last that was one too many.
    probed: AtomicU64,
}

impl Backlog {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            probed: AtomicU64::new(0),
        }
    }

    /// How many were ever asked.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Relaxed)
    }

    /// The number of one that may be asked now.
    pub(super) fn enter(&self) -> Result<u64, StoreError> {
        let queued = self.asked().saturating_sub(self.answered.load(Relaxed));
        if queued >= MOST && !self.is_time_to_probe() {
            let in_flight = usize::try_from(queued).unwrap_or(usize::MAX);
            return Err(StoreError::Overloaded { in_flight });
        }
        Ok(self.asked.fetch_add(1, Relaxed) + 1)
    }

    /// Answers come in the order of the questions.
    pub(super) fn answered(&self, number: u64) {
        self.answered.fetch_max(number, Relaxed);
    }

    fn is_time_to_probe(&self) -> bool {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let (now, last) = (millis(self.start.elapsed()), self.probed.load(Relaxed));
        let is_time = now >= last.saturating_add(millis(PROBE));
        let probed = || self.probed.compare_exchange(last, now, Relaxed, Relaxed);
        is_time && probed().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    #[test]
    fn i_05_reads_that_nobody_answers_are_bounded() {
        let backlog = Backlog::new();
        let full: Vec<u64> = (0..MOST).map_while(|_| backlog.enter().ok()).collect();
        assert_eq!(full.len(), 1024);
        sleep(2 * PROBE);
        let probe = backlog.enter().expect("one, to see whether it is answered");
        let refused = backlog.enter();
        assert!(matches!(
            refused,
            Err(StoreError::Overloaded { in_flight: 1025 })
        ));
        backlog.answered(probe);
        assert_eq!(backlog.enter().ok(), Some(probe + 1));
        // One that was told late is none of the last.
        backlog.answered(1);
        assert!((1..MOST).all(|_| backlog.enter().is_ok()));
        assert_eq!(backlog.asked(), 1024 + 1 + 1024);
    }
}
