//! Functions for axum's `from_fn_with_state`: any extractors, the request, `Next`.

use super::asking::expect_of;
use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Auth, MemoryStore, with_locals};

#[with_locals(eager)]
async fn load(request: Request, next: Next) -> Response {
    locals.clear_session();
    next.run(request).await
}

#[with_locals(required, redirect = "/login", name = ctx)]
async fn members(
    State(_auth): State<Auth>,
    Path(name): Path<String>,
    mut request: Request<Body>,
    next: axum::middleware::Next,
) -> Result<impl IntoResponse, StatusCode> {
    ctx.clear_session();
    if name != "ada" {
        return Err(StatusCode::NOT_FOUND);
    }
    request.extensions_mut().insert(ctx.get_session().clone());
    Ok(next.run(request).await)
}

#[with_locals]
async fn declared(
    locals: &locals::Locals,
    request: Request,
    next: Next,
) -> Result<Response, locals::Error> {
    locals.clear_session();
    locals.get_session().await?;
    Ok(next.run(request).await)
}

async fn there() -> &'static str {
    "there"
}

#[tokio::test]
async fn every_function_passes_the_request_on() {
    let auth: Auth = Auth::builder(MemoryStore::new())
        .build()
        .expect("nothing is set");
    let routes = Router::new()
        .route(
            "/load",
            get(there).layer(from_fn_with_state(auth.clone(), load)),
        )
        .route(
            "/members/{name}",
            get(there).layer(from_fn_with_state(auth.clone(), members)),
        )
        .route(
            "/declared",
            get(there).layer(from_fn_with_state(auth.clone(), declared)),
        );
    expect_of(
        &auth,
        routes,
        &[
            ("/load", 200, "there"),
            ("/members/ada", 200, "there"),
            ("/members/bob", 404, ""),
            ("/declared", 200, "there"),
        ],
    )
    .await;
}
