//! The servers of a URL.

use crate::{
    error::StoreError,
    store::{
        link::{HostAndPort, is_local},
        sql::refuse,
    },
};
use std::fmt;

/// One server that may be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::mysql) enum Server {
    /// The name or address of a host, which its certificate is for.
    Tcp { host: String, port: u16 },
    /// The file of a Unix socket.
    Socket(String),
}

impl Server {
    /// Whether what is sent there stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Socket(_) => true,
            Self::Tcp { host, .. } => is_local(host),
        }
    }

    /// Whether a Unix socket is there, on which there is no TLS.
    pub(super) fn is_socket(&self) -> bool {
        matches!(self, Self::Socket(_))
    }
}

/// `db.example:3306`, `[::1]:3306` or the path of the socket.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } => HostAndPort(host, *port).fmt(f),
            Self::Socket(path) => f.write_str(path),
        }
    }
}

pub(super) const PORT: u16 = 3306;

/// The hosts, or the socket: `localhost` beside that is what other programs want there.
pub(super) fn servers(
    hosts: Vec<(String, Option<u16>)>,
    socket: Option<&str>,
) -> Result<Vec<Server>, StoreError> {
    match (hosts.as_slice(), socket) {
        ([], None) => refuse(
            "the URL of the database names no host: write mysql://user:password@host:3306/database, or \
             mysql://user@localhost/database?socket=/run/mysqld/mysqld.sock",
        ),
        ([], Some(socket)) => Ok(vec![of_socket(socket)?]),
        ([(host, None)], Some(socket)) if host.eq_ignore_ascii_case("localhost") => {
            Ok(vec![of_socket(socket)?])
        }
        (_, Some(_)) => refuse(
            "the URL of the database names a host and a `socket`: leave one out, or write `localhost` for the host",
        ),
        (_, None) => hosts.into_iter().map(of_host).collect(),
    }
}

fn of_socket(path: &str) -> Result<Server, StoreError> {
    if !cfg!(unix) {
        return refuse("there are no Unix sockets on this system: give the name of a host");
    }
    if !path.starts_with('/') {
        return refuse(
            "`socket` is the whole path of the server's socket, as in socket=/run/mysqld/mysqld.sock",
        );
    }
    Ok(Server::Socket(path.to_owned()))
}

/// What is no name may be a part of a password, and is not shown.
fn of_host((host, port): (String, Option<u16>)) -> Result<Server, StoreError> {
    if host.is_empty() {
        return refuse("the URL of the database has an empty host between its commas");
    }
    let is_part = |c: char| c.is_alphanumeric() || "-._:".contains(c);
    if !host.chars().all(is_part) {
        return refuse(
            "a host in the URL of the database is neither a name nor an IP address (a Unix socket is named by \
             ?socket=/run/mysqld/mysqld.sock)",
        );
    }
    let port = port.unwrap_or(PORT);
    Ok(Server::Tcp { host, port })
}
