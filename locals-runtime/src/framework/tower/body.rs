//! [`GateBody`]: the body of a response that comes through a gate.

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::{
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// The body of a response of a service behind [`RequireSession`](crate::RequireSession) or
    /// [`CheckOrigin`](crate::CheckOrigin): the service's own, whatever it is, or that of a refusal, which is
    /// empty.
    #[derive(Clone, Debug)]
    pub struct GateBody<B> {
        #[pin]
        inner: Option<B>,
    }
}

impl<B> GateBody<B> {
    pub(super) fn of(inner: B) -> Self {
        Self { inner: Some(inner) }
    }
}

/// Empty.
impl<B> Default for GateBody<B> {
    fn default() -> Self {
        Self { inner: None }
    }
}

impl<B: Body> Body for GateBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().inner.as_pin_mut() {
            Some(inner) => inner.poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}
