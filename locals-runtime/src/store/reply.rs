//! [`StoreFuture`]: the answer of a store, at once or later.

use crate::error::StoreError;
use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// The answer of a store: either there already, without an allocation, or a boxed future.
///
/// ```
/// use locals::{StoreError, store::StoreFuture};
///
/// fn in_memory<'a>() -> StoreFuture<'a, bool> {
///     StoreFuture::ready(Ok(true))
/// }
///
/// fn over_the_network<'a>() -> StoreFuture<'a, bool> {
///     StoreFuture::later(async { Err(StoreError::Timeout) })
/// }
/// ```
#[must_use = "the store's answer is known only when this is awaited"]
pub struct StoreFuture<'a, T>(Reply<'a, T>);

enum Reply<'a, T> {
    Ready(Option<Result<T, StoreError>>),
    Later(Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>),
}

impl<'a, T> StoreFuture<'a, T> {
    /// The answer is known.
    pub fn ready(answer: Result<T, StoreError>) -> Self {
        Self(Reply::Ready(Some(answer)))
    }

    /// The answer takes waiting.
    pub fn later(answer: impl Future<Output = Result<T, StoreError>> + Send + 'a) -> Self {
        Self(Reply::Later(Box::pin(answer)))
    }
}

// Nothing in it is pinned in place: the boxed future is pinned by its box.
impl<T> Unpin for StoreFuture<'_, T> {}

impl<T> Future for StoreFuture<'_, T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            Reply::Ready(answer) => Poll::Ready(answer.take().expect("polled after completion")),
            Reply::Later(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for StoreFuture<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Reply::Ready(_) => "StoreFuture::Ready",
            Reply::Later(_) => "StoreFuture::Later",
        })
    }
}
