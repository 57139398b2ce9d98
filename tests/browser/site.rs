//! A site on a free port of 127.0.0.1, and what browsers sent to it.

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::HeaderMap,
    middleware::{self, Next},
    response::{Html, Response},
    routing::get,
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A running site. It ends with the value.
pub(crate) struct Site {
    port: u16,
    exchanges: UnboundedReceiver<Exchange>,
    server: JoinHandle<()>,
}

/// A request that was answered.
#[derive(Debug)]
pub(crate) struct Exchange {
    method: String,
    path: String,
    sent: HeaderMap,
    pub(crate) status: u16,
    answered: HeaderMap,
}

impl Site {
    pub(crate) async fn serve(routes: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (log, exchanges) = unbounded_channel();
        let recorded = routes.layer(middleware::from_fn_with_state(log, record));
        let server = tokio::spawn(async move {
            axum::serve(listener, recorded).await.expect("serving");
        });
        Self {
            port: address.port(),
            exchanges,
            server,
        }
    }

    /// A site of one page, at `/`.
    pub(crate) async fn of_page(html: String) -> Self {
        Self::serve(Router::new().route("/", get(|| async { Html(html) }))).await
    }

    /// The address of a path, under one of the names that lead to this machine.
    pub(crate) fn at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    /// Waits for the next exchange with this method and path, and passes over those before it.
    pub(crate) async fn exchange(&mut self, method: &str, path: &str) -> Exchange {
        let next = async {
            loop {
                let exchange = self.exchanges.recv().await.expect("the site is running");
                if exchange.method == method && exchange.path == path {
                    return exchange;
                }
            }
        };
        let answered = timeout(PATIENCE, next).await;
        answered.unwrap_or_else(|_| panic!("no {method} {path} was answered"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Exchange {
    /// A header of the request.
    pub(crate) fn sent(&self, name: &str) -> Option<&str> {
        text(&self.sent, name)
    }

    /// The value of a cookie of the request.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.sent("cookie")?
            .split("; ")
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// A header of the response.
    pub(crate) fn answered(&self, name: &str) -> Option<&str> {
        text(&self.answered, name)
    }

    /// The `Set-Cookie` line of the response.
    pub(crate) fn set_cookie(&self) -> Option<&str> {
        self.answered("set-cookie")
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?;
    Some(value.to_str().expect("the headers of these tests are text"))
}

async fn record(
    State(log): State<UnboundedSender<Exchange>>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let sent = request.headers().clone();
    let response = next.run(request).await;
    // The test may be over, and nobody listening.
    let _ = log.send(Exchange {
        method,
        path,
        sent,
        status: response.status().as_u16(),
        answered: response.headers().clone(),
    });
    response
}
