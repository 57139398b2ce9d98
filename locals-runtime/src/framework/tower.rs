//! tower: [`LoadSession`], [`RequireSession`] and [`CheckOrigin`] as layers, for axum and any service of plain `http`.

mod body;

pub use body::GateBody;

#[cfg(feature = "axum-core")]
use super::axum::with_text;
use super::http::{Head, hand_on, marks, respond};
use crate::{
    guard::Guard,
    layer::{
        CheckOrigin, LoadSession, RequireSession,
        gate::{Gate, GateLocals},
    },
    locals::Locals,
    origin::OriginPolicy,
    refusal::{PendingRefusal, PlainResponse},
};
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tower_layer::Layer;
use tower_service::Service;

/// A service behind [`LoadSession`], [`RequireSession`] or [`CheckOrigin`].
#[derive(Clone, Debug)]
pub struct Gated<S, P> {
    inner: S,
    gate: P,
}

/// Every gate is a layer in the same way.
macro_rules! layers {
    ($($gate:ty [$($parameter:ident $(: $bound:path)?),*];)*) => {$(
        impl<S, $($parameter),*> Layer<S> for $gate
        where
            U: Send + Sync + 'static,
            $($($parameter: $bound,)?)*
        {
            type Service = Gated<S, Self>;

            fn layer(&self, inner: S) -> Gated<S, Self> {
                Gated {
                    inner,
                    gate: self.clone(),
                }
            }
        }
    )*};
}

layers! {
    LoadSession<U, C> [U, C: OriginPolicy];
    RequireSession<U, G, C> [U, G: Guard<U>, C: OriginPolicy];
    CheckOrigin<U> [U];
}

impl<S, P, B, B2> Service<Request<B>> for Gated<S, P>
where
    S: Service<Request<B>, Response = Response<B2>> + Clone,
    P: Gate,
    B: Send + 'static,
    B2: 'static,
{
    type Response = Response<GateBody<B2>>;
    type Error = S::Error;
    type Future = GatedFuture<S, P, B, B2>;

    /// Always: the service behind is made ready for those requests only that get there, so that no
    /// stranger takes a place in its queue.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        GatedFuture::Opening {
            opening: Box::pin(open(self.gate.clone(), request)),
            inner: Some(self.inner.clone()),
        }
    }
}

/// The request on its way in, with the session that the gate found.
async fn open<P: Gate, B>(gate: P, mut request: Request<B>) -> Opened<P, B> {
    let head = Head::of(&request);
    let outer = head.extension().cloned();
    let (locals, admitted) = gate.open(&head, outer).await;
    hand_on(&locals, request.extensions_mut());
    (locals, admitted.map(|()| request))
}

type Opened<P, B> = (GateLocals<P>, Result<Request<B>, PendingRefusal>);

// A type with a name, and no box around the service's future: so that a service may hold references
// that live as long as the program, and need not be `'static` to the compiler.
pin_project! {
    /// The response of a service behind [`RequireSession`] or [`CheckOrigin`].
    #[project = Progress]
    pub enum GatedFuture<S, P, B, B2>
    where
        S: Service<Request<B>>,
        P: Gate,
    {
        Opening {
            opening: Pin<Box<dyn Future<Output = Opened<P, B>> + Send>>,
            inner: Option<S>,
        },
        Readying {
            inner: S,
            admitted: Option<(GateLocals<P>, Request<B>)>,
        },
        Running {
            #[pin]
            running: S::Future,
            locals: Option<GateLocals<P>>,
        },
        Settling {
            settling: Pin<Box<dyn Future<Output = GateLocals<P>> + Send>>,
            response: Option<Response<GateBody<B2>>>,
        },
    }
}

impl<S, P, B, B2> Future for GatedFuture<S, P, B, B2>
where
    S: Service<Request<B>, Response = Response<B2>>,
    P: Gate,
    B2: 'static,
{
    type Output = Result<Response<GateBody<B2>>, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let (locals, response) = match self.as_mut().project() {
                Progress::Opening { opening, inner } => match ready!(opening.as_mut().poll(cx)) {
                    (locals, Ok(request)) => {
                        let inner = inner.take().expect(POLLED_ONCE);
                        let admitted = Some((locals, request));
                        self.set(Self::Readying { inner, admitted });
                        continue;
                    }
                    (locals, Err(refusal)) => (locals, refused(refusal.response())),
                },
                Progress::Readying { inner, admitted } => {
                    ready!(inner.poll_ready(cx))?;
                    let (locals, request) = admitted.take().expect(POLLED_ONCE);
                    let running = inner.call(request);
                    let locals = Some(locals);
                    self.set(Self::Running { running, locals });
                    continue;
                }
                Progress::Running { running, locals } => {
                    let response = ready!(running.poll(cx))?.map(GateBody::of);
                    (locals.take().expect(POLLED_ONCE), response)
                }
                Progress::Settling { settling, response } => {
                    let locals = ready!(settling.as_mut().poll(cx));
                    let response = response.take().expect(POLLED_ONCE);
                    return Poll::Ready(Ok(closed(response, &locals)));
                }
            };
            if locals.renewal_to_send().is_none() {
                return Poll::Ready(Ok(closed(response, &locals)));
            }
            self.set(Self::Settling {
                settling: Box::pin(settled(locals)),
                response: Some(response),
            });
        }
    }
}

/// With its body where the service's are axum's: of another type nobody knows how to make one.
fn refused<B: 'static>(plain: PlainResponse) -> Response<GateBody<B>> {
    #[cfg(feature = "axum-core")]
    if GateBody::<B>::is_around::<axum_core::body::Body>() {
        return with_text(plain).map(GateBody::of_type);
    }
    respond(&plain, GateBody::default())
}

const POLLED_ONCE: &str = "a future is not polled after its end";

async fn settled<U: Send + Sync + 'static, M>(locals: Locals<U, M>) -> Locals<U, M> {
    locals.settle().await;
    locals
}

fn closed<B, U, M>(mut response: Response<B>, locals: &Locals<U, M>) -> Response<B> {
    let cookie_name = &locals.auth().config().cookie.name;
    let marks = marks(&mut response);
    let headers = locals.close();
    headers.write_around(cookie_name, marks, response.headers_mut());
    response
}
