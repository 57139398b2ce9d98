//! [`Target`]: what a URL says of the servers. No error and no `Debug` shows a user or a password.
//!
//! [`url`] takes it apart, [`settings`] reads what follows its `?`, [`servers`] its hosts.

mod advice;
mod security;
mod servers;
mod settings;
#[cfg(test)]
mod tests;
mod url;

pub(super) use security::Protection;
pub(super) use servers::Server;

use crate::{error::StoreError, store::link::KEEPALIVE};
use mysql_async::{Opts, OptsBuilder, SslOpts};
use security::Security;
use settings::Settings;
use std::{fmt, time::Duration};
use url::Parts;

/// Where to connect to, as whom, and how.
#[derive(Clone)]
pub(super) struct Target {
    servers: Vec<Server>,
    user: String,
    password: Option<String>,
    database: String,
    connect_timeout: Option<Duration>,
    security: Security,
}

/// How long a server keeps a connection on which nothing is asked: its own default, eight hours.
pub(super) const WAIT_TIMEOUT_SECONDS: u32 = 28_800;

impl Target {
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        let Some(rest) = url::without_scheme(text) else {
            return Err(advice::no_url(text));
        };
        let Parts {
            user,
            password,
            hosts,
            database,
            parameters,
        } = url::parts(rest)?;
        let settings = Settings::new(parameters)?;
        Ok(Self {
            servers: servers::servers(hosts, settings.socket())?,
            user,
            password,
            database,
            connect_timeout: settings.connect_timeout()?,
            security: settings.security()?,
        })
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

    pub(super) fn servers(&self) -> &[Server] {
        &self.servers
    }

    pub(super) fn security(&self) -> &Security {
        &self.security
    }

    /// `connect-timeout`; zero counts as not given.
    pub(super) fn connect_timeout(&self) -> Option<Duration> {
        self.connect_timeout
    }

    /// For the driver. It never leaves the server that is named for a socket that this names (`prefer_socket`),
    /// compresses nothing, and sends no file.
    pub(super) fn opts(&self, server: &Server, tls: Option<SslOpts>) -> Opts {
        let builder = OptsBuilder::default()
            .user(Some(self.user.as_str()))
            .pass(self.password.as_deref())
            .db_name(Some(self.database.as_str()))
            .client_found_rows(true)
            .prefer_socket(false)
            .tcp_nodelay(true)
            .tcp_keepalive(Some(KEEPALIVE))
            .stmt_cache_size(0)
            .wait_timeout(usize::try_from(WAIT_TIMEOUT_SECONDS).ok())
            .ssl_opts(tls);
        let builder = match server {
            Server::Tcp { host, port } => builder.ip_or_hostname(host.as_str()).tcp_port(*port),
            Server::Socket(path) => builder.socket(Some(path.as_str())),
        };
        builder.into()
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("servers", &self.servers)
            .field("database", &self.database)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}
