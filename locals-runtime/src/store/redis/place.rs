//! [`Place`]: where a server listens.

use crate::{
    error::StoreError,
    store::{
        link::{HostAndPort, is_local},
        refuse,
    },
};
use percent_encoding::percent_decode_str;
use std::{fmt, net::Ipv6Addr, path::PathBuf};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The name or address of a host, and the port.
    Tcp(String, u16),
    /// A socket's file.
    Unix(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) => HostAndPort(host, *port).fmt(f),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Place {
    /// Of what a URL names.
    pub(super) fn of_host(address: &str, default_port: u16) -> Result<Self, StoreError> {
        if let Some(rest) = address.strip_prefix('[') {
            let Some((host, port)) = rest.split_once(']') else {
                return refuse(NO_HOST);
            };
            let host: Ipv6Addr = host.parse().or_else(|_| refuse(NO_HOST))?;
            let port = port_of(port.strip_prefix(':'), default_port)?;
            return Ok(Self::Tcp(host.to_string(), port));
        }
        let (host, port) = match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        };
        let host = decoded(host)?;
        if host.is_empty() {
            return refuse(NO_HOST);
        }
        Ok(Self::Tcp(host, port_of(port, default_port)?))
    }

    /// A place that this one names: where it says no host, that is its own.
    pub(super) fn beside(&self, host: &str, port: u16) -> Self {
        match self {
            Self::Tcp(own, _) if matches!(host, "" | "?") => Self::Tcp(own.clone(), port),
            _ => Self::Tcp(host.to_owned(), port),
        }
    }

    /// L-08: nothing goes over a network unencrypted unless somebody said so.
    pub(super) fn check_plaintext(&self) -> Result<(), StoreError> {
        if self.is_local() {
            return Ok(());
        }
        refuse(format!(
            "what is sent to Redis at {self} would be read and changed by whoever is on the network between: write \
             `rediss://` (`rediss+sentinel://`, `rediss-cluster://`), or say `allow_plaintext()`"
        ))
    }

    /// Whether what is sent there stays on this machine.
    fn is_local(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp(host, _) => is_local(host),
        }
    }
}

/// Without what was given: it may be a password.
const NO_HOST: &str = "the URL of Redis names no host: write redis://host:6379";

pub(super) fn decoded(text: &str) -> Result<String, StoreError> {
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => {
            refuse("a part of the URL of Redis is no UTF-8 when its percent signs are decoded")
        }
    }
}

fn port_of(port: Option<&str>, default: u16) -> Result<u16, StoreError> {
    match port {
        None | Some("") => Ok(default),
        Some(port) => port.parse().or_else(|_| {
            refuse(
                "the port in the URL of Redis is no number: percent-encode what is no letter or digit in a \
                 password",
            )
        }),
    }
}
