//! What several servers agree on in a while.

use std::{
    thread,
    time::{Duration, Instant},
};

/// For everything that takes its time, on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until it is so.
pub(super) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}, but not in time");
        thread::sleep(Duration::from_millis(50));
    }
}
