//! Every pattern a parameter can have, and how many there can be.

use super::asking::{ask, expect};
use axum::{
    Extension, Router,
    body::Bytes,
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderMap, Method, Uri, Version, request::Parts},
    routing::get,
};
use locals::{Auth, Eager, Locals, UserId, with_locals};
use std::{collections::BTreeMap, convert::Infallible};

type Words = BTreeMap<String, String>;

#[derive(Clone)]
struct Page {
    number: u32,
    size: u32,
}

struct Marker;

impl<S: Sync> FromRequestParts<S> for Marker {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

#[with_locals]
async fn none() {
    locals.clear_session();
}

#[with_locals]
async fn nested(
    Path((shelf, mut book)): Path<(u32, u32)>,
    Query(ref words): Query<Words>,
) -> String {
    locals.clear_session();
    book += 1;
    format!("{shelf} {book} {}", words.len())
}

#[with_locals]
async fn structure(
    Extension(Page { number, size: per }): Extension<Page>,
    Extension(ref page @ Page { size, .. }): Extension<Page>,
) -> String {
    locals.clear_session();
    format!("{number} {per} {size} {}", page.number)
}

#[with_locals]
async fn ignored(_: Method, _uri: Uri, Path(..): Path<u32>, (): ()) {
    locals.clear_session();
}

#[with_locals]
async fn unit_struct(Marker: Marker) {
    locals.clear_session();
}

#[with_locals]
async fn irrefutable(Ok(method): Result<Method, Infallible>, (uri, _): (Uri, Version)) -> String {
    locals.clear_session();
    format!("{method} {uri}")
}

#[with_locals]
async fn mutable(mut headers: HeaderMap, mut body: String) -> String {
    locals.clear_session();
    headers.clear();
    body.push_str("end");
    format!("{} {body}", headers.len())
}

#[with_locals]
async fn attributes(
    #[allow(unused_variables)] Path(id): Path<u32>,
    #[allow(unused_mut)] mut method: Method,
    #[expect(unused_variables)] uri: Uri,
) -> String {
    locals.clear_session();
    method.to_string()
}

#[with_locals]
async fn the_binding_between(
    Path(id): Path<u32>,
    #[locals] context: &Locals<UserId, Eager>,
    body: String,
) -> String {
    context.clear_session();
    format!("{id} {} {body}", context.get_session().is_some())
}

#[with_locals]
async fn unnamed(_: &Locals, auth: State<Auth>) -> String {
    auth.ping().await.is_ok().to_string()
}

#[with_locals]
async fn names_of_the_expansion(
    Path(__arguments): Path<u32>,
    __locals: Method,
    __request: Uri,
    __outcome: Version,
) -> String {
    locals.clear_session();
    let __rejected = format!("{__locals} {__request} {__outcome:?}");
    format!("{__arguments} {__rejected}")
}

#[with_locals(name = r#async,)]
async fn raw_identifiers(Path(r#type): Path<u32>, r#match: Method) -> String {
    r#async.clear_session();
    format!("{type} {}", r#match, r#type = r#type)
}

/// As many as axum takes.
#[with_locals]
async fn sixteen(
    a: Method,
    b: Method,
    c: Method,
    d: Method,
    e: Uri,
    f: Uri,
    g: Uri,
    h: Uri,
    i: Version,
    j: Version,
    k: Version,
    l: Version,
    m: (),
    n: (),
    o: HeaderMap,
    p: Bytes,
) -> String {
    locals.clear_session();
    let _: [(); 2] = [m, n];
    let _: (Version, HeaderMap, Bytes) = (l, o, p);
    format!("{a}{b}{c}{d}{e}{f}{g}{h}{i:?}{j:?}{k:?}")
}

#[with_locals]
async fn generic<T, const STEP: u64>(Path(value): Path<T>) -> String
where
    T: Into<u64> + Send,
{
    locals.clear_session();
    (value.into() + STEP).to_string()
}

#[tokio::test]
async fn every_parameter_arrives() {
    let page = Page { number: 2, size: 9 };
    let routes = Router::new()
        .route("/none", get(none))
        .route("/nested/{shelf}/{book}", get(nested))
        .route("/structure", get(structure).layer(Extension(page)))
        .route("/ignored/{id}", get(ignored))
        .route("/marker", get(unit_struct))
        .route("/irrefutable", get(irrefutable))
        .route("/mutable", get(mutable))
        .route("/attributes/{id}", get(attributes))
        .route("/between/{id}", get(the_binding_between))
        .route("/names/{id}", get(names_of_the_expansion))
        .route("/raw/{id}", get(raw_identifiers))
        .route("/sixteen", get(sixteen))
        .route("/generic/{value}", get(generic::<u32, 5>));
    expect(
        routes,
        &[
            ("/none", 200, ""),
            ("/nested/1/2?a=b", 200, "1 3 1"),
            ("/structure", 200, "2 9 9 2"),
            ("/ignored/1", 200, ""),
            ("/marker", 200, ""),
            ("/irrefutable", 200, "GET /irrefutable"),
            ("/mutable", 200, "0 end"),
            ("/attributes/1", 200, "GET"),
            ("/between/1", 200, "1 true "),
            ("/names/1", 200, "1 GET /names/1 HTTP/1.1"),
            ("/raw/1", 200, "1 GET"),
            (
                "/sixteen",
                200,
                "GETGETGETGET/sixteen/sixteen/sixteen/sixteenHTTP/1.1HTTP/1.1HTTP/1.1",
            ),
            ("/generic/4", 200, "9"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_binding_without_a_name_changes_nothing() {
    let answer = ask(Router::new().route("/", get(unnamed)), "/").await;
    assert_eq!((&*answer.text, answer.cookies), ("true", 0));
}
