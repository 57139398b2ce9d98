//! Handlers of every kind that both editions compile, called through `tower::ServiceExt::oneshot`.

mod accounts;
pub(crate) mod asking;
mod coerced;
mod declared;
pub(crate) mod drops;
mod emitting;
mod exits;
mod expecting;
mod generics;
mod inner;
mod kinds;
mod levels;
mod middleware;
mod namesake;
mod parameters;
mod plain;
mod receivers;
mod returns;
mod routed;
mod stacked;
