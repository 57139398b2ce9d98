//! [`StoreFuture`]: the answer of a store, at once or later.

use crate::error::StoreError;
use std::{
    fmt,
    future::{Future, poll_fn},
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

    /// Both answers, waited for at the same time, or whichever error comes first.
    pub(crate) fn beside<V: Send + 'a>(self, other: StoreFuture<'a, V>) -> StoreFuture<'a, (T, V)>
    where
        T: Send + 'a,
    {
        match (self.at_once(), other.at_once()) {
            (Ok(one), Ok(other)) => StoreFuture::ready(one.and_then(|one| Ok((one, other?)))),
            (one, other) => {
                let one = one.map_or_else(|later| later, StoreFuture::ready);
                let other = other.map_or_else(|later| later, StoreFuture::ready);
                StoreFuture::later(both(one, other))
            }
        }
    }

    /// The answer takes waiting.
    pub fn later(answer: impl Future<Output = Result<T, StoreError>> + Send + 'a) -> Self {
        Self(State::Later(Box::pin(answer)))
    }
}

async fn both<T: Send, V: Send>(
    mut one: StoreFuture<'_, T>,
    mut other: StoreFuture<'_, V>,
) -> Result<(T, V), StoreError> {
    let (mut first, mut second) = (None, None);
    poll_fn(|context| -> Poll<Result<(T, V), StoreError>> {
        if first.is_none()
            && let Poll::Ready(answer) = Pin::new(&mut one).poll(context)?
        {
            first = Some(answer);
        }
        if second.is_none()
            && let Poll::Ready(answer) = Pin::new(&mut other).poll(context)?
        {
            second = Some(answer);
        }
        if first.is_none() || second.is_none() {
            return Poll::Pending;
        }
        let both = first.take().zip(second.take());
        Poll::Ready(Ok(both.expect("both are there")))
    })
    .await
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
