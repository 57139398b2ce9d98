//! [`Address`]: where the socket of a server is, and how it is opened.

use super::failure::Cause;
use crate::store::{
    link::{Liveness, Stream, open_tcp, open_unix},
    postgres::target::{Place, Server},
};
use std::{net::SocketAddr, path::PathBuf};
use tokio::net::lookup_host;

pub(super) enum Address {
    Tcp(SocketAddr),
    /// A socket's file.
    Unix(PathBuf),
}

impl Address {
    /// Those of a server.
    pub(super) async fn all(server: &Server) -> Result<Vec<Self>, Cause> {
        match &server.place {
            Place::Directory(directory) => Ok(vec![Self::Unix(server.socket(directory))]),
            Place::Address(address) => Ok(vec![Self::Tcp(SocketAddr::new(*address, server.port))]),
            Place::Name(name) => {
                let found = lookup_host((name.as_str(), server.port)).await;
                Ok(found.map_err(Cause::Lookup)?.map(Self::Tcp).collect())
            }
        }
    }

    pub(super) async fn open(&self, liveness: Liveness) -> Result<Stream, Cause> {
        let opened = match self {
            Self::Tcp(address) => open_tcp(*address, liveness).await.map(Stream::new),
            Self::Unix(path) => open_unix(path).await,
        };
        opened.map_err(Cause::Socket)
    }
}
