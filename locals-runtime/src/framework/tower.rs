//! tower: [`RequireSession`] and [`CheckOrigin`] as layers, for axum and any service of plain `http`.

use super::http::{Head, refuse, reports_outage};
use crate::{
    guard::Guard,
    handler::{OriginPolicy, Rejected},
    layer::{
        CheckOrigin, RequireSession,
        gate::{Gate, Passage},
    },
};
use http::{Request, Response};
use pin_project_lite::pin_project;
use std::{
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tower_layer::Layer;
use tower_service::Service;

/// A service behind [`RequireSession`] or [`CheckOrigin`].
#[derive(Clone, Debug)]
pub struct Gated<S, P> {
    inner: S,
    gate: P,
}

impl<S, U, G, C> Layer<S> for RequireSession<U, G, C>
where
    U: Send + Sync + 'static,
    G: Guard<U>,
    C: OriginPolicy,
{
    type Service = Gated<S, Self>;

    fn layer(&self, inner: S) -> Gated<S, Self> {
        Gated {
            inner,
            gate: self.clone(),
        }
    }
}

impl<S, U: Send + Sync + 'static> Layer<S> for CheckOrigin<U> {
    type Service = Gated<S, Self>;

    fn layer(&self, inner: S) -> Gated<S, Self> {
        Gated {
            inner,
            gate: self.clone(),
        }
    }
}

impl<S, P, B, B2> Service<Request<B>> for Gated<S, P>
where
    S: Service<Request<B>, Response = Response<B2>> + Clone,
    P: Gate,
    B: Send + 'static,
    B2: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = GatedFuture<S, P, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that said it is ready is the one to call.
        let unready = self.inner.clone();
        let inner = mem::replace(&mut self.inner, unready);
        GatedFuture::Opening {
            opening: Box::pin(open(self.gate.clone(), request)),
            inner,
        }
    }
}

/// The request on its way in, with the session that the gate found.
async fn open<P: Gate, B>(gate: P, mut request: Request<B>) -> Opened<P, B> {
    let (passage, admitted) = gate.open(&Head::of(&request)).await;
    if let Some(session) = passage.session() {
        request.extensions_mut().insert(session.clone());
    }
    (passage, admitted.map(|()| request))
}

type Opened<P, B> = (Passage<P>, Result<Request<B>, Rejected>);

// A type with a name, and no box around the service's future: so that a service may hold references
// that live as long as the program, and need not be `'static` to the compiler.
pin_project! {
    /// The response of a service behind [`RequireSession`] or [`CheckOrigin`].
    #[project = Progress]
    pub enum GatedFuture<S, P, B>
    where
        S: Service<Request<B>>,
        P: Gate,
    {
        Opening {
            opening: Pin<Box<dyn Future<Output = Opened<P, B>> + Send>>,
            inner: S,
        },
        Running {
            #[pin]
            running: S::Future,
            passage: Option<Passage<P>>,
        },
    }
}

impl<S, P, B, B2> Future for GatedFuture<S, P, B>
where
    S: Service<Request<B>, Response = Response<B2>>,
    P: Gate,
    B2: Default,
{
    type Output = Result<Response<B2>, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let (passage, response) = match self.as_mut().project() {
                Progress::Opening { opening, inner } => match ready!(opening.as_mut().poll(cx)) {
                    (passage, Ok(request)) => {
                        let running = inner.call(request);
                        let passage = Some(passage);
                        self.set(Self::Running { running, passage });
                        continue;
                    }
                    (passage, Err(rejected)) => (Some(passage), refuse(rejected)),
                },
                Progress::Running { running, passage } => {
                    let response = ready!(running.poll(cx))?;
                    (passage.take(), response)
                }
            };
            return Poll::Ready(Ok(closed(response, passage)));
        }
    }
}

fn closed<B, P: Gate>(mut response: Response<B>, passage: Option<Passage<P>>) -> Response<B> {
    if let Some(passage) = passage {
        passage
            .leave()
            .write(reports_outage(&response), response.headers_mut());
    }
    response
}
