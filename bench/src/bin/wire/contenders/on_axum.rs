//! axum's server.

use super::page;
use crate::{WORKERS, process::announce};
use axum::{Router, routing::get};
use std::net::Ipv4Addr;
use tokio::{net::TcpListener, runtime::Builder};

pub fn serve(app: impl Future<Output = Router>) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .expect("threads");
    runtime.block_on(async {
        let app = app.await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        announce(listener.local_addr().expect("it is bound"));
        axum::serve(listener, app)
            .await
            .expect("it serves without end");
    });
}

pub fn bare() -> Router {
    Router::new().route("/", get(|| async { page() }))
}
