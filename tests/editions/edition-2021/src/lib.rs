//! Handlers of edition 2021: those that `.ci/lints` compares, and those that a macro emits elsewhere.
#![deny(warnings)]

#[path = "../../shared/bodies.rs"]
pub mod bodies;
#[path = "../../shared/emitted.rs"]
mod emitted;
