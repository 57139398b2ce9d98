//! When an attempt to connect has to be over.

#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::time::Duration;
use tokio::time::Instant;

/// An instant further off may be none.
#[cfg(any(feature = "postgres", feature = "mysql"))]
const LONGEST_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// Of what begins now.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn deadline_after(timeout: Duration) -> Instant {
    Instant::now() + timeout.min(LONGEST_TIMEOUT)
}

/// When the first of `count` attempts has to be over: one that gets no answer leaves time to the others.
pub(crate) fn share(deadline: Instant, count: usize) -> Instant {
    let now = Instant::now();
    let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    now + deadline.saturating_duration_since(now) / count
}
