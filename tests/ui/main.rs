//! Programs that must compile, and programs that must not, with the message each of them gets.
//!
//! `pass/` holds whole programs, and those that need more crates; every other handler is compiled, in
//! both editions, and called in `tests/editions`.
//!
//! `fail/` holds one mistake per file, named after it. The messages beside them (`.stderr`) are rustc
//! 1.95's, word for word; other releases phrase or order their half of a message differently, so under
//! any other compiler that half of the suite fails, and says so. `actix/` holds those that axum
//! would change.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the messages anew; review the difference.

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
