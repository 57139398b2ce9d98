//! [`Apart`]: tasks of their own for what changes something, whoever stops waiting for it.

use super::error::Failed;
use crate::{error::StoreError, store::link::runtime_has_ended};
use std::sync::Arc;
use tokio::{runtime::Handle, sync::Semaphore};

/// How many changes may be under way on one server: one that is silent takes no place of another's.
const PLACES: usize = 256;

pub(super) struct Apart {
    places: Arc<Semaphore>,
    runtime: Handle,
}

impl Apart {
    pub(super) fn on(runtime: Handle) -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            runtime,
        }
    }

    /// Once there is a place.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        change: impl Future<Output = Result<T, Failed>> + Send + 'static,
    ) -> Result<T, Failed> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(StoreError::unavailable)?;
        let answer = self.runtime.spawn(async move {
            let _place = place;
            change.await
        });
        answer.await.map_err(|_| runtime_has_ended())?
    }
}
