//! Handlers of `typed_get`, of aide and of utoipa, by the way that goes with the attribute.

use aide::axum::ApiRouter;
use axum::{Router, extract::Path, routing::get};
use axum_extra::routing::TypedPath;
use locals::{Auth, MemoryStore, with_locals};

#[derive(TypedPath, serde::Deserialize)]
#[typed_path("/users/{id}")]
struct User {
    id: u32,
}

/// `.route(User::PATH, ..)` instead of `.typed_get(..)`.
#[with_locals]
async fn user(User { id }: User) -> String {
    locals.clear_session();
    id.to_string()
}

/// utoipa reads the parameters as they were typed: it stands above.
#[utoipa::path(get, path = "/things/{id}", responses((status = 200, body = String)))]
#[with_locals]
async fn thing(Path(id): Path<u32>) -> String {
    locals.clear_session();
    id.to_string()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(thing))]
struct Api;

fn main() {
    let auth: Auth = Auth::builder(MemoryStore::new()).build().unwrap();
    let _: Router = Router::new()
        .route(User::PATH, get(user))
        .route("/things/{id}", get(thing))
        .with_state(auth.clone());
    // What aide does not describe is a `route` beside its own.
    let _: Router = ApiRouter::<Auth>::new().route(User::PATH, get(user)).with_state(auth).into();
    let _ = <Api as utoipa::OpenApi>::openapi();
}
