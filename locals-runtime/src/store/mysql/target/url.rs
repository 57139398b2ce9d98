//! The URL: `mysql://user:password@host:3306,host:3307/database?key=value`.

use super::servers::PORT;
use crate::{
    error::StoreError,
    store::sql::{DatabaseUrl, Pairs, decode, host_and_port, refuse},
};

/// A URL, taken apart and decoded.
pub(super) struct Parts {
    pub(super) user: String,
    pub(super) password: Option<String>,
    /// Each with its port, in the order in which they are tried; none where the URL names none.
    pub(super) hosts: Vec<(String, Option<u16>)>,
    pub(super) database: String,
    pub(super) parameters: Pairs,
}

/// What follows `mysql://` or `mariadb://`.
pub(super) fn without_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("mysql://")
        .or_else(|| text.strip_prefix("mariadb://"))
}

pub(super) fn parts(url: &str) -> Result<Parts, StoreError> {
    let url = DatabaseUrl::split(url)?;
    let hosts = if url.hosts.is_empty() {
        Vec::new()
    } else {
        let hosts = url.hosts.split(',').map(host);
        hosts.collect::<Result<_, _>>()?
    };
    let password = decode(url.password)?;
    Ok(Parts {
        parameters: url.parameters()?,
        hosts,
        user: named(decode(url.user)?, NO_USER)?,
        password: (!password.is_empty()).then_some(password),
        database: named(decode(url.path.trim_end_matches('/'))?, NO_DATABASE)?,
    })
}

fn named(name: String, otherwise: &str) -> Result<String, StoreError> {
    if name.is_empty() {
        return refuse(otherwise);
    }
    Ok(name)
}

const NO_USER: &str =
    "the URL of the database names no user: write mysql://user:password@host:3306/database";

const NO_DATABASE: &str = "the URL of the database names a server, but no database on it: write its name behind the \
     host, as in mysql://user:password@host:3306/database";

fn host(part: &str) -> Result<(String, Option<u16>), StoreError> {
    let (name, port) = host_and_port(part, PORT)?;
    let port = self::port(port)?;
    Ok((decode(name)?, port))
}

/// The value is not shown: where a password was not encoded, a part of it stands here.
fn port(text: &str) -> Result<Option<u16>, StoreError> {
    match text.parse::<u16>() {
        _ if text.is_empty() => Ok(None),
        Ok(port @ 1..) => Ok(Some(port)),
        _ => refuse(
            "a port in the URL of the database is no number from 1 to 65535 (if the password has a `:`, `/`, `?`, `#` \
             or `@`, percent-encode it)",
        ),
    }
}
