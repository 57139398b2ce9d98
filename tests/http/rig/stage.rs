//! What a test and the handlers of its site watch of each other.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{Barrier, Notify};

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

    /// The extractor `Counted` ran.
    pub(crate) fn extract(&self) {
        self.extracted.fetch_add(1, Ordering::SeqCst);
    }

    /// How often the extractor `Counted` ran.
    pub(crate) fn extracted(&self) -> usize {
        self.extracted.load(Ordering::SeqCst)
    }
}

/// Tells the stage when it is dropped, with the future of the handler that holds it.
pub(crate) struct OnDrop(pub(crate) Arc<Stage>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.dropped.notify_one();
    }
}
