//! What a test and the handlers of its site watch of each other.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join;
use tokio::{
    sync::{Barrier, Notify},
    time::timeout,
};

use super::{Reply, RequestTo, Site, wire::PATIENCE};

/// Each site has one; handlers get it by the extractor `Shared`.
pub(crate) struct Stage {
    /// A handler has begun.
    pub(crate) begun: Notify,
    /// The future of a handler has been dropped.
    pub(crate) dropped: Notify,
    /// A handler has asked for the session, with the store's answer still to come.
    pub(crate) asked: Notify,
    /// Where two handlers wait for each other.
    pub(crate) both: Barrier,
    extracted: AtomicUsize,
}

impl Stage {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            begun: Notify::new(),
            dropped: Notify::new(),
            asked: Notify::new(),
            both: Barrier::new(2),
            extracted: AtomicUsize::new(0),
        })
    }

    /// Waits for a handler at [`both`](Self::both): one that never comes fails the test.
    async fn meet(&self) {
        let met = timeout(PATIENCE, self.both.wait()).await;
        met.expect("a handler that waits, within ten seconds");
    }

    /// The extractor `Counted` ran.
    pub(crate) fn extract(&self) {
        self.extracted.fetch_add(1, Ordering::SeqCst);
    }

    /// How often the extractor `Counted` ran.
    pub(crate) fn extracted(&self) -> usize {
        self.extracted.load(Ordering::SeqCst)
    }
}

impl Site {
    /// Sends a request whose handler waits twice at [`Stage::both`], and does something between the
    /// two; the answers of both.
    pub(crate) async fn while_waiting<T>(
        &self,
        request: RequestTo<'_>,
        something: impl Future<Output = T>,
    ) -> (Reply, T) {
        let other = async {
            self.stage.meet().await;
            let done = something.await;
            self.stage.meet().await;
            done
        };
        join(request.send(), other).await
    }
}

/// Tells the stage when it is dropped, with the future of the handler that holds it.
pub(crate) struct OnDrop(pub(crate) Arc<Stage>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}
