//! Where a handler of plain `http` may stand: in an impl, in a trait, in a tower service, behind
//! axum's router.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use locals::{Auth, CheckOrigin, RequireSession, with_locals};
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt, service_fn};

use super::{Failed, Request, Response, enter, ok};
use crate::{
    exits::carries_the_cookie_from,
    framework::{AbortOnDrop, on_hyper::serve},
    rig::{ADA, Account, Site, on_every_store},
};

struct Desk {
    auth: Auth<Account>,
    name: &'static str,
}

impl Desk {
    fn of(site: &Site) -> Arc<Self> {
        Arc::new(Self {
            auth: site.auth.clone(),
            name: "the desk",
        })
    }

    #[with_locals(http, auth = self.auth, user = Account)]
    async fn by_reference(&self, _request: Request) -> Result<Response, Failed> {
        enter(locals).await?;
        Ok(ok(self.name))
    }

    #[with_locals(http, auth = &self.auth, user = Account)]
    async fn of_an_arc(self: Arc<Self>, _request: Request) -> Result<Response, Failed> {
        enter(locals).await?;
        Ok(ok(self.name))
    }
}

trait Answers {
    fn answer(&self, request: Request)
    -> impl Future<Output = Result<Response, Infallible>> + Send;
}

impl Answers for Desk {
    #[with_locals(http, auth = self.auth, user = Account)]
    async fn answer(&self, request: Request) -> Result<Response, Infallible> {
        if enter(locals).await.is_err() {
            return Ok(ok("not made"));
        }
        Ok(ok(format!("{} at {}", self.name, request.uri().path())))
    }
}

on_every_store! {
    on Hyper;

    async fn p_03_a_plain_method_by_reference_flushes(site: Site) {
        let desk = Desk::of(&site);
        let server = serve(move |request| {
            let desk = Arc::clone(&desk);
            async move { desk.by_reference(request).await }
        });
        let server = server.await;
        let reply = carries_the_cookie_from(&site, server.address, "/", 200).await;
        assert_eq!(reply.text(), "the desk");
    }

    async fn p_03_a_plain_method_of_an_arc_flushes(site: Site) {
        let desk = Desk::of(&site);
        let server = serve(move |request| Arc::clone(&desk).of_an_arc(request)).await;
        let reply = carries_the_cookie_from(&site, server.address, "/", 200).await;
        assert_eq!(reply.text(), "the desk");
    }

    async fn p_03_a_plain_method_of_a_trait_flushes(site: Site) {
        let desk = Desk::of(&site);
        let server = serve(move |request| {
            let desk = Arc::clone(&desk);
            async move { desk.answer(request).await }
        });
        let server = server.await;
        let reply = carries_the_cookie_from(&site, server.address, "/front", 200).await;
        assert_eq!(reply.text(), "the desk at /front");
    }

    async fn p_03_a_plain_handler_is_a_tower_service(site: Site) {
        let desk = Desk::of(&site);
        let service = service_fn(move |request| Arc::clone(&desk).of_an_arc(request));
        let server = serve(move |request| service.clone().oneshot(request)).await;
        let reply = carries_the_cookie_from(&site, server.address, "/", 200).await;
        assert_eq!(reply.text(), "the desk");
    }
}

async fn at_the(desk: &'static Desk, request: Request) -> Result<Response, Infallible> {
    desk.answer(request).await
}

on_every_store! {
    on Hyper;

    /// Behind gates, and with what lives as long as the program: hyper spawns it none the less.
    async fn a_service_behind_a_gate_may_hold_static_references(site: Site) {
        let desk: &'static Desk = Box::leak(Box::new(Desk {
            auth: site.auth.clone(),
            name: "the desk",
        }));
        let service = RequireSession::new(site.auth.clone())
            .layer(service_fn(move |request| at_the(desk, request)));
        let service = CheckOrigin::new(site.auth.clone()).layer(service);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(service.clone());
                tokio::spawn(async move {
                    let http = http1::Builder::new();
                    http.serve_connection(TokioIo::new(stream), service).await
                });
            }
        });
        let _serving = AbortOnDrop(serving);
        assert_eq!(site.get("/").send_by(address).await.status, 401);
        let token = site.log_in(ADA).await;
        let reply = site.get("/front").session(&token).send_by(address).await;
        assert_eq!((reply.status, reply.text()), (200, "the desk at /front"));
    }
}

/// A service that counts how often it was asked to make itself ready: to take a place in its queue.
#[derive(Clone, Default)]
struct Queue(Arc<AtomicUsize>);

impl Service<http::Request<()>> for Queue {
    type Response = http::Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<()>) -> Self::Future {
        ready(Ok(http::Response::new("served".to_owned())))
    }
}

on_every_store! {
    on Hyper;

    async fn i_10_a_refused_request_takes_no_place_in_the_queue_of_a_service(site: Site) {
        let queue = Queue::default();
        let service = RequireSession::new(site.auth.clone()).layer(queue.clone());
        let service = CheckOrigin::new(site.auth.clone()).layer(service);
        let session = site.auth.create_session(ADA).await.expect("a healthy store");
        let cookie = format!("{}={}", site.cookie_name, session.token().expose());
        for (cookie, status, asked) in [(None, 401, 0), (Some(cookie), 200, 1)] {
            let mut request = http::Request::get("/").body(()).expect("a request");
            if let Some(cookie) = cookie {
                let cookie = cookie.try_into().expect("a header");
                request.headers_mut().insert(http::header::COOKIE, cookie);
            }
            let Ok(response) = service.clone().oneshot(request).await;
            assert_eq!(response.status(), status);
            assert_eq!(queue.0.load(Ordering::SeqCst), asked, "{status}");
        }
    }
}

#[cfg(feature = "axum")]
mod behind_axum {
    use axum::{Router, body::Body, routing::get};

    use super::*;
    use crate::exits;

    #[with_locals(http, auth = auth, user = Account)]
    async fn fallback(
        request: http::Request<Body>,
        auth: Auth<Account>,
    ) -> Result<http::Response<Body>, Infallible> {
        if exits::enter(locals).await.is_err() {
            return Ok(http::Response::default());
        }
        let path = request.uri().path();
        Ok(http::Response::new(Body::from(format!(
            "nothing at {path}"
        ))))
    }

    on_every_store! {
        on Hyper;

        async fn p_03_a_plain_handler_is_the_fallback_of_a_router(site: Site) {
            let auth = site.auth.clone();
            let fallback = service_fn(move |request| fallback(request, auth.clone()));
            let router = Router::new()
                .route("/there", get(async || "there"))
                .fallback_service(fallback);
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("it is bound");
            let serving = async { axum::serve(listener, router).await.expect("serving") };
            let _running = AbortOnDrop(tokio::spawn(serving));
            assert_eq!(site.get("/there").send_by(address).await.text(), "there");
            let reply = carries_the_cookie_from(&site, address, "/not/there", 200).await;
            assert_eq!(reply.text(), "nothing at /not/there");
        }
    }
}
