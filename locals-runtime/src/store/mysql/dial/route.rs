//! [`Route`]: one server, and how the driver connects to it.

use super::failure::Cause;
use crate::store::mysql::{
    target::{Server, Target},
    tls::{self, Tls},
};
use mysql_async::{Opts, OptsBuilder, PoolOpts, SslOpts};
use std::{fmt, net::IpAddr};
use tokio::net::lookup_host;

#[derive(Clone)]
pub(in crate::store::mysql) struct Route {
    server: Server,
    opts: Opts,
    /// Whether a server without TLS is connected to in plaintext.
    pub(super) falls_back: bool,
}

impl Route {
    /// The servers of a target, in its order.
    pub(in crate::store::mysql) fn all(target: &Target, tls: &Tls) -> Vec<Self> {
        let routes = target.servers().iter().map(|server| {
            let (options, falls_back) = match tls.options(target, server) {
                Some((options, falls_back)) => (Some(options), falls_back),
                None => (None, false),
            };
            Self::new(server.clone(), target.opts(server, options), falls_back)
        });
        routes.collect()
    }

    /// Of what the application made itself. What it says about hosts and TLS is not checked; it does not change the
    /// server for a socket that this names, which may be another's.
    pub(in crate::store::mysql) fn given(opts: &Opts) -> Self {
        // The driver has an address of a URL with its brackets.
        let host = opts.ip_or_hostname().trim_matches(['[', ']']).to_owned();
        let server = match opts.socket() {
            Some(path) => Server::Socket(path.to_owned()),
            None => Server::Tcp {
                host: host.clone(),
                port: opts.tcp_port(),
            },
        };
        let builder = OptsBuilder::from_opts(opts.clone())
            .ip_or_hostname(host)
            .client_found_rows(true)
            .stmt_cache_size(0)
            .prefer_socket(false)
            .pool_opts(PoolOpts::default());
        Self::new(server, builder.into(), false)
    }

    fn new(server: Server, opts: Opts, falls_back: bool) -> Self {
        if opts.ssl_opts().is_some() {
            tls::provide();
        }
        Self {
            server,
            opts,
            falls_back,
        }
    }

    #[cfg(test)]
    pub(super) fn opts(&self) -> &Opts {
        &self.opts
    }

    /// One for each address of the server.
    pub(super) async fn ways(&self) -> Result<Vec<Opts>, Cause> {
        let Server::Tcp { host, port } = &self.server else {
            return Ok(vec![self.opts.clone()]);
        };
        let addresses = match self.opts.resolved_ips() {
            Some(given) => given.clone(),
            None => {
                let found = lookup_host((host.as_str(), *port)).await;
                let found = found.map_err(Cause::Lookup)?;
                found.map(|address| address.ip()).collect()
            }
        };
        let ways = addresses.into_iter().map(|address| self.by(address));
        Ok(ways.collect())
    }

    /// The certificate is that of the server's name still.
    fn by(&self, address: IpAddr) -> Opts {
        OptsBuilder::from_opts(self.opts.clone())
            .resolved_ips(Some(vec![address]))
            .into()
    }
}

pub(super) fn without_tls(opts: Opts) -> Opts {
    let plain = OptsBuilder::from_opts(opts).ssl_opts(None::<SslOpts>);
    plain.into()
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.server.fmt(f)
    }
}
