//! Edition 2024: the temporaries of the tail expression, and of an `if let`, go before the variables.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::{
    cell::RefCell,
    sync::{Mutex, PoisonError},
};

use axum::{Router, routing::get};
use locals::{Auth, Error, with_locals};

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
    let session = locals.get_session().await?;
    let names = RefCell::new(vec!["one"]);
    match names.borrow().first() {
        Some(name) if session.is_some() => Ok((*name).to_owned()),
        _ => Ok(names.borrow().len().to_string()),
    }
}

#[with_locals]
#[allow(clippy::redundant_else)]
async fn a_borrow_in_an_if_let() -> Result<String, Error> {
    let names = RefCell::new(vec!["one"]);
    if let Some(name) = names.borrow().get(1) {
        return Ok((*name).to_owned());
    } else {
        names.borrow_mut().push("two");
    }
    Ok(locals.get_session().await?.is_some().to_string())
}

/// A lock's guard is not `Send`; it is gone before the await.
#[with_locals]
async fn a_lock_in_a_condition() -> Result<String, Error> {
    let names = Mutex::new(vec!["one"]);
    if names
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .is_empty()
    {
        locals.sign_out().await?;
    }
    Ok("signed out".to_owned())
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/borrow", get(a_borrow_in_the_tail))
        .route("/lock", get(a_lock_in_the_tail))
        .route("/match", get(a_borrow_in_a_match))
        .route("/if-let", get(a_borrow_in_an_if_let))
        .route("/condition", get(a_lock_in_a_condition));
}
