//! [`Pulse`]: how long the server has said nothing to what it was asked.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Of one connection, whose socket notes what is sent and what arrives: who stopped waiting before a question was sent
/// has asked nothing. Where the socket is not ours to see, whoever asks and is answered notes it.
#[derive(Debug)]
pub(crate) struct Pulse {
    start: Instant,
    /// Microseconds from the start to the first question after the last arrival.
    asked: AtomicU64,
    /// And to the last arrival.
    arrived: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            asked: AtomicU64::new(0),
            arrived: AtomicU64::new(1),
        }
    }
}

impl Pulse {
    pub(crate) fn asked(&self) {
        let arrived = self.arrived.load(Ordering::Relaxed);
        if arrived > self.asked.load(Ordering::Relaxed) {
            self.asked.store(self.now().max(arrived), Ordering::Relaxed);
        }
    }

    pub(crate) fn arrived(&self) {
        // After a question of the same moment.
        self.arrived.store(self.now() + 1, Ordering::Relaxed);
    }

    /// Zero while something comes, or nothing was asked.
    pub(crate) fn silence(&self) -> Duration {
        let asked = self.asked.load(Ordering::Relaxed);
        if self.arrived.load(Ordering::Relaxed) > asked {
            return Duration::ZERO;
        }
        Duration::from_micros(self.now().saturating_sub(asked))
    }

    fn now(&self) -> u64 {
        let now = u64::try_from(self.start.elapsed().as_micros());
        now.unwrap_or(u64::MAX - 1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_was_asked_is_silent() {
        let pulse = Pulse::default();
        let moment = Duration::from_millis(2);
        std::thread::sleep(moment);
        assert_eq!(pulse.silence(), Duration::ZERO);
        pulse.asked();
        std::thread::sleep(moment);
        pulse.asked();
        assert!(pulse.silence() >= moment, "since the first question");
        pulse.arrived();
        assert_eq!(pulse.silence(), Duration::ZERO);
        pulse.asked();
        std::thread::sleep(moment);
        assert!(
            pulse.silence() >= moment,
            "of what was asked in the same moment"
        );
    }
}
