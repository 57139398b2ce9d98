//! The hosts of a connection string, each with its address and port.

use crate::{
    error::StoreError,
    store::{
        link::{HostAndPort, is_local},
        sql::refuse,
    },
};
use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
};

/// One server that may be connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::postgres) struct Server {
    /// What its certificate is for: the `host`, also where a `hostaddr` says how to get there.
    pub(in crate::store::postgres) name: String,
    pub(in crate::store::postgres) place: Place,
    pub(in crate::store::postgres) port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::postgres) enum Place {
    /// To be resolved.
    Name(String),
    Address(IpAddr),
    /// Where the Unix socket is.
    Directory(PathBuf),
}

impl Server {
    /// Whether what is sent there stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        match &self.place {
            Place::Name(name) => is_local(name),
            Place::Address(address) => address.to_canonical().is_loopback(),
            Place::Directory(_) => true,
        }
    }

    /// Whether a Unix socket is there, on which there is no TLS.
    pub(super) fn is_socket(&self) -> bool {
        matches!(self.place, Place::Directory(_))
    }

    /// Why a transaction pooler seems to be there.
    pub(super) fn looks_pooled(&self) -> Option<&'static str> {
        let name = self.name.to_ascii_lowercase();
        if name.ends_with(".pooler.supabase.com") {
            Some("its host is a pooler of Supabase")
        } else if name.contains("-pooler.") {
            Some("its host is called `..-pooler`")
        } else if name.contains(".proxy-") && name.contains(".rds.amazonaws.com") {
            Some("its host is an RDS Proxy")
        } else if self.port == 6543 {
            Some("its port is 6543")
        } else {
            None
        }
    }

    /// The file of the Unix socket in a directory.
    pub(in crate::store::postgres) fn socket(&self, directory: &Path) -> PathBuf {
        directory.join(format!(".s.PGSQL.{}", self.port))
    }
}

/// `db.example:5432`, `[::1]:5432` or the path of the socket.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Directory(directory) => write!(f, "{}", self.socket(directory).display()),
            _ => HostAndPort(&self.name, self.port).fmt(f),
        }
    }
}

/// Debian's and Fedora's; what a `psql` of theirs connects to.
const SOCKET_DIRECTORY: &str = "/var/run/postgresql";

pub(super) const PORT: u16 = 5432;

/// The comma-separated lists `host`, `hostaddr` and `port`, the n-th of each together; one port is for all.
pub(super) fn servers(
    host: Option<&str>,
    hostaddr: Option<&str>,
    port: Option<&str>,
) -> Result<Vec<Server>, StoreError> {
    let mut names = listed(host);
    let addresses = listed(hostaddr);
    if names.is_empty() && addresses.is_empty() {
        names.push(default_host());
    }
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return refuse(format!(
            "the connection string has {} hosts and {} addresses (`hostaddr`): give each host one",
            names.len(),
            addresses.len()
        ));
    }
    let count = names.len().max(addresses.len());
    let ports = ports(&listed(port), count)?;
    let server = |(at, port): (usize, u16)| {
        let name = names.get(at).copied().unwrap_or_default();
        let address = addresses.get(at).copied().unwrap_or_default();
        server(name, address, port)
    };
    ports.into_iter().enumerate().map(server).collect()
}

fn listed(list: Option<&str>) -> Vec<&str> {
    list.map(|list| list.split(',').map(str::trim).collect())
        .unwrap_or_default()
}

fn default_host() -> &'static str {
    if cfg!(unix) && Path::new(SOCKET_DIRECTORY).is_dir() {
        SOCKET_DIRECTORY
    } else {
        "localhost"
    }
}

/// The value is not shown: where a password was not encoded, a part of it stands here.
fn ports(list: &[&str], count: usize) -> Result<Vec<u16>, StoreError> {
    let ports = list.iter().map(|port| match port.parse::<u16>() {
        _ if port.is_empty() => Ok(PORT),
        Ok(port @ 1..) => Ok(port),
        _ => refuse(
            "a port of the connection string is no number from 1 to 65535 (if the password has a `:`, `/`, `?`, `#` \
             or `@`, percent-encode it)",
        ),
    });
    match ports.collect::<Result<Vec<u16>, _>>()?.as_slice() {
        [] => Ok(vec![PORT; count]),
        [port] => Ok(vec![*port; count]),
        ports if ports.len() == count => Ok(ports.to_vec()),
        ports => refuse(format!(
            "the connection string has {} ports for {count} hosts: give one for all, or each host its own",
            ports.len()
        )),
    }
}

fn server(name: &str, address: &str, port: u16) -> Result<Server, StoreError> {
    let (name, place) = match (name, address) {
        ("", "") => {
            return refuse("the connection string has an empty host between its commas");
        }
        (name, "") => (name, place(name)?),
        ("", address) => (address, reached(address)?),
        (name, address) => (checked(name)?, reached(address)?),
    };
    let name = name.to_owned();
    Ok(Server { name, place, port })
}

fn reached(address: &str) -> Result<Place, StoreError> {
    match address.parse() {
        Ok(address) => Ok(Place::Address(address)),
        Err(_) => {
            refuse("`hostaddr` is no IP address: a name goes into `host`, which is looked up")
        }
    }
}

fn place(host: &str) -> Result<Place, StoreError> {
    if host.starts_with('/') {
        return directory(host);
    }
    if host.starts_with('@') {
        return refuse(
            "an abstract Unix socket (`@` before its name) cannot be connected to: give the directory of the socket",
        );
    }
    match host.parse() {
        Ok(address) => Ok(Place::Address(address)),
        Err(_) => Ok(Place::Name(checked(host)?.to_owned())),
    }
}

fn directory(path: &str) -> Result<Place, StoreError> {
    if !cfg!(unix) {
        return refuse("there are no Unix sockets on this system: give the name of a host");
    }
    if path.contains("/.s.PGSQL.") {
        return refuse(
            "`host` names the socket itself: give the directory that it is in, and its number as the port",
        );
    }
    Ok(Place::Directory(path.into()))
}

/// What is no name may be a part of a password, and is not shown.
fn checked(name: &str) -> Result<&str, StoreError> {
    let is_part = |c: char| c.is_alphanumeric() || "-._:%".contains(c);
    if name.is_empty() || !name.chars().all(is_part) {
        return refuse(
            "a host of the connection string is neither a name nor an IP address, nor the absolute path of a \
             socket's directory (percent-encoded in a URL, or as `?host=/run/postgresql`)",
        );
    }
    Ok(name)
}
