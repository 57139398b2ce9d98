//! The same without axum: on actix-web, and on plain `http`.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests-actix` writes the messages anew; review the difference.

#[path = "../compiler.rs"]
mod compiler;

#[test]
fn every_supported_handler_compiles() {
    trybuild::TestCases::new().pass("pass/*.rs");
}

/// Fails unless the compiler is rustc 1.95, to which the `.stderr` files belong.
#[test]
fn every_mistake_gets_its_message() {
    compiler::expect_theirs();
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}
