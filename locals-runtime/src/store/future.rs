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
pub struct StoreFuture<'a, T>(State<'a, T>);

enum State<'a, T> {
    Ready(Option<Result<T, StoreError>>),
    Later(Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>),
}

impl<'a, T> StoreFuture<'a, T> {
    /// The answer is known.
    pub fn ready(answer: Result<T, StoreError>) -> Self {
        Self(State::Ready(Some(answer)))
    }

    /// The answer, if it is there already; else what it is waited for with.
    pub(crate) fn at_once(self) -> Result<Result<T, StoreError>, Self> {
        match self.0 {
            State::Ready(answer) => Ok(taken(answer)),
            State::Later(_) => Err(self),
        }
    }

    /// What this answer becomes by `next`, which runs where the answer is waited for.
    pub(crate) fn and_then<V: Send + 'a>(
        self,
        next: impl FnOnce(T) -> Result<V, StoreError> + Send + 'a,
    ) -> StoreFuture<'a, V>
    where
        T: Send + 'a,
    {
        match self.0 {
            State::Ready(answer) => StoreFuture::ready(taken(answer).and_then(next)),
            State::Later(answer) => StoreFuture::later(async move { next(answer.await?) }),
        }
    }

    /// The answer takes waiting.
    pub fn later(answer: impl Future<Output = Result<T, StoreError>> + Send + 'a) -> Self {
        Self(State::Later(Box::pin(answer)))
    }
}

fn taken<T>(answer: Option<Result<T, StoreError>>) -> Result<T, StoreError> {
    answer.expect("an answer is given once")
}

// Nothing in it is pinned in place: the boxed future is pinned by its box.
impl<T> Unpin for StoreFuture<'_, T> {}

impl<T> Future for StoreFuture<'_, T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            State::Ready(answer) => Poll::Ready(taken(answer.take())),
            State::Later(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for StoreFuture<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Ready(_) => "StoreFuture::Ready",
            State::Later(_) => "StoreFuture::Later",
        })
    }
}
