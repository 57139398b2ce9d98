//! Every pattern a parameter can have.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::convert::Infallible;

use axum::{
    Router,
    extract::{FromRequestParts, Path, Query},
    http::{HeaderMap, Method, Uri, header, request::Parts},
    routing::get,
};
use locals::{Auth, with_locals};

#[derive(serde::Deserialize)]
struct Page {
    number: u32,
    size: u32,
    search: Option<String>,
}

struct Marker;

impl<S: Sync> FromRequestParts<S> for Marker {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

#[with_locals]
async fn tuple_struct(Path(id): Path<u32>) -> String {
    locals.clear_session();
    id.to_string()
}

#[with_locals]
async fn nested(Path((shelf, mut book)): Path<(u32, u32)>) -> String {
    locals.clear_session();
    book += 1;
    format!("{shelf} {book}")
}

#[with_locals]
async fn mutable(mut headers: HeaderMap) -> HeaderMap {
    locals.clear_session();
    headers.remove(header::COOKIE);
    headers
}

#[with_locals]
async fn structure(
    Query(Page {
        number, size: per, ..
    }): Query<Page>,
) -> String {
    locals.clear_session();
    (number * per).to_string()
}

#[with_locals]
async fn by_reference(Query(ref page): Query<Page>) -> String {
    locals.clear_session();
    page.search.clone().unwrap_or_default()
}

#[with_locals]
async fn bound_and_taken_apart(Query(ref page @ Page { number, .. }): Query<Page>) -> String {
    locals.clear_session();
    format!("{number} {}", page.size)
}

#[with_locals]
async fn ignored(_: Method, _uri: Uri, Path(..): Path<u32>) {
    locals.clear_session();
}

#[with_locals]
async fn tuple((method, uri): (Method, Uri), (): ()) -> String {
    locals.clear_session();
    format!("{method} {uri}")
}

#[with_locals]
async fn unit_struct(Marker: Marker) {
    locals.clear_session();
}

#[with_locals]
async fn irrefutable(Ok(method): Result<Method, Infallible>, _: Uri) -> String {
    locals.clear_session();
    method.to_string()
}

#[with_locals]
async fn attribute(#[allow(unused_variables)] Path(id): Path<u32>, method: Method) -> String {
    locals.clear_session();
    method.to_string()
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/tuple-struct/{id}", get(tuple_struct))
        .route("/nested/{shelf}/{book}", get(nested))
        .route("/mutable", get(mutable))
        .route("/structure", get(structure))
        .route("/by-reference", get(by_reference))
        .route("/bound", get(bound_and_taken_apart))
        .route("/ignored/{id}", get(ignored))
        .route("/tuple", get(tuple))
        .route("/unit-struct", get(unit_struct))
        .route("/irrefutable", get(irrefutable))
        .route("/attribute/{id}", get(attribute));
}
