//! A server of hyper alone, and this library in it.

use super::page;
use crate::{WORKERS, process::announce};
use http::{Request, Response};
use http_body_util::Full;
use hyper::{
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use locals::{Auth, with_locals};
use locals_bench::application::Account;
use std::{net::Ipv4Addr, pin::Pin};
use tokio::{net::TcpListener, runtime::Builder};

type Reply = Response<Full<Bytes>>;
type Replied = Result<Reply, locals::Error>;

pub fn serve<A, F>(app: impl Future<Output = A>)
where
    A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Replied> + Send + 'static,
{
    let runtime = Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .expect("threads");
    runtime.block_on(async {
        let app = app.await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        accept(listener.expect("a free port"), app).await;
    });
}

async fn accept<A, F>(listener: TcpListener, app: A)
where
    A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Replied> + Send + 'static,
{
    announce(listener.local_addr().expect("it is bound"));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let connection = http.serve_connection(TokioIo::new(stream), service_fn(app.clone()));
        tokio::spawn(async {
            // It ends when the driver has enough of it.
            let _ = connection.await;
        });
    }
}

pub async fn bare(_: Request<Incoming>) -> Replied {
    Ok(Reply::new(Full::from(page())))
}

/// What answers a request, by its path.
pub fn ours(
    auth: Auth<Account>,
) -> impl Fn(Request<Incoming>) -> Pin<Box<dyn Future<Output = Replied> + Send>> + Clone + Send {
    move |request| {
        let auth = auth.clone();
        Box::pin(async move {
            match signing_in(request.uri().path()) {
                Some(user) => sign_in(request, &auth, user).await,
                None => Ok(account(request, &auth).await),
            }
        })
    }
}

/// The user of `/login/{user}`.
fn signing_in(path: &str) -> Option<i64> {
    path.strip_prefix("/login/")?.parse().ok()
}

#[with_locals(http, auth = auth, user = Account, required)]
async fn account(_: Request<Incoming>, auth: &Auth<Account>) -> Reply {
    let (_, account) = locals.get_session_user();
    Reply::new(Full::from(account.email.clone()))
}

#[with_locals(http, auth = auth, user = Account)]
async fn sign_in(_: Request<Incoming>, auth: &Auth<Account>, user: i64) -> Replied {
    locals.sign_in(user).await?;
    Ok(Reply::default())
}
