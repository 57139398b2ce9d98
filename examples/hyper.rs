//! A JSON API with accounts on hyper: `cargo run --example hyper --features http`.
//!
//! `PORT` and `DATABASE` change where it is. curl says what browsers do by themselves: with the
//! cookie, `-H 'Sec-Fetch-Site: same-origin'` goes with every method but GET.

#[path = "shared/api.rs"]
mod api;

use std::io::{self, Write};
use std::{convert::Infallible, net::Ipv4Addr, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use locals::{Auth, BoxError, SessionId, SqliteStore, with_locals};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use api::{Account, ApiError, Credentials, Listed, Users};

struct App {
    auth: Auth<Account>,
    users: Users,
}

type Reply = Response<Full<Bytes>>;

async fn route(request: Request<Incoming>, app: Arc<App>) -> Result<Reply, Infallible> {
    let path = request.uri().path().to_owned();
    let path: Vec<_> = path.split('/').skip(1).collect();
    let (Ok(mut reply) | Err(mut reply)) = match (request.method(), path.as_slice()) {
        (&Method::POST, ["signup"]) => signup(request, &app).await,
        (&Method::POST, ["login"]) => login(request, &app).await,
        (&Method::POST, ["logout"]) => logout(request, &app).await,
        (&Method::GET, ["me"]) => me(request, &app).await,
        (&Method::GET, ["sessions"]) => sessions(request, &app).await,
        (&Method::DELETE, ["sessions", id]) => revoke(request, &app, id).await,
        _ => Err(empty(StatusCode::NOT_FOUND)),
    };
    if reply.status().as_u16() >= 400 && reply.body().is_end_stream() {
        // What the library refuses has no body.
        let error = json!({ "error": reply.status().to_string() });
        reply = with_json(reply, &error);
    }
    Ok(reply)
}

// `locals` passes an `Err` of these on as it is, without cookie and `Vary`. So it is only what went
// wrong before the session was asked for, or with the store; every other refusal is an `Ok`.

#[with_locals(http, auth = app.auth, user = Account)]
async fn signup(request: Request<Incoming>, app: &App) -> Result<Reply, Reply> {
    let account = app.users.create(credentials(request).await?).await?;
    locals.sign_in(account.id).await?;
    Ok(with_json(empty(StatusCode::CREATED), &json!(account)))
}

#[with_locals(http, auth = app.auth, user = Account)]
async fn login(request: Request<Incoming>, app: &App) -> Result<Reply, Reply> {
    let account = app.users.find(credentials(request).await?).await?;
    locals.sign_in(account.id).await?;
    Ok(with_json(empty(StatusCode::OK), &json!(account)))
}

#[with_locals(http, auth = app.auth, user = Account)]
async fn logout(_: Request<Incoming>, app: &App) -> Result<Reply, Reply> {
    locals.sign_out().await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

#[with_locals(http, auth = app.auth, user = Account, required)]
async fn me(_: Request<Incoming>, app: &App) -> Result<Reply, Reply> {
    let (_, account) = locals.get_session_user();
    Ok(with_json(empty(StatusCode::OK), &json!(account)))
}

#[with_locals(http, auth = app.auth, user = Account, required)]
async fn sessions(_: Request<Incoming>, app: &App) -> Result<Reply, Reply> {
    let session = locals.get_session();
    let list = app.auth.list_sessions(session.user_id()).await?;
    let list = json!(Listed::all(&list, session));
    Ok(with_json(empty(StatusCode::OK), &list))
}

#[with_locals(http, auth = app.auth, user = Account, required)]
async fn revoke(_: Request<Incoming>, app: &App, id: &str) -> Result<Reply, Reply> {
    let (session, auth) = (locals.get_session(), &app.auth);
    match id.parse::<SessionId>() {
        Ok(id) if id == *session.id() => locals.sign_out().await?,
        Ok(id) if auth.invalidate_user_session(session.user_id(), &id).await? => {}
        _ => return Ok(ApiError::NoSuchSession.into()),
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

async fn credentials(request: Request<Incoming>) -> Result<Credentials, ApiError> {
    let body = Limited::new(request.into_body(), 16 * 1024).collect().await;
    let body = body.map_err(|_| ApiError::Unreadable)?.to_bytes();
    serde_json::from_slice(&body).map_err(|_| ApiError::Unreadable)
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.status()).expect("it is one of six");
        with_json(empty(status), &json!({ "error": error.to_string() }))
    }
}

fn empty(status: StatusCode) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = status;
    reply
}

fn with_json(mut reply: Reply, body: &Value) -> Reply {
    *reply.body_mut() = Full::from(body.to_string());
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(CONTENT_TYPE, json);
    reply
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // The library reports what it refuses and what failed through `tracing`.
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let (port, database) = api::place("hyper.db")?;

    // The store is first: it creates the file readable by its owner only. `build` wants the table.
    let store = SqliteStore::open(&database)?.with_users("users");
    let users = Users::open(&database)?;
    let auth = Auth::builder(store).insecure_dev().build()?;
    let _sweep = auth.sweep_every(Duration::from_secs(60 * 60));
    let app = Arc::new(App { auth, users });

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "hyper example on http://{address}")?;
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    loop {
        let (stream, _) = listener.accept().await?;
        let app = Arc::clone(&app);
        let service = service_fn(move |request| route(request, Arc::clone(&app)));
        tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
    }
}
