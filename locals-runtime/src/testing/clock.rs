//! A clock that stands until it is moved.

use crate::clock::{Clock, Timestamp};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

/// A clock that stands still until a test moves it. Clones show the same time.
///
/// ```
/// use locals::testing::TestClock;
/// use std::time::Duration;
///
/// let clock = TestClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), before + Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicI64>);

/// 2030-01-01 00:00 UTC.
const START: i64 = 1_893_456_000_000;

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl TestClock {
    /// A clock at 2030-01-01 00:00 UTC.
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    /// What it shows, to the millisecond.
    pub fn now(&self) -> SystemTime {
        self.timestamp().into()
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        self.show(self.timestamp().plus(by));
    }

    /// Moves it back.
    pub fn rewind(&self, by: Duration) {
        self.show(self.timestamp().minus(by));
    }

    /// Makes it show this time.
    pub fn set(&self, time: SystemTime) {
        self.show(time.into());
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn show(&self, time: Timestamp) {
        self.0.store(time.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        Self::now(self)
    }
}
