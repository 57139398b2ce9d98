//! [`Target`]: what a URL says of the server. No error and no `Debug` shows a password.

use super::{
    greeting::{Greeting, Login},
    place::{Place, decoded},
};
use crate::{error::StoreError, store::refuse};
use std::fmt;

const PORT: u16 = 6379;
const PORT_OF_SENTINEL: u16 = 26379;

#[derive(Clone)]
pub(super) struct Target {
    pub(super) servers: Servers,
    pub(super) is_encrypted: bool,
    login: Option<Login>,
    database: u32,
}

/// Which servers a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Servers {
    /// The one with the sessions.
    One(Place),
    /// Those that know which one leads.
    Sentinels(Watch),
    /// Some of those that have the sessions between them.
    Cluster(Vec<Place>),
}

/// Who watches a server and its replicas, and what the sentinels call these.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Watch {
    pub(super) places: Vec<Place>,
    pub(super) service: String,
    login: Option<Login>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("servers", &self.servers)
            .field("is_encrypted", &self.is_encrypted)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("places", &self.places)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Servers {
    fn places(&self) -> &[Place] {
        match self {
            Self::One(place) => std::slice::from_ref(place),
            Self::Sentinels(watch) => &watch.places,
            Self::Cluster(seeds) => seeds,
        }
    }
}

impl Watch {
    /// What is said first to a sentinel.
    pub(super) fn greeting(&self) -> Greeting {
        Greeting {
            login: self.login.clone(),
            database: 0,
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
        let query = Query::parse(rest, query)?;
        match scheme.to_ascii_lowercase().as_str() {
            "redis" | "valkey" => tcp(rest, query, false),
            "rediss" | "valkeys" => tcp(rest, query, true),
            "redis+sentinel" | "valkey+sentinel" => sentinels(rest, query, false),
            "rediss+sentinel" | "valkeys+sentinel" => sentinels(rest, query, true),
            "redis-cluster" | "redis+cluster" | "valkey-cluster" | "valkey+cluster" => {
                cluster(rest, query, false)
            }
            "rediss-cluster" | "rediss+cluster" | "valkeys-cluster" | "valkeys+cluster" => {
                cluster(rest, query, true)
            }
            "unix" | "redis+unix" | "valkey+unix" => unix(rest, query),
            scheme if scheme.contains("sentinel") => refuse(SENTINEL_FORM),
            scheme if scheme.contains("cluster") => refuse(CLUSTER_FORM),
            _ => refuse(FORM),
        }
    }

    /// L-08: nothing goes over a network unencrypted unless somebody said so.
    pub(super) fn check(&self, allow_plaintext: bool) -> Result<(), StoreError> {
        if self.is_encrypted || allow_plaintext {
            return Ok(());
        }
        self.servers
            .places()
            .iter()
            .try_for_each(Place::check_plaintext)
    }

    /// What is said first on a connection.
    pub(super) fn greeting(&self) -> Greeting {
        Greeting {
            login: self.login.clone(),
            database: self.database,
        }
    }
}

/// Without what was given: it may be a password.
const FORM: &str = "no URL of Redis: write redis://user:password@host:6379/0, rediss:// for TLS, \
                    redis+sentinel://host:26379/service, redis-cluster://host:6379, or unix:///path/of/the.sock";

const SENTINEL_FORM: &str = "no URL of Sentinel: write redis+sentinel://user:password@host:26379,host:26379/service, or \
                             rediss+sentinel:// for TLS; the service is what `sentinel monitor` names";

const CLUSTER_FORM: &str = "no URL of a Redis Cluster: write redis-cluster://user:password@host:6379,host:6379, or \
                            rediss-cluster:// for TLS";

/// What stands behind the `?`.
struct Query {
    pairs: Vec<(String, String)>,
    /// Whether none of it can be a piece of a password that has a `?` or a `&`.
    is_no_secret: bool,
}

impl Query {
    fn parse(before: &str, text: &str) -> Result<Self, StoreError> {
        let parts = text.split('&').filter(|part| !part.is_empty());
        let pairs = parts.map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decoded(key)?, decoded(value)?))
        });
        let pairs: Vec<_> = pairs.collect::<Result<_, StoreError>>()?;
        let has_password = pairs.iter().any(|(key, _)| key.contains("pass"));
        let is_behind_login = before.contains('@') || !before.contains(':');
        Ok(Self {
            pairs,
            is_no_secret: is_behind_login && !text.contains('@') && !has_password,
        })
    }

    /// The values of these parameters; an empty one where it is not there.
    fn values<const N: usize>(mut self, known: [&str; N]) -> Result<[String; N], StoreError> {
        let mut values = [const { String::new() }; N];
        for (key, value) in std::mem::take(&mut self.pairs) {
            let place = known.iter().position(|known| *known == key);
            match place.and_then(|place| values.get_mut(place)) {
                Some(place) => *place = value,
                None => return Err(self.unknown(&key, &known)),
            }
        }
        Ok(values)
    }

    fn unknown(&self, key: &str, known: &[&str]) -> StoreError {
        let known = match known {
            [] => "none".to_owned(),
            known => known.join(", "),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        StoreError::Setup(if self.is_no_secret && key.chars().all(is_name) {
            format!("`{key}` is no parameter of this URL of Redis (known: {known}): leave it out")
        } else {
            format!(
                "the URL of Redis has something behind its `?` that is no parameter (known: {known}): leave it out; in \
                 a password write `%3F` for `?`, and `%26` for `&`"
            )
        })
    }
}

fn database(text: &str) -> Result<u32, StoreError> {
    match text {
        "" => Ok(0),
        number => number
            .parse()
            .or_else(|_| refuse("the database of Redis is a number: redis://host:6379/0")),
    }
}

/// Of what stands before the `@`.
fn login(user_info: &str) -> Result<Option<Login>, StoreError> {
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    Login::of(decoded(user)?, decoded(password)?)
}

/// What stands before the `@`, behind it, and behind the `/`.
fn split(rest: &str) -> Result<(Option<Login>, &str, &str), StoreError> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, address) = match authority.rsplit_once('@') {
        Some((user_info, address)) => (login(user_info)?, address),
        None => (None, authority),
    };
    Ok((login, address, path.trim_end_matches('/')))
}

fn tcp(rest: &str, query: Query, is_encrypted: bool) -> Result<Target, StoreError> {
    let [] = query.values([])?;
    let (login, address, path) = split(rest)?;
    if address.contains(',') {
        return refuse(
            "one server of Redis is connected to: name one host, or write redis-cluster:// or \
             redis+sentinel:// for several",
        );
    }
    Ok(Target {
        servers: Servers::One(Place::of_host(address, PORT)?),
        is_encrypted,
        login,
        database: database(path)?,
    })
}

fn places(addresses: &str, default_port: u16) -> Result<Vec<Place>, StoreError> {
    let addresses = addresses.split(',');
    addresses
        .map(|address| Place::of_host(address, default_port))
        .collect()
}

fn sentinels(rest: &str, query: Query, is_encrypted: bool) -> Result<Target, StoreError> {
    let [user, password] = query.values(["sentinel_username", "sentinel_password"])?;
    let (login, addresses, path) = split(rest)?;
    let (service, number) = path.split_once('/').unwrap_or((path, ""));
    let service = decoded(service)?;
    if service.is_empty() {
        return refuse(SENTINEL_FORM);
    }
    let watch = Watch {
        places: places(addresses, PORT_OF_SENTINEL)?,
        service,
        login: Login::of(user, password)?,
    };
    Ok(Target {
        servers: Servers::Sentinels(watch),
        is_encrypted,
        login,
        database: database(number)?,
    })
}

fn cluster(rest: &str, query: Query, is_encrypted: bool) -> Result<Target, StoreError> {
    let [] = query.values([])?;
    let (login, addresses, path) = split(rest)?;
    if database(path)? != 0 {
        return refuse("a Redis Cluster has no database but 0");
    }
    Ok(Target {
        servers: Servers::Cluster(places(addresses, PORT)?),
        is_encrypted,
        login,
        database: 0,
    })
}

fn unix(path: &str, query: Query) -> Result<Target, StoreError> {
    let path = decoded(path)?;
    if !path.starts_with('/') {
        return refuse("the path of a socket is written in full: unix:///run/redis/redis.sock");
    }
    let [user, password, db] = query.values(["user", "pass", "db"])?;
    Ok(Target {
        servers: Servers::One(Place::Unix(path.into())),
        is_encrypted: false,
        login: Login::of(user, password)?,
        database: database(&db)?,
    })
}

#[cfg(test)]
mod tests;
