//! What only edition 2021 compiles: `gen` as a name, and opaque types that borrow nothing by default.

use super::matrix::asking::expect;
use axum::{Router, extract::Path, response::IntoResponse, routing::get};
use locals::{Eager, Locals, UserId, with_locals};
use std::any::type_name_of_val;

#[with_locals]
async fn gen(Path(gen): Path<u32>) -> String {
    locals.clear_session();
    let gen = gen + 1;
    gen.to_string()
}

#[with_locals(name = gen)]
async fn bound() -> String {
    gen.clear_session();
    String::from("bound")
}

#[with_locals]
async fn declared(gen: &Locals<UserId, Eager>) -> String {
    gen.clear_session();
    gen.get_session().is_some().to_string()
}

/// `into_iter` of a boxed slice gives references.
#[with_locals]
#[allow(boxed_slice_into_iter)]
async fn boxed_slice() -> String {
    locals.clear_session();
    let numbers: Box<[u8]> = Box::new([1]);
    type_name_of_val(&numbers.into_iter().next()).to_owned()
}

struct Pages;

impl Pages {
    #[with_locals]
    async fn borrows_nothing(&self) -> impl IntoResponse {
        locals.clear_session();
        "mine"
    }
}

#[tokio::test]
async fn what_only_edition_2021_takes_answers() {
    let routes = Router::new()
        .route("/gen/{gen}", get(gen))
        .route("/bound", get(bound))
        .route("/declared", get(declared))
        .route("/boxed", get(boxed_slice))
        .route(
            "/borrows-nothing",
            get(|request| async move { Pages.borrows_nothing(request).await }),
        );
    expect(
        routes,
        &[
            ("/gen/1", 200, "2"),
            ("/bound", 200, "bound"),
            ("/declared", 200, "true"),
            ("/boxed", 200, "core::option::Option<&u8>"),
            ("/borrows-nothing", 200, "mine"),
        ],
    )
    .await;
}
