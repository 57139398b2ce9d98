//! Every return type: opaque, absent, diverging, converted, aliased, not `Send`.

use super::asking::expect;
use axum::{
    Json, Router,
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use locals::{Error, with_locals};
use std::{error::Error as StdError, rc::Rc};

type Fallible<T = String, E = Error> = Result<T, E>;

macro_rules! reply {
    () => {
        Fallible
    };
}

pub(crate) enum Failure {
    Session(Error),
    Input(String),
    Missing,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Self {
        Self::Input(error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Session(error) => error.into_response(),
            Self::Input(message) => (StatusCode::BAD_REQUEST, message).into_response(),
            Self::Missing => (StatusCode::NOT_FOUND, "no such page").into_response(),
        }
    }
}

#[with_locals]
async fn nothing() {
    locals.clear_session();
}

#[with_locals]
async fn unit_or_error(Path(id): Path<u32>) -> Result<(), StatusCode> {
    locals.clear_session();
    if id == 0 {
        return Err(StatusCode::IM_A_TEAPOT);
    }
    Ok(())
}

#[with_locals]
#[allow(clippy::unused_unit)]
#[rustfmt::skip]
async fn unit() -> () {
    locals.clear_session();
}

#[with_locals]
async fn always_an_error() -> Result<(), StatusCode> {
    locals.clear_session();
    Err(StatusCode::GONE)
}

#[with_locals]
async fn aliased(Path(id): Path<u32>) -> Fallible<impl IntoResponse> {
    locals.clear_session();
    if locals.get_session().await?.is_none() {
        return Ok((StatusCode::OK, String::new()));
    }
    Ok((StatusCode::ACCEPTED, id.to_string()))
}

#[with_locals]
async fn from_a_macro() -> reply!() {
    locals.clear_session();
    Ok(locals.get_session().await?.is_some().to_string())
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

#[with_locals(eager)]
async fn opaque_with_bounds() -> impl IntoResponse + Send + use<> {
    locals.clear_session();
    locals.get_session().is_some().to_string()
}

#[with_locals]
async fn opaque_and_static() -> impl IntoResponse + Send + 'static {
    locals.clear_session();
    "static"
}

#[with_locals]
async fn opaque_twice(
    Path(id): Path<u32>,
) -> Result<(StatusCode, impl IntoResponse), impl IntoResponse> {
    locals.clear_session();
    if id == 0 {
        return Err(Redirect::to("/"));
    }
    Ok((StatusCode::CREATED, Html(id.to_string())))
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
async fn defaulted() -> Json<Vec<u32>> {
    locals.clear_session();
    Default::default()
}

#[with_locals]
async fn never() -> ! {
    locals.clear_session();
    loop {
        std::future::pending::<()>().await;
    }
}

/// What a handler returns lives across no await of the attribute's: it need not be `Send`.
struct Unsent(Rc<str>);

impl IntoResponse for Unsent {
    fn into_response(self) -> Response {
        self.0.to_string().into_response()
    }
}

struct UnsentError(Box<dyn StdError>);

impl IntoResponse for UnsentError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0.to_string()).into_response()
    }
}

#[with_locals(eager)]
async fn unsent(Path(text): Path<String>) -> Result<Unsent, UnsentError> {
    locals.clear_session();
    let number: u8 = text.parse().map_err(|error| UnsentError(Box::new(error)))?;
    Ok(Unsent(number.to_string().into()))
}

#[tokio::test]
async fn every_return_type_answers() {
    let routes = Router::new()
        .route("/nothing", get(nothing))
        .route("/unit-or-error/{id}", get(unit_or_error))
        .route("/opaque", get(opaque))
        .route("/bounds", get(opaque_with_bounds))
        .route("/twice/{id}", get(opaque_twice))
        .route("/converted/{name}", get(converted))
        .route("/collected/{name}", get(collected))
        .route("/defaulted", get(defaulted))
        .route("/unit", get(unit))
        .route("/error", get(always_an_error))
        .route("/aliased/{id}", get(aliased))
        .route("/macro", get(from_a_macro))
        .route("/static", get(opaque_and_static))
        .route("/unsent/{text}", get(unsent))
        .route("/never", get(never));
    expect(
        routes,
        &[
            ("/nothing", 200, ""),
            ("/unit-or-error/0", 418, ""),
            ("/unit-or-error/1", 200, ""),
            ("/opaque", 202, "accepted"),
            ("/bounds", 200, "true"),
            ("/twice/0", 303, ""),
            ("/twice/1", 201, "1"),
            ("/converted/ada", 200, "ada"),
            ("/collected/ada", 200, "ada"),
            ("/collected/%C3%A9", 400, ""),
            ("/defaulted", 200, "[]"),
            ("/unit", 200, ""),
            ("/error", 410, ""),
            ("/aliased/1", 202, "1"),
            ("/macro", 200, "true"),
            ("/static", 200, "static"),
            ("/unsent/7", 200, "7"),
            ("/unsent/seven", 400, "invalid digit found in string"),
        ],
    )
    .await;
}
