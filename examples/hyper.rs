//! A JSON API with accounts on hyper: `cargo run --example hyper --features http`.
//!
//! `PORT` and `DATABASE` change where it is. `shared/api.rs` has requests for curl.

#[path = "shared/api.rs"]
mod api;
#[path = "shared/wire.rs"]
mod wire;

use std::io::{self, Write};
use std::{convert::Infallible, net::Ipv4Addr, sync::Arc, time::Duration};

use hyper::{Method, Request, StatusCode, body::Incoming};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use locals::{Auth, BoxError, SessionId, SqliteStore, with_locals};
use serde_json::json;
use tokio::{net::TcpListener, time::sleep};

use api::{Account, ApiError, Listed, Users};
use wire::{Reply, credentials, empty, in_json, with_json};

struct App {
    auth: Auth<Account>,
    users: Users,
}

async fn route(request: Request<Incoming>, app: Arc<App>) -> Result<Reply, Infallible> {
    let path = request.uri().path().to_owned();
    let segments: Vec<_> = path.split('/').skip(1).collect();
    let reply = match (request.method(), segments.as_slice()) {
        (&Method::POST, ["signup"]) => signup(request, &app).await,
        (&Method::POST, ["login"]) => login(request, &app).await,
        (&Method::POST, ["logout"]) => logout(request, &app).await,
        (&Method::GET, ["me"]) => me(request, &app).await,
        (&Method::GET, ["sessions"]) => sessions(request, &app).await,
        (&Method::DELETE, ["sessions", id]) => revoke(request, &app, id).await,
        _ => empty(StatusCode::NOT_FOUND),
    };
    Ok(in_json(reply))
}

#[with_locals(http, auth = app.auth, user = Account)]
async fn signup(request: Request<Incoming>, app: &App) -> Reply {
    answer(async {
        let account = app.users.create(credentials(request).await?).await?;
        locals.sign_in(account.id).await?;
        Ok(with_json(empty(StatusCode::CREATED), &json!(account)))
    })
    .await
}

#[with_locals(http, auth = app.auth, user = Account)]
async fn login(request: Request<Incoming>, app: &App) -> Reply {
    answer(async {
        let account = app.users.find(credentials(request).await?).await?;
        locals.sign_in(account.id).await?;
        Ok(with_json(empty(StatusCode::OK), &json!(account)))
    })
    .await
}

#[with_locals(http, auth = app.auth, user = Account)]
async fn logout(_: Request<Incoming>, app: &App) -> Reply {
    answer(async {
        locals.sign_out().await?;
        Ok(empty(StatusCode::NO_CONTENT))
    })
    .await
}

#[with_locals(http, auth = app.auth, user = Account, required)]
async fn me(_: Request<Incoming>, app: &App) -> Reply {
    let (_, account) = locals.get_session_user();
    with_json(empty(StatusCode::OK), &json!(account))
}

#[with_locals(http, auth = app.auth, user = Account, required)]
async fn sessions(_: Request<Incoming>, app: &App) -> Reply {
    answer(async {
        let session = locals.get_session();
        let list = locals.auth().list_sessions(session.user_id()).await?;
        let list = json!(Listed::all(&list, session));
        Ok(with_json(empty(StatusCode::OK), &list))
    })
    .await
}

#[with_locals(http, auth = app.auth, user = Account, required)]
async fn revoke(_: Request<Incoming>, app: &App, id: &str) -> Reply {
    answer(async {
        let id: SessionId = id.parse().map_err(|_| ApiError::NoSuchSession)?;
        let (session, auth) = (locals.get_session(), locals.auth());
        if id == *session.id() {
            locals.sign_out().await?;
        } else if !auth.invalidate_user_session(session.user_id(), &id).await? {
            return Err(ApiError::NoSuchSession.into());
        }
        Ok(empty(StatusCode::NO_CONTENT))
    })
    .await
}

/// Inside of the handler, so that what failed carries the cookie too.
async fn answer(work: impl Future<Output = Result<Reply, Reply>>) -> Reply {
    work.await.unwrap_or_else(|failed| failed)
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
    // `hyper_util::server::conn::auto` speaks HTTP/2 too.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, say: some will be closed.
                tracing::warn!(%error, "accepting a connection failed");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let app = Arc::clone(&app);
        let service = service_fn(move |request| route(request, Arc::clone(&app)));
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}
