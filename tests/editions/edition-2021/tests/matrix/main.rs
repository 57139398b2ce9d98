//! The handlers of `shared` as edition 2021, and those that only this edition compiles.
#![deny(warnings)]

#[path = "../../../shared/matrix.rs"]
mod matrix;
mod only;

/// Macros of the other edition.
use edition_2024 as other;

/// What the two editions do with the same tokens.
const IS_2024: bool = false;
