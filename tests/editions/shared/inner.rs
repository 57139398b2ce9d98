//! Attributes inside the body, and documentation inside and outside it.

use super::asking::{ask, expect};
use axum::{Router, extract::Path, routing::get};
use locals::with_locals;

#[with_locals]
async fn attribute() -> String {
    #![allow(unused_variables, reason = "it must reach the body")]
    #![allow(clippy::unused_async)]
    let unused = 1;
    locals.clear_session();
    "ok".to_owned()
}

// An expectation is met once: it is neither lost nor doubled.
#[with_locals]
async fn expectation() -> String {
    #![expect(non_snake_case, reason = "it must reach the body")]
    let Shouting = "ok";
    locals.clear_session();
    Shouting.to_owned()
}

// It speaks of the parameters too, which stand outside the braces.
#[with_locals]
async fn attribute_for_a_parameter(Path(id): Path<u32>) {
    #![allow(unused_variables)]
    locals.clear_session();
}

/// Documentation before the attribute.
#[with_locals]
#[allow(clippy::mixed_attributes_style)]
/// Documentation after it.
#[doc = "And spelled out."]
/** And in a block. */
async fn documented() -> String {
    //! And inside the body,
    /*! in both forms. */
    locals.clear_session();
    "ok".to_owned()
}

#[with_locals]
async fn nothing_but_an_attribute() {
    #![allow(clippy::unused_async)]
}

#[with_locals]
async fn attributes_in_the_body() -> String {
    #[allow(unused_variables)]
    let unused = 1;
    #[cfg(any())]
    compile_error!("cfg'd out");
    #[rustfmt::skip]
    let text = [ "o", "k" ].concat();
    locals.clear_session();
    text
}

#[tokio::test]
async fn every_body_keeps_its_attributes() {
    let routes = Router::new()
        .route("/attribute", get(attribute))
        .route("/expectation", get(expectation))
        .route("/parameter/{id}", get(attribute_for_a_parameter))
        .route("/documented", get(documented))
        .route("/body", get(attributes_in_the_body));
    expect(
        routes,
        &[
            ("/attribute", 200, "ok"),
            ("/expectation", 200, "ok"),
            ("/parameter/1", 200, ""),
            ("/documented", 200, "ok"),
            ("/body", 200, "ok"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_attribute_alone_is_a_body() {
    let routes = Router::new().route("/", get(nothing_but_an_attribute));
    let answer = ask(routes, "/").await;
    assert_eq!((answer.status, answer.cookies), (200, 0));
}
