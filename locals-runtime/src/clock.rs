//! Time: the clock an [`Auth`](crate::Auth) reads, and the instant every store keeps.

use std::time::{Duration, SystemTime};

/// Tells the time of day.
///
/// The default is [`SystemClock`]; tests set another with
/// [`AuthBuilder::clock`](crate::AuthBuilder::clock).
///
/// A clock may jump, backwards too: that ends no session, and the deadlines in the store only ever
/// move forward, up to the absolute one.
pub trait Clock: Send + Sync + 'static {
    /// The present time.
    fn now(&self) -> SystemTime;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// An instant as the stores keep it: whole milliseconds since 1970-01-01 00:00 UTC.
///
/// All arithmetic saturates.
///
/// ```
/// use locals::store::Timestamp;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let noon = Timestamp::from(UNIX_EPOCH + Duration::from_secs(43_200));
/// assert_eq!(noon.as_millis(), 43_200_000);
/// assert_eq!(noon.plus(Duration::from_millis(5)).since(noon), Duration::from_millis(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after (or, if negative, before) 1970-01-01 00:00 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(saturating_millis(duration)))
    }

    /// The instant `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(saturating_millis(duration)))
    }

    /// How long after `earlier` this instant is; zero if it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self(saturating_millis(after)),
            Err(before) => Self(saturating_millis(before.duration()).saturating_neg()),
        }
    }
}

impl From<Timestamp> for SystemTime {
    /// An instant that the platform's `SystemTime` cannot hold becomes the epoch.
    fn from(timestamp: Timestamp) -> Self {
        let distance = Duration::from_millis(timestamp.0.unsigned_abs());
        let time = if timestamp.0 < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        };
        time.unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

fn saturating_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_01_arithmetic_saturates_at_both_ends_of_time() {
        let (first, last) = (
            Timestamp::from_millis(i64::MIN),
            Timestamp::from_millis(i64::MAX),
        );
        assert_eq!(last.plus(Duration::MAX), last);
        assert_eq!(first.minus(Duration::MAX), first);
        assert_eq!(first.since(last), Duration::ZERO);
        assert_eq!(last.since(first), Duration::from_millis(i64::MAX as u64));
        for extreme in [first, last, Timestamp::from_millis(0)] {
            let _ = SystemTime::from(extreme);
        }
    }

    #[test]
    fn an_instant_before_the_epoch_survives_the_round_trip() {
        let before = Timestamp::from_millis(-1_500);
        assert_eq!(Timestamp::from(SystemTime::from(before)), before);
    }
}
