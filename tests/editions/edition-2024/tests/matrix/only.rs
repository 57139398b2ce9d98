//! What only edition 2024 compiles: chains of `let`, temporaries that go before the variables they
//! borrow, and opaque types that borrow by default.

use super::matrix::asking::expect;
use axum::{Router, extract::Path, response::IntoResponse, routing::get};
use locals::{Eager, Error, Locals, UserId, with_locals};
use std::{
    any::type_name_of_val,
    cell::RefCell,
    sync::{Arc, Mutex, PoisonError},
};

#[with_locals]
async fn let_chains(Path(text): Path<String>) -> Result<String, Error> {
    locals.clear_session();
    if let Some(session) = locals.get_session().await?
        && let Some((before, after)) = text.split_once('-')
        && after == session.user_id().as_str()
    {
        return Ok(before.to_owned());
    }
    Ok(text)
}

#[with_locals]
async fn a_borrow_in_the_tail() -> String {
    locals.clear_session();
    let text = RefCell::new("tail".to_owned());
    text.borrow().clone()
}

#[with_locals]
async fn a_lock_in_the_tail() -> String {
    locals.clear_session();
    let names = Mutex::new(vec!["one", "two"]);
    names
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .join(" ")
}

#[with_locals]
async fn a_borrow_in_a_match() -> Result<String, Error> {
    locals.clear_session();
    let session = locals.get_session().await?;
    let names = RefCell::new(vec!["one"]);
    match names.borrow().first() {
        Some(name) if session.is_some() => Ok((*name).to_owned()),
        _ => Ok(names.borrow().len().to_string()),
    }
}

#[with_locals]
async fn a_borrow_in_a_condition() -> String {
    locals.clear_session();
    let names = RefCell::new(vec!["one"]);
    if let Some(name) = names.borrow().get(1) {
        return (*name).to_owned();
    } else {
        names.borrow_mut().push("two");
    }
    names.borrow().join(" ")
}

/// A lock's guard is not `Send`; it is gone before the await.
#[with_locals]
async fn a_lock_in_a_condition() -> Result<String, Error> {
    locals.clear_session();
    let names = Mutex::new(vec!["one"]);
    if names
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .contains(&"one")
    {
        locals.sign_out().await?;
    }
    Ok("signed out".to_owned())
}

#[with_locals]
async fn r#gen(r#gen: &Locals<UserId, Eager>) -> String {
    r#gen.clear_session();
    r#gen.get_session().is_some().to_string()
}

/// `into_iter` of a boxed slice gives what is in it.
#[with_locals]
async fn boxed_slice() -> String {
    locals.clear_session();
    let numbers: Box<[u8]> = Box::new([1]);
    type_name_of_val(&numbers.into_iter().next()).to_owned()
}

#[derive(Clone)]
struct Pages(String);

impl Pages {
    #[with_locals]
    async fn borrows(&self) -> impl IntoResponse {
        locals.clear_session();
        self.0.clone()
    }

    #[with_locals]
    async fn borrows_nothing(&self) -> impl IntoResponse + use<> {
        locals.clear_session();
        self.0.clone()
    }
}

#[tokio::test]
async fn what_only_edition_2024_takes_answers() {
    let pages = Arc::new(Pages("mine".to_owned()));
    let same = Arc::clone(&pages);
    let routes = Router::new()
        .route("/chains/{text}", get(let_chains))
        .route("/tail", get(a_borrow_in_the_tail))
        .route("/lock", get(a_lock_in_the_tail))
        .route("/match", get(a_borrow_in_a_match))
        .route("/condition", get(a_borrow_in_a_condition))
        .route("/locked", get(a_lock_in_a_condition))
        .route("/gen", get(r#gen))
        .route("/boxed", get(boxed_slice))
        .route(
            "/borrows",
            get(move |request| async move { pages.borrows(request).await.into_response() }),
        )
        .route(
            "/borrows-nothing",
            get(move |request| async move { same.borrows_nothing(request).await }),
        );
    expect(
        routes,
        &[
            ("/chains/x-ada", 200, "x"),
            ("/chains/x-bob", 200, "x-bob"),
            ("/tail", 200, "tail"),
            ("/lock", 200, "one two"),
            ("/match", 200, "one"),
            ("/condition", 200, "one two"),
            ("/locked", 200, "signed out"),
            ("/gen", 200, "true"),
            ("/boxed", 200, "core::option::Option<u8>"),
            ("/borrows", 200, "mine"),
            ("/borrows-nothing", 200, "mine"),
        ],
    )
    .await;
}
