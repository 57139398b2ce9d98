//! An extractor of the application's own that happens to be called `Locals`.

use super::asking::expect;
use axum::{Router, extract::FromRequestParts, http::request::Parts, routing::get};
use locals::with_locals;
use std::convert::Infallible;

mod i18n {
    pub(super) struct Locals(pub(super) &'static str);
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

#[tokio::test]
async fn an_extractor_called_locals_is_a_parameter_like_others() {
    let routes = Router::new()
        .route("/apart", get(taken_apart))
        .route("/path", get(by_its_path))
        .route("/beside", get(beside_a_declared_binding));
    expect(
        routes,
        &[
            ("/apart", 200, "de"),
            ("/path", 200, "de"),
            ("/beside", 200, "de"),
        ],
    )
    .await;
}
