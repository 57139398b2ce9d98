//! The session and the user of a request, in every web handler, by one attribute.

pub use locals_macros::with_locals;
pub use locals_runtime::*;
