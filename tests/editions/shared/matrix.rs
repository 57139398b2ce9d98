//! Handlers of every kind that both editions compile, called through `tower::ServiceExt::oneshot`.

pub(crate) mod asking;
pub(crate) mod drops;
mod emitting;
mod exits;
mod expecting;
mod levels;
mod parameters;
mod plain;
mod receivers;
mod returns;
mod routed;
mod stacked;
