//! tower: [`RequireSession`] and [`CheckOrigin`] as layers, for axum and any service of plain `http`.

use super::http::{Head, refuse, reports_outage};
use crate::{
    guard::Guard,
    handler::OriginPolicy,
    layer::{CheckOrigin, RequireSession, gate::Gate},
};
use http::{Request, Response};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
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

type SendFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<S, P, B, B2> Service<Request<B>> for Gated<S, P>
where
    S: Service<Request<B>, Response = Response<B2>> + Clone + Send + 'static,
    S::Future: Send,
    P: Gate,
    B: Send + 'static,
    B2: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = SendFuture<Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let gate = self.gate.clone();
        // The service that said it is ready is the one to call.
        let unready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, unready);
        Box::pin(async move {
            let (passage, admitted) = gate.open(&Head::of(&request)).await;
            let mut response = match admitted {
                Ok(()) => {
                    if let Some(session) = passage.session() {
                        request.extensions_mut().insert(session.clone());
                    }
                    inner.call(request).await?
                }
                Err(rejected) => refuse(rejected),
            };
            passage.close(reports_outage(&response), response.headers_mut());
            Ok(response)
        })
    }
}
