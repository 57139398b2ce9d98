//! Polling by hand.

use super::super::verb::{Answer, Asked};
use crate::error::StoreError;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::{Duration, Instant},
};

/// How long anything may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl Woken {
    async fn wait(&self) {
        let begun = Instant::now();
        tokio::task::yield_now().await;
        while !self.0.load(Ordering::Acquire) {
            assert!(begun.elapsed() < PATIENCE, "nobody wakes the one who waits");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Polls so many times, again only when woken, and if `lingers` waits for the next waking too; the answer,
/// if it came.
pub(super) async fn polled(
    asked: &mut Asked<'_>,
    polls: usize,
    lingers: bool,
) -> Option<Result<Answer, StoreError>> {
    for poll in 1..=polls {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let answer = asked.as_mut().poll(&mut Context::from_waker(&waker));
        if let Poll::Ready(answer) = answer {
            return Some(answer);
        }
        if poll < polls || lingers {
            woken.wait().await;
        }
    }
    None
}
