//! [`Target`]: what a URL says of the server. No error and no `Debug` shows a password.

use super::error::refuse;
use crate::error::StoreError;
use percent_encoding::percent_decode_str;
use redis::{ProtocolVersion, RedisConnectionInfo};
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    path::PathBuf,
};

const DEFAULT_PORT: u16 = 6379;

#[derive(Clone)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) is_encrypted: bool,
    login: Option<Login>,
    database: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The name or address of a host, and the port.
    Tcp(String, u16),
    /// A socket's file.
    Unix(PathBuf),
}

#[derive(Clone)]
struct Login {
    user: Option<String>,
    password: String,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("place", &self.place)
            .field("is_encrypted", &self.is_encrypted)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Place {
    /// Whether what is sent there stays on this machine.
    fn is_local(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp(host, _) => match host.parse::<IpAddr>() {
                Ok(address) => address.to_canonical().is_loopback(),
                Err(_) => host.eq_ignore_ascii_case("localhost"),
            },
        }
    }
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = url.trim().split_once("://") else {
            return refuse(FORM);
        };
        if rest.contains('#') {
            return refuse(
                "a URL of Redis has nothing behind `#`: say `allow_unverified_tls()` for `#insecure`, and \
                 write `%23` for a `#` in a password",
            );
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let query = pairs(query)?;
        match scheme.to_ascii_lowercase().as_str() {
            "redis" | "valkey" => tcp(rest, &query, false),
            "rediss" | "valkeys" => tcp(rest, &query, true),
            "unix" | "redis+unix" | "valkey+unix" => unix(rest, query),
            scheme if scheme.contains("sentinel") || scheme.contains("cluster") => refuse(
                "Redis Cluster and Sentinel are not supported yet: give the URL of one server, \
                 redis://host:6379",
            ),
            _ => refuse(FORM),
        }
    }

    /// L-08: nothing goes over a network unencrypted unless somebody said so.
    pub(super) fn check(&self, allow_plaintext: bool) -> Result<(), StoreError> {
        if self.is_encrypted || allow_plaintext || self.place.is_local() {
            return Ok(());
        }
        refuse(format!(
            "what is sent to Redis at {} would be read and changed by whoever is on the network between: write \
             `rediss://`, or say `allow_plaintext()`",
            self.place
        ))
    }

    /// What is said first on a connection.
    pub(super) fn greeting(&self) -> RedisConnectionInfo {
        let mut greeting = RedisConnectionInfo::default()
            .set_protocol(ProtocolVersion::RESP3)
            .set_skip_set_lib_name()
            .set_db(i64::from(self.database));
        if let Some(Login { user, password }) = &self.login {
            greeting = greeting.set_password(password);
            if let Some(user) = user {
                greeting = greeting.set_username(user);
            }
        }
        greeting
    }
}

/// Without what was given: it may be a password.
const FORM: &str = "no URL of Redis: write redis://user:password@host:6379/0, rediss:// for TLS, or \
                    unix:///path/of/the.sock";

type Pairs = Vec<(String, String)>;

fn pairs(query: &str) -> Result<Pairs, StoreError> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decoded(key)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, StoreError> {
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => {
            refuse("a part of the URL of Redis is no UTF-8 when its percent signs are decoded")
        }
    }
}

/// What stands behind the `?` of a password is no name of a parameter, and is not shown.
fn unknown(key: &str) -> StoreError {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    StoreError::Setup(if key.bytes().all(is_name) {
        format!("`{key}` is no parameter of a URL of Redis that is known here: leave it out")
    } else {
        "the URL of Redis has a `?` and no parameter behind it: write `%3F` for one in a password"
            .to_owned()
    })
}

fn database(text: &str) -> Result<u32, StoreError> {
    match text {
        "" => Ok(0),
        number => number
            .parse()
            .or_else(|_| refuse("the database of Redis is a number: redis://host:6379/0")),
    }
}

fn tcp(rest: &str, query: &[(String, String)], is_encrypted: bool) -> Result<Target, StoreError> {
    if let Some((key, _)) = query.first() {
        return Err(unknown(key));
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user_info, address) = match authority.rsplit_once('@') {
        Some((user_info, address)) => (Some(user_info), address),
        None => (None, authority),
    };
    Ok(Target {
        place: address_of(address)?,
        is_encrypted,
        login: user_info.map(login).transpose()?.flatten(),
        database: database(path.trim_end_matches('/'))?,
    })
}

fn login(user_info: &str) -> Result<Option<Login>, StoreError> {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    login_of(decoded(user)?, decoded(password)?)
}

fn login_of(user: String, password: String) -> Result<Option<Login>, StoreError> {
    match (user.is_empty(), password.is_empty()) {
        (true, true) => Ok(None),
        (false, true) => refuse(
            "the URL of Redis has a user and no password: write redis://user:password@host:6379",
        ),
        (has_no_user, false) => Ok(Some(Login {
            user: (!has_no_user).then_some(user),
            password,
        })),
    }
}

fn address_of(address: &str) -> Result<Place, StoreError> {
    if address.contains(',') {
        return refuse(
            "one server of Redis is connected to: name one host (Cluster is not supported yet)",
        );
    }
    if let Some(rest) = address.strip_prefix('[') {
        let Some((host, port)) = rest.split_once(']') else {
            return refuse(FORM);
        };
        let host: Ipv6Addr = host.parse().or_else(|_| refuse(FORM))?;
        return Ok(Place::Tcp(
            host.to_string(),
            port_of(port.strip_prefix(':'))?,
        ));
    }
    let (host, port) = match address.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (address, None),
    };
    let host = decoded(host)?;
    if host.is_empty() {
        return refuse("the URL of Redis names no host: write redis://host:6379");
    }
    Ok(Place::Tcp(host, port_of(port)?))
}

fn port_of(port: Option<&str>) -> Result<u16, StoreError> {
    match port {
        None | Some("") => Ok(DEFAULT_PORT),
        Some(port) => port.parse().or_else(|_| {
            refuse(
                "the port in the URL of Redis is no number: percent-encode what is no letter or digit in a \
                 password",
            )
        }),
    }
}

fn unix(path: &str, query: Pairs) -> Result<Target, StoreError> {
    let path = decoded(path)?;
    if !path.starts_with('/') {
        return refuse("the path of a socket is written in full: unix:///run/redis/redis.sock");
    }
    let (mut user, mut password, mut db) = (String::new(), String::new(), String::new());
    for (key, value) in query {
        match key.as_str() {
            "user" => user = value,
            "pass" => password = value,
            "db" => db = value,
            _ => return Err(unknown(&key)),
        }
    }
    Ok(Target {
        place: Place::Unix(path.into()),
        is_encrypted: false,
        login: login_of(user, password)?,
        database: database(&db)?,
    })
}

#[cfg(test)]
mod tests;
