//! The log: what all of its lines have in common.

/// The tracing target of every line, wherever in the library it comes from.
pub(crate) const TARGET: &str = "locals";
