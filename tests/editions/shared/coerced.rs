//! Return types to which the body is coerced: trait objects, function pointers, slices.

use super::{asking::expect, returns::Failure};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use locals::with_locals;
use std::sync::Arc;

pub(crate) trait Page {
    fn render(&self) -> String;
}

impl Page for String {
    fn render(&self) -> String {
        self.clone()
    }
}

impl Page for u32 {
    fn render(&self) -> String {
        format!("number {self}")
    }
}

impl IntoResponse for Box<dyn Page + Send> {
    fn into_response(self) -> Response {
        self.render().into_response()
    }
}

impl IntoResponse for Rendered<Arc<dyn Page + Send + Sync>> {
    fn into_response(self) -> Response {
        self.0.render().into_response()
    }
}

impl IntoResponse for Rendered<[Box<dyn Page + Send>; 2]> {
    fn into_response(self) -> Response {
        self.0.map(|page| page.render()).concat().into_response()
    }
}

pub(crate) struct Rendered<F>(pub(crate) F);

impl IntoResponse for Rendered<fn(&str) -> String> {
    fn into_response(self) -> Response {
        (self.0)("hello").into_response()
    }
}

pub(crate) fn shout(text: &str) -> String {
    text.to_uppercase()
}

fn whisper(text: &str) -> String {
    text.to_lowercase()
}

#[with_locals]
async fn a_box(Path(id): Path<u32>) -> Box<dyn Page + Send> {
    locals.clear_session();
    match id {
        0 => return Box::new("none".to_owned()),
        1 => Box::new("one".to_owned()),
        id => Box::new(id),
    }
}

#[with_locals]
async fn a_box_in_a_result(Path(id): Path<u32>) -> Result<Box<dyn Page + Send>, Failure> {
    locals.clear_session();
    let id = id.checked_sub(1).ok_or(Failure::Missing)?;
    if locals.get_session().await?.is_none() {
        return Ok(Box::new("a stranger".to_owned()));
    }
    Ok(Box::new(id))
}

#[with_locals]
async fn a_box_in_a_tuple(Path(id): Path<u32>) -> (StatusCode, Box<dyn Page + Send>) {
    locals.clear_session();
    if id == 0 {
        return (StatusCode::NOT_FOUND, Box::new("none".to_owned()));
    }
    (StatusCode::OK, Box::new(id))
}

#[with_locals]
async fn boxes_in_an_array(Path(id): Path<u32>) -> Rendered<[Box<dyn Page + Send>; 2]> {
    locals.clear_session();
    if id == 0 {
        return Rendered([Box::new("none ".to_owned()), Box::new(id)]);
    }
    Rendered([Box::new(id), Box::new(" some".to_owned())])
}

#[with_locals]
async fn an_arc(Path(id): Path<u32>) -> Rendered<Arc<dyn Page + Send + Sync>> {
    locals.clear_session();
    if id == 0 {
        return Rendered(Arc::new("none".to_owned()));
    }
    Rendered(Arc::new(id))
}

#[with_locals]
async fn a_function(Path(loud): Path<bool>) -> Rendered<fn(&str) -> String> {
    locals.clear_session();
    if loud {
        return Rendered(shout);
    }
    Rendered(whisper)
}

#[with_locals]
async fn a_function_of_a_match(
    Path(how): Path<u8>,
) -> Result<Rendered<fn(&str) -> String>, Failure> {
    locals.clear_session();
    Ok(Rendered(match how {
        0 => shout,
        1 => |text| text.replace('l', "L"),
        _ => return Err(Failure::Missing),
    }))
}

#[with_locals]
async fn a_slice(Path(id): Path<u32>) -> &'static [u8] {
    locals.clear_session();
    if id == 0 {
        return b"none";
    }
    b"some of them"
}

#[tokio::test]
async fn every_coercion_takes_place() {
    let routes = Router::new()
        .route("/box/{id}", get(a_box))
        .route("/box-in-a-result/{id}", get(a_box_in_a_result))
        .route("/box-in-a-tuple/{id}", get(a_box_in_a_tuple))
        .route("/boxes/{id}", get(boxes_in_an_array))
        .route("/arc/{id}", get(an_arc))
        .route("/function/{loud}", get(a_function))
        .route("/match/{how}", get(a_function_of_a_match))
        .route("/slice/{id}", get(a_slice));
    expect(
        routes,
        &[
            ("/box/0", 200, "none"),
            ("/box/1", 200, "one"),
            ("/box/2", 200, "number 2"),
            ("/box-in-a-result/0", 404, "no such page"),
            ("/box-in-a-result/3", 200, "number 2"),
            ("/box-in-a-tuple/0", 404, "none"),
            ("/box-in-a-tuple/1", 200, "number 1"),
            ("/boxes/0", 200, "none number 0"),
            ("/boxes/1", 200, "number 1 some"),
            ("/arc/0", 200, "none"),
            ("/arc/1", 200, "number 1"),
            ("/function/true", 200, "HELLO"),
            ("/function/false", 200, "hello"),
            ("/match/0", 200, "HELLO"),
            ("/match/1", 200, "heLLo"),
            ("/match/2", 404, "no such page"),
            ("/slice/0", 200, "none"),
            ("/slice/1", 200, "some of them"),
        ],
    )
    .await;
}
