//! Free functions: no argument and sixteen, early exits, bodies that never look at their locals.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, Version},
    routing::{get, post},
};
use locals::{Auth, Error, with_locals};

#[with_locals]
async fn empty() {}

#[with_locals]
pub(crate) async fn early_return() -> Result<String, Error> {
    let Some(session) = locals.get_session().await? else {
        return Ok("a stranger".to_owned());
    };
    Ok(session.user_id().to_string())
}

#[with_locals]
async fn parts_and_a_body(
    State(auth): State<Auth>,
    Path(id): Path<u32>,
    Json(names): Json<Vec<String>>,
) -> Result<(StatusCode, String), Error> {
    auth.ping().await?;
    locals.clear_session();
    Ok((StatusCode::CREATED, format!("{id}: {}", names.join(", "))))
}

/// As many as axum takes.
#[with_locals]
async fn sixteen_arguments(
    a: Method,
    b: Method,
    c: Method,
    d: Method,
    e: Method,
    f: Uri,
    g: Uri,
    h: Uri,
    i: Uri,
    j: Uri,
    k: Version,
    l: Version,
    m: Version,
    n: HeaderMap,
    o: HeaderMap,
    p: Bytes,
) -> String {
    format!("{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k:?}{l:?}{m:?}{n:?}{o:?}{p:?}")
}

/// A request is `Send` but not `Sync`, and lives across an await.
#[with_locals]
async fn a_request_held_across_an_await(request: Request) -> Result<String, Error> {
    let known = locals.get_session().await?.is_some();
    Ok(format!("{known} {}", request.uri()))
}

#[with_locals]
async fn two_tasks_ask_at_once() -> Result<String, Error> {
    let (one, other) = tokio::join!(locals.get_session(), locals.get_session());
    Ok((one?.is_some() == other?.is_some()).to_string())
}

mod inner {
    use super::{Error, with_locals};

    #[with_locals]
    pub(super) async fn in_a_module() -> Result<(), Error> {
        locals.sign_out().await
    }
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/empty", get(empty))
        .route("/early-return", get(early_return))
        .route("/parts/{id}", post(parts_and_a_body))
        .route("/sixteen", post(sixteen_arguments))
        .route("/request", post(a_request_held_across_an_await))
        .route("/tasks", get(two_tasks_ask_at_once))
        .route("/module", get(inner::in_a_module));
}
