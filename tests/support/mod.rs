//! What the tests of the examples share: an example as a process, and a client of it.

pub(crate) mod client;
pub(crate) mod server;
