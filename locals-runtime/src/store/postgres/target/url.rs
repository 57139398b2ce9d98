//! The URL form: `postgres://user:password@host1:port1,host2:port2/database?key=value`.
//!
//! libpq's grammar ("Connection URIs" in its documentation), stricter where libpq and other programs read
//! the same text differently: an unencoded `#`, or an `@` that is not the one before the hosts.

use super::Pairs;
use crate::{error::StoreError, store::sql::refuse};
use percent_encoding::percent_decode_str;

/// What follows `postgres://` or `postgresql://`.
pub(super) fn without_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("postgres://")
        .or_else(|| text.strip_prefix("postgresql://"))
}

pub(super) fn pairs(url: &str) -> Result<Pairs, StoreError> {
    let (authority, path, query) = split(url);
    check_separators(url, authority)?;
    let (userinfo, hosts) = authority.split_once('@').unwrap_or(("", authority));
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let (hosts, ports) = hosts_and_ports(hosts)?;
    let query = parameters(query)?;
    let mut pairs = vec![
        ("user".to_owned(), decode(user)?),
        ("password".to_owned(), decode(password)?),
        ("host".to_owned(), hosts),
        ("port".to_owned(), ports),
        ("dbname".to_owned(), decode(path)?),
    ];
    // As libpq does; `postgres://localhost/app?host=/cloudsql/..` is how some providers write it.
    pairs.retain(|(key, _)| query.iter().all(|(given, _)| given != key));
    pairs.extend(query);
    Ok(pairs)
}

/// Authority, path without its `/`, query without its `?`.
fn split(url: &str) -> (&str, &str, &str) {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let (authority, path) = before.split_once('/').unwrap_or((before, ""));
    (authority, path, query)
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

/// `h1:p1,[::1]:p2` as the two lists that the key-value form has.
fn hosts_and_ports(hosts: &str) -> Result<(String, String), StoreError> {
    let mut names = Vec::new();
    let mut ports = Vec::new();
    for part in hosts.split(',') {
        let (name, port) = host_and_port(part)?;
        names.push(decode(name)?);
        ports.push(decode(port)?);
    }
    Ok((names.join(","), ports.join(",")))
}

fn host_and_port(part: &str) -> Result<(&str, &str), StoreError> {
    let (name, rest) = match part.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']').ok_or_else(unclosed)?,
        None => part.split_at(part.find(':').unwrap_or(part.len())),
    };
    match rest.strip_prefix(':') {
        Some(port) if port.contains(':') => refuse(
            "the URL of the database has too many `:` after its user: an IPv6 address is put in brackets, as in \
             [::1]:5432",
        ),
        Some(port) => Ok((name, port)),
        None if rest.is_empty() => Ok((name, "")),
        None => refuse("the URL of the database has more than a port after the `]` of an address"),
    }
}

fn unclosed() -> StoreError {
    StoreError::Setup("the URL of the database has a `[` without its `]`".to_owned())
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
