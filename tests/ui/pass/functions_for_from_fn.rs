//! Functions for axum's `from_fn_with_state`: any extractors, the request, `Next`.

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
    next.run(request).await
}

#[with_locals(required, redirect = "/login", name = ctx)]
async fn members(
    State(_auth): State<Auth>,
    Path(_): Path<String>,
    mut request: Request<Body>,
    next: axum::middleware::Next,
) -> Result<impl IntoResponse, StatusCode> {
    request.extensions_mut().insert(ctx.get_session().clone());
    Ok(next.run(request).await)
}

#[with_locals]
async fn declared(locals: &locals::Locals, request: Request, next: Next) -> Result<Response, locals::Error> {
    locals.get_session().await?;
    Ok(next.run(request).await)
}

fn main() {
    let auth: Auth = Auth::builder(MemoryStore::new()).build().unwrap();
    let _: Router = Router::new()
        .route("/{name}", get(async || "there"))
        .layer(from_fn_with_state(auth.clone(), load))
        .layer(from_fn_with_state(auth.clone(), members))
        .layer(from_fn_with_state(auth.clone(), declared))
        .with_state(auth);
}
