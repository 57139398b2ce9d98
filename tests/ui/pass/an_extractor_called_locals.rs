//! An extractor of the application's own that happens to be called `Locals`.

use std::convert::Infallible;

use axum::{Router, extract::FromRequestParts, http::request::Parts, routing::get};
use locals::{Auth, MemoryStore, with_locals};

mod i18n {
    pub struct Locals(pub &'static str);
}

use i18n::Locals;

impl<S: Sync> FromRequestParts<S> for Locals {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self("de"))
    }
}

#[with_locals]
async fn taken_apart(Locals(language): Locals) -> &'static str {
    locals.clear_session();
    language
}

#[with_locals]
async fn by_its_path(language: i18n::Locals) -> &'static str {
    locals.clear_session();
    language.0
}

#[with_locals]
async fn beside_a_declared_binding(
    sessions: &locals::Locals,
    Locals(language): Locals,
) -> &'static str {
    sessions.clear_session();
    language
}

fn main() {
    let auth: Auth = Auth::builder(MemoryStore::new()).build().unwrap();
    let _: Router = Router::new()
        .route("/", get(taken_apart))
        .route("/path", get(by_its_path))
        .route("/beside", get(beside_a_declared_binding))
        .with_state(auth);
}
