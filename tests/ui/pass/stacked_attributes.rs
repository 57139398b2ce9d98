//! Other attributes above and below; `#[debug_handler]` stands below, `#[instrument]` where it likes.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{Router, extract::Path, response::IntoResponse, routing::get};
use locals::{Auth, Error, with_locals};

#[with_locals]
#[axum::debug_handler(state = Auth)]
async fn debugged(Path(id): Path<u32>) -> Result<String, Error> {
    let Some(session) = locals.get_session().await? else {
        return Ok(id.to_string());
    };
    Ok(session.user_id().to_string())
}

#[with_locals(required)]
#[axum::debug_handler(state = Auth)]
async fn debugged_opaque() -> impl IntoResponse {
    locals.get_session().user_id().to_string()
}

#[with_locals]
#[axum::debug_handler(state = Auth)]
async fn debugged_without_arguments() {
    locals.clear_session();
}

#[tracing::instrument(skip_all, fields(id), err)]
#[with_locals]
async fn traced_above(Path(id): Path<u32>) -> Result<String, Error> {
    let known = locals.get_session().await?.is_some();
    Ok(format!("{id} {known}"))
}

#[with_locals]
#[tracing::instrument(skip_all, name = "below")]
async fn traced_below(Path(id): Path<u32>) -> Result<String, Error> {
    let known = locals.get_session().await?.is_some();
    Ok(format!("{id} {known}"))
}

#[tracing::instrument(skip_all)]
#[with_locals]
#[axum::debug_handler(state = Auth)]
async fn three_of_them() -> Result<impl IntoResponse, Error> {
    Ok(locals.get_session().await?.is_some().to_string())
}

#[cfg_attr(all(), with_locals(eager))]
async fn conditional_attribute() -> String {
    locals.get_session().is_some().to_string()
}

#[inline]
#[cfg(all())]
#[allow(clippy::unused_async, unused_variables)]
#[locals::with_locals]
#[must_use]
async fn built_in_attributes(Path(id): Path<u32>) -> String {
    locals.clear_session();
    "ok".to_owned()
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/debugged/{id}", get(debugged))
        .route("/debugged-opaque", get(debugged_opaque))
        .route(
            "/debugged-without-arguments",
            get(debugged_without_arguments),
        )
        .route("/traced-above/{id}", get(traced_above))
        .route("/traced-below/{id}", get(traced_below))
        .route("/three", get(three_of_them))
        .route("/conditional", get(conditional_attribute))
        .route("/built-in/{id}", get(built_in_attributes));
}
