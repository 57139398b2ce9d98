//! Hosts, as they are written.

use std::{fmt, net::IpAddr};

/// Whether what is sent there stays on this machine.
pub(crate) fn is_local(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// `db.example:5432` or `[::1]:5432`.
pub(crate) struct HostAndPort<'a>(pub(crate) &'a str, pub(crate) u16);

impl fmt::Display for HostAndPort<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self(host, port) => write!(f, "{host}:{port}"),
        }
    }
}
