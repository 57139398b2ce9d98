//! Every return type: opaque, nested opaque, coerced, diverging, absent, aliased.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use locals::{Auth, with_locals};

type Result<T, E = locals::Error> = std::result::Result<T, E>;

macro_rules! reply {
    () => { Result<String> };
}

trait Page {
    fn render(&self) -> String;
}

struct Home;
struct Missing(u32);

impl Page for Home {
    fn render(&self) -> String {
        "home".to_owned()
    }
}

impl Page for Missing {
    fn render(&self) -> String {
        format!("no page {}", self.0)
    }
}

impl IntoResponse for Box<dyn Page + Send> {
    fn into_response(self) -> Response {
        self.render().into_response()
    }
}

struct Rendered<F>(F);

impl IntoResponse for Rendered<fn(&str) -> String> {
    fn into_response(self) -> Response {
        (self.0)("hello").into_response()
    }
}

fn shout(text: &str) -> String {
    text.to_uppercase()
}

fn whisper(text: &str) -> String {
    text.to_lowercase()
}

#[with_locals]
async fn nothing() {
    locals.clear_session();
}

#[with_locals]
async fn unit() -> () {
    locals.clear_session();
}

#[with_locals]
async fn unit_or_error() -> Result<()> {
    locals.sign_out().await?;
    Ok(())
}

#[with_locals]
async fn opaque() -> impl IntoResponse {
    locals.clear_session();
    (
        StatusCode::ACCEPTED,
        [(header::CONTENT_TYPE, "text/plain")],
        "accepted",
    )
}

#[with_locals]
async fn opaque_or_error() -> Result<impl IntoResponse> {
    if locals.get_session().await?.is_none() {
        return Ok((StatusCode::OK, "a stranger".to_owned()));
    }
    Ok((StatusCode::OK, "known".to_owned()))
}

#[with_locals]
async fn opaque_on_both_sides(Path(id): Path<u32>) -> Result<impl IntoResponse, impl IntoResponse> {
    locals.clear_session();
    if id == 0 {
        return Err((StatusCode::NOT_FOUND, "no such page"));
    }
    Ok(Redirect::to("/"))
}

#[with_locals]
async fn opaque_in_a_tuple() -> (StatusCode, impl IntoResponse) {
    locals.clear_session();
    (StatusCode::OK, "ok")
}

#[with_locals]
async fn opaque_with_bounds() -> impl IntoResponse + Send + 'static {
    locals.clear_session();
    "ok"
}

#[with_locals]
async fn a_box_of_a_trait(Path(id): Path<u32>) -> Box<dyn Page + Send> {
    locals.clear_session();
    match id {
        0 => Box::new(Home),
        id => Box::new(Missing(id)),
    }
}

#[with_locals]
async fn a_box_returned_early(Path(id): Path<u32>) -> Result<Box<dyn Page + Send>> {
    if locals.get_session().await?.is_none() {
        return Ok(Box::new(Missing(id)));
    }
    Ok(Box::new(Home))
}

#[with_locals]
async fn a_function_pointer(Path(loud): Path<bool>) -> Rendered<fn(&str) -> String> {
    locals.clear_session();
    if loud {
        return Rendered(shout);
    }
    Rendered(whisper)
}

#[with_locals]
async fn unsized_from_arrays(Path(id): Path<u32>) -> &'static [u8] {
    locals.clear_session();
    if id == 0 {
        return b"none";
    }
    b"some of them"
}

#[with_locals]
async fn converted(Path(name): Path<String>) -> Box<str> {
    locals.clear_session();
    name.into()
}

#[with_locals]
async fn collected(Path(name): Path<String>) -> Result<String, StatusCode> {
    locals.clear_session();
    name.chars()
        .map(|letter| letter.is_ascii().then_some(letter))
        .collect::<Option<_>>()
        .ok_or(StatusCode::BAD_REQUEST)
}

#[with_locals]
async fn never() -> ! {
    locals.clear_session();
    loop {
        std::future::pending::<()>().await;
    }
}

#[with_locals]
async fn always_an_error() -> Result<(), StatusCode> {
    locals.clear_session();
    Err(StatusCode::GONE)
}

#[with_locals]
async fn never_gets_to_its_end() -> String {
    locals.clear_session();
    unreachable!("never called")
}

#[with_locals]
async fn from_a_macro() -> reply!() {
    Ok(locals.get_session().await?.is_some().to_string())
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/nothing", get(nothing))
        .route("/unit", get(unit))
        .route("/unit-or-error", get(unit_or_error))
        .route("/opaque", get(opaque))
        .route("/opaque-or-error", get(opaque_or_error))
        .route("/opaque-on-both-sides/{id}", get(opaque_on_both_sides))
        .route("/opaque-in-a-tuple", get(opaque_in_a_tuple))
        .route("/opaque-with-bounds", get(opaque_with_bounds))
        .route("/box/{id}", get(a_box_of_a_trait))
        .route("/box-early/{id}", get(a_box_returned_early))
        .route("/function/{loud}", get(a_function_pointer))
        .route("/unsized/{id}", get(unsized_from_arrays))
        .route("/converted/{name}", get(converted))
        .route("/collected/{name}", get(collected))
        .route("/never", get(never))
        .route("/error", get(always_an_error))
        .route("/no-end", get(never_gets_to_its_end))
        .route("/macro", get(from_a_macro));
}
