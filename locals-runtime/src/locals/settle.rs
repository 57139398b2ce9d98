//! [`Settle`]: the last look at a renewal before its cookie is sent.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// Ready at once unless this request has renewed its session; boxed, so that no handler's future grows
/// by it.
pub struct Settle<'a>(Option<Pin<Box<dyn Future<Output = ()> + Send + 'a>>>);

impl<'a> Settle<'a> {
    pub(super) fn new(look: Option<impl Future<Output = ()> + Send + 'a>) -> Self {
        Self(look.map(|look| Box::pin(look) as _))
    }
}

impl Future for Settle<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Some(look) => look.as_mut().poll(context),
            None => Poll::Ready(()),
        }
    }
}
