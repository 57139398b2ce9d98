//! Attributes inside the body, and documentation inside and outside it.
#![deny(warnings, missing_docs, unused_doc_comments)]
#![warn(clippy::pedantic)]

use axum::{Router, extract::Path, routing::get};
use locals::{Auth, with_locals};

/// An inner attribute speaks of the whole body.
#[with_locals]
pub async fn inner_attribute() -> String {
    #![allow(unused_variables, reason = "it must reach the body")]
    #![allow(clippy::unused_async)]
    let unused = 1;
    locals.clear_session();
    "ok".to_owned()
}

/// An expectation is met once: it is neither lost nor doubled.
#[with_locals]
pub async fn inner_expectation() -> String {
    #![expect(non_snake_case, reason = "it must reach the body")]
    let Shouting = "ok";
    locals.clear_session();
    Shouting.to_owned()
}

/// And of the parameters too, which stand outside the braces.
#[with_locals]
pub async fn inner_attribute_for_a_parameter(Path(id): Path<u32>) {
    #![allow(unused_variables)]
    locals.clear_session();
}

/// Documentation before the attribute.
#[with_locals]
/// Documentation after it.
#[doc = "And spelled out."]
/** And in a block. */
pub async fn documented() -> String {
    //! And inside the body,
    /*! in both forms. */
    locals.clear_session();
    "ok".to_owned()
}

/// A body that is nothing but an attribute.
#[with_locals]
pub async fn empty() {
    #![allow(clippy::unused_async)]
}

/// Attributes on statements and expressions are the body's own affair.
#[with_locals]
pub async fn attributes_in_the_body() -> String {
    #[allow(unused_variables)]
    let unused = 1;
    #[cfg(any())]
    compile_error!("cfg'd out");
    #[rustfmt::skip]
    let text = { "ok".to_owned() };
    locals.clear_session();
    text
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/attribute", get(inner_attribute))
        .route("/expectation", get(inner_expectation))
        .route("/parameter/{id}", get(inner_attribute_for_a_parameter))
        .route("/documented", get(documented))
        .route("/empty", get(empty))
        .route("/body", get(attributes_in_the_body));
}
