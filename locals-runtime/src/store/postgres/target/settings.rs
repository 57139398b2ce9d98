//! The keys of a connection string, and what their values may be.

use super::{
    SessionAttrs, Target, advice, environment,
    security::{MODES, Roots, Security, SslMode},
    servers,
};
use crate::{
    error::StoreError,
    store::{
        link::{Keepalive, Liveness},
        sql::{Pairs, refuse},
    },
};
use std::{collections::BTreeMap, time::Duration};
use tokio_postgres::config::ChannelBinding;

const KEYS: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "gssencmode",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "password",
    "pgbouncer",
    "port",
    "ssl",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// What was given, each key once; an empty value is none.
pub(super) struct Settings {
    values: BTreeMap<String, String>,
    /// Errors name the variable instead of the key.
    are_variables: bool,
}

impl Settings {
    pub(super) fn new(pairs: Pairs) -> Result<Self, StoreError> {
        let mut values = BTreeMap::new();
        let mut follows_password = false;
        for (key, value) in pairs {
            if !KEYS.contains(&key.as_str()) {
                return Err(advice::unknown_key(&key, follows_password));
            }
            follows_password = key == "password";
            if values.contains_key(&key) {
                return refuse(format!(
                    "`{key}` stands twice in the connection string: leave one out"
                ));
            }
            values.insert(key, value);
        }
        values.retain(|_, value| !value.is_empty());
        Ok(Self {
            values,
            are_variables: false,
        })
    }

    pub(super) fn of_environment(pairs: Pairs) -> Result<Self, StoreError> {
        let settings = Self::new(pairs)?;
        Ok(Self {
            are_variables: true,
            ..settings
        })
    }

    pub(super) fn target(self, os_user: Option<String>) -> Result<Target, StoreError> {
        self.check_fixed()?;
        let Some(user) = self.owned("user").or(os_user) else {
            return refuse(format!(
                "no user is given for the database, and USER is not set: add it ({})",
                self.called("user")
            ));
        };
        let seconds = |count: u32| Duration::from_secs(count.into());
        Ok(Target {
            servers: servers::servers(self.text("host"), self.text("hostaddr"), self.text("port"))?,
            user,
            password: self.owned("password"),
            dbname: self.owned("dbname"),
            application_name: self.owned("application_name"),
            options: self.owned("options"),
            connect_timeout: self.number("connect_timeout")?.map(seconds),
            security: self.security()?,
            channel_binding: self
                .one_of("channel_binding", CHANNEL_BINDING)?
                .unwrap_or(ChannelBinding::Prefer),
            session: self.one_of("target_session_attrs", SESSION_ATTRS)?,
            is_shuffled: self
                .one_of("load_balance_hosts", LOAD_BALANCE_HOSTS)?
                .unwrap_or(false),
            liveness: self.liveness()?,
            pooled: self.one_of("pgbouncer", BOOLEAN)?,
        })
    }

    /// Keys that have one value here: who writes another expects what we do not do.
    fn check_fixed(&self) -> Result<(), StoreError> {
        self.one_of("client_encoding", ENCODINGS)?;
        self.one_of("gssencmode", GSS_MODES)?;
        self.one_of("ssl", &[("true", ())])?;
        Ok(())
    }

    fn security(&self) -> Result<Security, StoreError> {
        let mode = self.one_of("sslmode", MODES)?;
        // JDBC's way to say it, which libpq understands too.
        let ssl = self.text("ssl").map(|_| SslMode::Require);
        Ok(Security {
            mode: mode.or(ssl),
            roots: self.text("sslrootcert").map(|given| match given {
                "system" => Roots::System,
                path => Roots::File(path.into()),
            }),
            identity: match (self.text("sslcert"), self.text("sslkey")) {
                (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
                (None, None) => None,
                _ => {
                    return refuse(format!(
                        "a client certificate and its key go together: give both ({} and {})",
                        self.called("sslcert"),
                        self.called("sslkey")
                    ));
                }
            },
            is_direct: self.one_of("sslnegotiation", NEGOTIATION)?.unwrap_or(false),
        })
    }

    /// Zero is the system's own to libpq, and the default to us.
    fn liveness(&self) -> Result<Liveness, StoreError> {
        let default = Keepalive::DEFAULT;
        let seconds = |key, default| -> Result<Duration, StoreError> {
            let given = self.number(key)?;
            Ok(given.map_or(default, |count| Duration::from_secs(count.into())))
        };
        let keepalive = Keepalive {
            idle: seconds("keepalives_idle", default.idle)?,
            interval: seconds("keepalives_interval", default.interval)?,
            count: self.number("keepalives_count")?.unwrap_or(default.count),
        };
        let is_kept = self.one_of("keepalives", SWITCH)?.unwrap_or(true);
        // Milliseconds, unlike its neighbours.
        let user_timeout = self.number("tcp_user_timeout")?;
        let user_timeout = user_timeout.map(|count| Duration::from_millis(count.into()));
        Ok(Liveness {
            keepalive: is_kept.then_some(keepalive),
            user_timeout: user_timeout.or(Liveness::DEFAULT.user_timeout),
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.values.get(key).cloned()
    }

    /// A number that is not zero; zero is none. No value is shown: it may be the rest of a password.
    fn number(&self, key: &str) -> Result<Option<u32>, StoreError> {
        match self.text(key).map(str::parse::<u32>) {
            None | Some(Ok(0)) => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => refuse(format!(
                "{} is a whole number of {}, without a unit",
                self.called(key),
                unit(key)
            )),
        }
    }

    fn one_of<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, StoreError> {
        let Some(given) = self.text(key) else {
            return Ok(None);
        };
        match choices.iter().find(|(name, _)| *name == given) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
                refuse(format!(
                    "{} can be {}{}",
                    self.called(key),
                    names.join(", "),
                    advice::on_value(key)
                ))
            }
        }
    }

    fn called(&self, key: &str) -> String {
        let variable = environment::variable_of(key).filter(|_| self.are_variables);
        format!("`{}`", variable.unwrap_or(key))
    }
}

fn unit(key: &str) -> &'static str {
    match key {
        "tcp_user_timeout" => "milliseconds",
        "keepalives_count" => "probes",
        _ => "seconds",
    }
}

const CHANNEL_BINDING: &[(&str, ChannelBinding)] = &[
    ("disable", ChannelBinding::Disable),
    ("prefer", ChannelBinding::Prefer),
    ("require", ChannelBinding::Require),
];

const SESSION_ATTRS: &[(&str, SessionAttrs)] = &[
    ("any", SessionAttrs::Any),
    ("read-write", SessionAttrs::ReadWrite),
    ("primary", SessionAttrs::ReadWrite),
];

const LOAD_BALANCE_HOSTS: &[(&str, bool)] = &[("disable", false), ("random", true)];

const NEGOTIATION: &[(&str, bool)] = &[("postgres", false), ("direct", true)];

const BOOLEAN: &[(&str, bool)] = &[("true", true), ("false", false)];

const SWITCH: &[(&str, bool)] = &[("1", true), ("0", false)];

const ENCODINGS: &[(&str, ())] = &[
    ("UTF8", ()),
    ("utf8", ()),
    ("UTF-8", ()),
    ("utf-8", ()),
    ("auto", ()),
];

const GSS_MODES: &[(&str, ())] = &[("disable", ()), ("prefer", ())];
