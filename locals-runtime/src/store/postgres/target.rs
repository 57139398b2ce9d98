//! [`Target`]: what a connection string says, in any of its forms.
//!
//! A URL ([`url`]), `key=value` pairs ([`keywords`]) and the `PG*` variables ([`environment`]) all come to
//! the same pairs, which [`settings`] reads. No error and no `Debug` shows a value that was given,
//! except hosts, files and the database.

mod advice;
mod environment;
mod keywords;
mod security;
mod servers;
mod settings;
#[cfg(test)]
mod tests;
mod url;

pub(super) use security::{Protection, Roots, Verification};
pub(super) use servers::{Place, Server};

use crate::{error::StoreError, store::link::Liveness};
use security::Security;
use settings::Settings;
use std::{fmt, time::Duration};
use tokio_postgres::{Config, config::ChannelBinding};

/// Where to connect to, as whom, and how.
#[derive(Clone)]
pub(super) struct Target {
    servers: Vec<Server>,
    user: String,
    password: Option<String>,
    dbname: Option<String>,
    application_name: Option<String>,
    options: Option<String>,
    connect_timeout: Option<Duration>,
    security: Security,
    channel_binding: ChannelBinding,
    session: Option<SessionAttrs>,
    is_shuffled: bool,
    liveness: Liveness,
    pooled: Option<bool>,
}

/// `target_session_attrs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionAttrs {
    Any,
    ReadWrite,
}

/// How the server's log and `pg_stat_activity` call us.
pub(super) const APPLICATION_NAME: &str = "locals";

impl Target {
    /// A URL or `key=value` pairs, as libpq reads them.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        Self::parse_with(text, &environment::variable)
    }

    fn parse_with(text: &str, variable: &environment::Variable<'_>) -> Result<Self, StoreError> {
        let text = text.trim();
        let pairs = match url::without_scheme(text) {
            Some(rest) => url::pairs(rest)?,
            None => {
                advice::check_form(text)?;
                keywords::pairs(text)?
            }
        };
        Settings::new(pairs)?.target(environment::os_user(variable))
    }

    /// The `PG*` variables of libpq.
    pub(super) fn from_env() -> Result<Self, StoreError> {
        Self::from_variables(&environment::variable)
    }

    fn from_variables(variable: &environment::Variable<'_>) -> Result<Self, StoreError> {
        let pairs = environment::pairs(variable)?;
        Settings::of_environment(pairs)?.target(environment::os_user(variable))
    }

    /// L-08: nothing goes over a network unencrypted, nor to a server that nobody has verified, unless
    /// somebody said so.
    pub(super) fn check(
        &self,
        allow_plaintext: bool,
        allow_unverified: bool,
    ) -> Result<(), StoreError> {
        self.security
            .check(&self.servers, allow_plaintext, allow_unverified)
    }

    /// What protects a connection to this server.
    pub(super) fn protection(
        &self,
        server: &Server,
        allow_plaintext: bool,
        allow_unverified: bool,
    ) -> Protection {
        self.security
            .protection(server, allow_plaintext, allow_unverified)
    }

    pub(super) fn hosts(&self) -> &[Server] {
        &self.servers
    }

    pub(super) fn security(&self) -> &Security {
        &self.security
    }

    /// `connect_timeout`; zero, which is "for ever" to libpq, counts as not given.
    pub(super) fn connect_timeout(&self) -> Option<Duration> {
        self.connect_timeout
    }

    pub(super) fn session_attrs(&self) -> Option<SessionAttrs> {
        self.session
    }

    /// `load_balance_hosts=random`.
    pub(super) fn is_shuffled(&self) -> bool {
        self.is_shuffled
    }

    pub(super) fn liveness(&self) -> Liveness {
        self.liveness
    }

    /// `pgbouncer=true`.
    pub(super) fn is_pooled(&self) -> bool {
        self.pooled == Some(true)
    }

    /// Why it looks as if a transaction pooler were there; never where `pgbouncer` is given.
    pub(super) fn looks_pooled(&self) -> Option<&'static str> {
        match self.pooled {
            Some(_) => None,
            None => self.servers.iter().find_map(Server::looks_pooled),
        }
    }

    /// For the driver: all but the hosts and `sslmode`, which is each server's own, with our `options` after
    /// those that were given, so that ours hold.
    pub(super) fn config(&self, options: Option<&str>) -> Config {
        let mut config = Config::new();
        config.user(&self.user);
        if let Some(password) = &self.password {
            config.password(password);
        }
        if let Some(dbname) = &self.dbname {
            config.dbname(dbname);
        }
        if let Some(options) = joined(self.options.as_deref(), options) {
            config.options(options);
        }
        let name = self.application_name.as_deref();
        config
            .application_name(name.unwrap_or(APPLICATION_NAME))
            .channel_binding(self.channel_binding)
            .ssl_negotiation(self.security.negotiation());
        config
    }
}

/// The startup parameter `options` of two sources; what comes later wins.
pub(super) fn joined(given: Option<&str>, ours: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = [given, ours].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("servers", &self.servers)
            .field("dbname", &self.dbname)
            .field("security", &self.security)
            .field("session", &self.session)
            .field("pooled", &self.pooled)
            .finish_non_exhaustive()
    }
}
