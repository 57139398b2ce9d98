//! The URL form: `postgres://user:password@host1:port1,host2:port2/database?key=value`.
//!
//! libpq's grammar ("Connection URIs" in its documentation), stricter where libpq and other programs read
//! the same text differently.

use super::servers::PORT;
use crate::{
    error::StoreError,
    store::sql::{DatabaseUrl, Pairs, decode, host_and_port},
};

/// What follows `postgres://` or `postgresql://`.
pub(super) fn without_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("postgres://")
        .or_else(|| text.strip_prefix("postgresql://"))
}

pub(super) fn pairs(url: &str) -> Result<Pairs, StoreError> {
    let url = DatabaseUrl::split(url)?;
    let (hosts, ports) = hosts_and_ports(url.hosts)?;
    let query = url.parameters()?;
    let mut pairs = vec![
        ("user".to_owned(), decode(url.user)?),
        ("password".to_owned(), decode(url.password)?),
        ("host".to_owned(), hosts),
        ("port".to_owned(), ports),
        ("dbname".to_owned(), decode(url.path)?),
    ];
    // As libpq does; `postgres://localhost/app?host=/cloudsql/..` is how some providers write it.
    pairs.retain(|(key, _)| query.iter().all(|(given, _)| given != key));
    pairs.extend(query);
    Ok(pairs)
}

/// `h1:p1,[::1]:p2` as the two lists that the key-value form has.
fn hosts_and_ports(hosts: &str) -> Result<(String, String), StoreError> {
    let mut names = Vec::new();
    let mut ports = Vec::new();
    for part in hosts.split(',') {
        let (name, port) = host_and_port(part, PORT)?;
        names.push(decode(name)?);
        ports.push(decode(port)?);
    }
    Ok((names.join(","), ports.join(",")))
}
