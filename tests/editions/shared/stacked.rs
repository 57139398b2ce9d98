//! Other attributes above and below: `#[instrument]`, `#[debug_handler]`, conditions, built-in ones.

use super::{asking::expect, returns::Failure};
use axum::{Router, debug_handler, extract::Path, response::IntoResponse, routing::get};
use locals::{Auth, Eager, Error, Locals, UserId, with_locals};
use std::sync::Arc;

#[with_locals]
#[debug_handler(state = Auth)]
async fn debugged(Path(id): Path<u32>) -> Result<impl IntoResponse, Failure> {
    locals.clear_session();
    let Some(session) = locals.get_session().await? else {
        return Err(Failure::Missing);
    };
    Ok(format!("{id} {}", session.user_id()))
}

#[with_locals]
#[debug_handler(state = Auth)]
async fn debugged_with_a_declared_binding(locals: &Locals<UserId, Eager>, body: String) {
    locals.clear_session();
    drop(body);
}

#[tracing::instrument(skip_all, err)]
#[with_locals]
async fn traced_above(Path(id): Path<u32>) -> Result<String, Error> {
    locals.clear_session();
    let known = locals.get_session().await?.is_some();
    Ok(format!("{id} {known}"))
}

#[with_locals]
#[tracing::instrument(skip_all, name = "below", level = "debug")]
async fn traced_below(Path(id): Path<u32>) -> Result<String, Error> {
    locals.clear_session();
    let known = locals.get_session().await?.is_some();
    Ok(format!("{id} {known}"))
}

#[tracing::instrument(fields(id), ret, err(Debug))]
#[with_locals]
async fn traced_with_its_arguments(Path(id): Path<u32>) -> Result<String, Failure> {
    locals.clear_session();
    Ok(id.to_string())
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Failure")
    }
}

#[tracing::instrument(skip_all)]
#[with_locals(required)]
#[debug_handler(state = Auth)]
#[must_use]
async fn all_three() -> impl IntoResponse {
    locals.clear_session();
    locals.get_session().user_id().to_string()
}

#[with_locals]
#[tracing::instrument(skip_all)]
#[debug_handler(state = Auth)]
async fn all_three_in_another_order(Path(id): Path<u32>) -> Box<str> {
    locals.clear_session();
    if id == 0 {
        return "none".into();
    }
    "some".into()
}

#[cfg_attr(all(), with_locals(eager))]
async fn conditional() -> String {
    locals.clear_session();
    locals.get_session().is_some().to_string()
}

#[cfg_attr(all(), tracing::instrument(skip_all), with_locals, debug_handler(state = Auth))]
async fn conditional_stack(Path(id): Path<u32>) -> Result<String, Error> {
    locals.clear_session();
    let known = locals.get_session().await?.is_some();
    Ok(format!("{id} {known}"))
}

#[cfg_attr(any(), with_locals)]
async fn conditional_and_absent() -> &'static str {
    "no locals here"
}

/// Documentation above
#[inline]
#[cfg(not(bare))]
#[allow(clippy::mixed_attributes_style, unused_variables)]
#[locals::with_locals]
/// and below.
#[must_use]
#[cold]
#[deprecated(note = "for the test only")]
async fn built_in_attributes(Path(id): Path<u32>) -> String {
    //! And inside.
    #![allow(unused_mut)]
    let mut unused = 1;
    locals.clear_session();
    "ok".to_owned()
}

#[derive(Debug)]
struct Pages {
    title: String,
}

impl Pages {
    #[tracing::instrument(skip_all, err)]
    #[with_locals]
    async fn traced(self: Arc<Self>, Path(id): Path<u32>) -> Result<String, Error> {
        locals.clear_session();
        let known = locals.get_session().await?.is_some();
        Ok(format!("{id} {known} {}", self.title))
    }

    #[cfg_attr(all(), with_locals)]
    #[tracing::instrument(skip_all, fields(title = %self.title))]
    async fn traced_below(&self, locals: &Locals, Path(id): Path<u32>) -> Result<String, Failure> {
        locals.clear_session();
        if id == 0 {
            return Err(Failure::Missing);
        }
        Ok(self.title.clone())
    }

    #[with_locals]
    #[debug_handler(state = Auth)]
    async fn debugged(Path(id): Path<u32>) -> String {
        locals.clear_session();
        id.to_string()
    }
}

#[tokio::test]
async fn every_stack_answers() {
    let pages = Arc::new(Pages {
        title: "home".to_owned(),
    });
    let same = Arc::clone(&pages);
    #[expect(deprecated)]
    let built_in = get(built_in_attributes);
    let routes = Router::new()
        .route("/debugged/{id}", get(debugged))
        .route("/declared", get(debugged_with_a_declared_binding))
        .route("/above/{id}", get(traced_above))
        .route("/below/{id}", get(traced_below))
        .route("/arguments/{id}", get(traced_with_its_arguments))
        .route("/three", get(all_three))
        .route("/three/{id}", get(all_three_in_another_order))
        .route("/conditional", get(conditional))
        .route("/conditional/{id}", get(conditional_stack))
        .route("/built-in/{id}", built_in)
        .route(
            "/method/{id}",
            get(move |request| Arc::clone(&pages).traced(request)),
        )
        .route(
            "/method-below/{id}",
            get(move |request| async move { same.traced_below(request).await }),
        )
        .route("/associated/{id}", get(Pages::debugged));
    expect(
        routes,
        &[
            ("/debugged/1", 200, "1 ada"),
            ("/declared", 200, ""),
            ("/above/1", 200, "1 true"),
            ("/below/1", 200, "1 true"),
            ("/arguments/1", 200, "1"),
            ("/three", 200, "ada"),
            ("/three/0", 200, "none"),
            ("/three/1", 200, "some"),
            ("/conditional", 200, "true"),
            ("/conditional/1", 200, "1 true"),
            ("/built-in/1", 200, "ok"),
            ("/method/1", 200, "1 true home"),
            ("/method-below/0", 404, "no such page"),
            ("/method-below/1", 200, "home"),
            ("/associated/1", 200, "1"),
        ],
    )
    .await;
    assert_eq!(conditional_and_absent().await, "no locals here");
}
