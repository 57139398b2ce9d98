//! [`DatabaseUrl`]: `user:password@host1:port1,host2:port2/database?key=value`, as far as it is read alike.
//!
//! Where other programs read the same text differently, it is refused: an unencoded `#`, or an `@` that is not
//! the one before the hosts.

use super::refuse;
use crate::error::StoreError;
use percent_encoding::percent_decode_str;

/// Keys and values in the order in which they were given.
pub(crate) type Pairs = Vec<(String, String)>;

/// Its parts, which are encoded still; empty where there is none.
pub(crate) struct DatabaseUrl<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) hosts: &'a str,
    /// Without its `/`.
    pub(crate) path: &'a str,
    query: &'a str,
}

impl<'a> DatabaseUrl<'a> {
    /// Of what follows the scheme.
    pub(crate) fn split(url: &'a str) -> Result<Self, StoreError> {
        let (before, query) = url.split_once('?').unwrap_or((url, ""));
        let (authority, path) = before.split_once('/').unwrap_or((before, ""));
        check_separators(url, authority)?;
        let (userinfo, hosts) = authority.split_once('@').unwrap_or(("", authority));
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        Ok(Self {
            user,
            password,
            hosts,
            path,
            query,
        })
    }

    /// What stands behind the `?`, decoded.
    pub(crate) fn parameters(&self) -> Result<Pairs, StoreError> {
        let parts = self.query.split('&').filter(|part| !part.is_empty());
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

/// One of the hosts and its port, which is empty where there is none; the usual one, for an error.
pub(crate) fn host_and_port(part: &str, usual_port: u16) -> Result<(&str, &str), StoreError> {
    let (name, rest) = match part.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']').ok_or_else(unclosed)?,
        None => part.split_at(part.find(':').unwrap_or(part.len())),
    };
    match rest.strip_prefix(':') {
        Some(port) if port.contains(':') => refuse(format!(
            "the URL of the database has too many `:` after its user: an IPv6 address is put in brackets, as in \
             [::1]:{usual_port}"
        )),
        Some(port) => Ok((name, port)),
        None if rest.is_empty() => Ok((name, "")),
        None => refuse("the URL of the database has more than a port after the `]` of an address"),
    }
}

fn unclosed() -> StoreError {
    StoreError::Setup("the URL of the database has a `[` without its `]`".to_owned())
}

/// A `+` stays one.
pub(crate) fn decode(text: &str) -> Result<String, StoreError> {
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
