//! [`Task`]: one that ends with whoever has it.

use std::time::Duration;
use tokio::{
    runtime::Handle,
    task::{AbortHandle, JoinError, JoinHandle},
    time::timeout,
};

pub(crate) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(crate) fn spawn(runtime: &Handle, task: impl Future<Output = T> + Send + 'static) -> Self {
        Self(runtime.spawn(task))
    }

    pub(crate) fn handle(&self) -> AbortHandle {
        self.0.abort_handle()
    }

    /// What came of it, if it ends so soon.
    pub(crate) async fn ended_within(&mut self, time: Duration) -> Option<Result<T, JoinError>> {
        timeout(time, &mut self.0).await.ok()
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
