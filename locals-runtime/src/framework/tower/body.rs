//! [`GateBody`]: the body of a response that comes through a gate.

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
#[cfg(feature = "axum-core")]
use std::any::{Any, TypeId};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

pin_project! {
    /// The body of a response of a service behind [`RequireSession`](crate::RequireSession) or
    /// [`CheckOrigin`](crate::CheckOrigin): the service's own, whatever it is, or that of a refusal, which is
    /// empty unless the service's are of axum's type.
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

#[cfg(feature = "axum-core")]
impl<B: 'static> GateBody<B> {
    /// Whether the service's bodies are of this type.
    pub(super) fn is_around<A: 'static>() -> bool {
        TypeId::of::<A>() == TypeId::of::<B>()
    }

    /// A body of the service's type, if it is; else empty.
    pub(super) fn of_type<A: 'static>(body: A) -> Self {
        let mut body = Some(body);
        let body: &mut dyn Any = &mut body;
        Self {
            inner: body.downcast_mut::<Option<B>>().and_then(Option::take),
        }
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
