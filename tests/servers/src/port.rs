//! Ports that nobody listens on.

use std::{iter, net::TcpListener};

/// A free port of 127.0.0.1, below those that systems give to clients. A client that tries again and
/// again to reach a server that is down may be given the server's port as its own: it then reaches
/// itself, and the server cannot come back.
pub(crate) fn free() -> u16 {
    iter::repeat_with(|| fastrand::u16(16_384..32_768))
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("the search does not end without one")
}
