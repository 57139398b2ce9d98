//! The URL: `mysql://user:password@host:3306,host:3307/database?key=value`.
//!
//! Where other programs read the same text differently, it is refused: an unencoded `#`, or an `@` that is not
//! the one before the hosts.

use crate::{error::StoreError, store::sql::refuse};
use percent_encoding::percent_decode_str;

/// Keys and values in the order in which they were given.
pub(super) type Pairs = Vec<(String, String)>;

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
    let (authority, path, query) = split(url);
    check_separators(url, authority)?;
    let (userinfo, hosts) = authority.split_once('@').unwrap_or(("", authority));
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let hosts = if hosts.is_empty() {
        Vec::new()
    } else {
        hosts
            .split(',')
            .map(host_and_port)
            .collect::<Result<_, _>>()?
    };
    let password = decode(password)?;
    Ok(Parts {
        parameters: parameters(query)?,
        hosts,
        user: named(decode(user)?, NO_USER)?,
        password: (!password.is_empty()).then_some(password),
        database: named(decode(path)?, NO_DATABASE)?,
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

/// Authority, path without its `/`, query without its `?`.
fn split(url: &str) -> (&str, &str, &str) {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let (authority, path) = before.split_once('/').unwrap_or((before, ""));
    (authority, path.trim_end_matches('/'), query)
}

/// An `@` further on, or a second one, means that what was taken for a host may be a password.
fn check_separators(url: &str, authority: &str) -> Result<(), StoreError> {
    let stray_at = url.matches('@').count() > authority.matches('@').count().min(1);
    if stray_at || url.contains('#') {
        return refuse(ENCODE);
    }
    Ok(())
}

const ENCODE: &str = "the URL of the database has a character that stands for something else there: percent-encode the \
     user name and the password (`@` is %40, `#` %23, `/` %2F, `?` %3F, `%` %25, and `:` in a user name %3A)";

fn host_and_port(part: &str) -> Result<(String, Option<u16>), StoreError> {
    let (name, rest) = match part.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']').ok_or_else(unclosed)?,
        None => part.split_at(part.find(':').unwrap_or(part.len())),
    };
    let port = match rest.strip_prefix(':') {
        Some(port) if port.contains(':') => {
            return refuse(
                "the URL of the database has too many `:` after its user: an IPv6 address is put in brackets, as in \
                 [::1]:3306",
            );
        }
        Some(port) => self::port(port)?,
        None if rest.is_empty() => None,
        None => {
            return refuse(
                "the URL of the database has more than a port after the `]` of an address",
            );
        }
    };
    Ok((decode(name)?, port))
}

fn unclosed() -> StoreError {
    StoreError::Setup("the URL of the database has a `[` without its `]`".to_owned())
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

fn parameters(query: &str) -> Result<Pairs, StoreError> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| match part.split_once('=') {
            Some((key, value)) => Ok((decode(key)?, decode(value)?)),
            None => refuse(
                "the URL of the database has a part after its `?` without `=`: write key=value, several with `&` \
                 between them, and `&` itself as %26",
            ),
        })
        .collect()
}

/// A `+` stays one.
fn decode(text: &str) -> Result<String, StoreError> {
    let bytes = text.as_bytes();
    let is_encoded = |at: usize| {
        let digits = bytes.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.match_indices('%').all(|(at, _)| is_encoded(at)) {
        return refuse(
            "the URL of the database has a `%` that two hexadecimal digits do not follow: a `%` itself is written %25",
        );
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) if !decoded.contains('\0') => Ok(decoded.into_owned()),
        _ => {
            refuse("the URL of the database has a percent-encoded part that is no UTF-8, or a %00")
        }
    }
}
