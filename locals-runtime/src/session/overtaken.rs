//! [`Overtaken`]: whether somebody had the last word on a session while its renewal was under way.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

#[derive(Clone, Debug, Default)]
pub(crate) struct Overtaken(Arc<AtomicBool>);

impl Overtaken {
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether anybody but who asks still has it.
    pub(crate) fn is_followed(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}
