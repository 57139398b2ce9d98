//! [`Opener`]: the way to one place: the name resolved, TCP or a Unix socket, TLS, and who we are.

use super::{error::refused, place::Place, server::leads_to_replica};
use crate::{
    error::StoreError,
    store::{
        link::{Liveness, Pulse, Stream, Task, one_line, open_tcp, open_unix, share},
        refuse,
    },
};
use redis::{AsyncConnectionConfig, RedisConnectionInfo, RedisError, aio::MultiplexedConnection};
use rustls::pki_types::ServerName;
use std::{fmt, io, net::SocketAddr, sync::Arc};
use tokio::{
    net::lookup_host,
    runtime::Handle,
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

/// How many questions may be queued, and how many unanswered.
const QUEUE: usize = 1024;
const UNANSWERED: usize = 512;

/// How a place is gone to, whichever it is.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) greeting: RedisConnectionInfo,
    /// Where what is sent is to be encrypted.
    pub(super) tls: Option<TlsConnector>,
    pub(super) allow_plaintext: bool,
    pub(super) runtime: Handle,
}

impl Way {
    /// L-08: nor to a place that only a server has named.
    pub(super) fn to(&self, place: Place) -> Result<Opener, StoreError> {
        if self.tls.is_none() && !self.allow_plaintext {
            place.check_plaintext()?;
        }
        let way = self.clone();
        Ok(Opener { way, place })
    }
}

#[derive(Clone)]
pub(super) struct Opener {
    way: Way,
    pub(super) place: Place,
}

/// A connection on which it was said who we are.
pub(super) struct Opened {
    pub(super) redis: MultiplexedConnection,
    pub(super) pulse: Arc<Pulse>,
    /// What moves its bytes.
    pub(super) driver: Task<()>,
}

impl Opened {
    /// Whether it says before the limit that it follows no other.
    async fn leads(&mut self, limit: Instant) -> bool {
        let is_replica = timeout_at(limit, leads_to_replica(&mut self.redis)).await;
        !is_replica.unwrap_or(true)
    }
}

impl Opener {
    /// Before the deadline, or not at all.
    pub(super) async fn open(&self, deadline: Instant) -> Result<Opened, StoreError> {
        let opened = timeout_at(deadline, self.opened(deadline)).await;
        opened.unwrap_or_else(|_| Err(self.late()))
    }

    async fn opened(&self, deadline: Instant) -> Result<Opened, StoreError> {
        let (host, port) = match &self.place {
            Place::Unix(path) => {
                let opened = open_unix(path).await;
                return self
                    .greeted(opened.map_err(|error| self.unreachable(&error))?)
                    .await;
            }
            Place::Tcp(host, port) => (host.as_str(), *port),
        };
        let found = lookup_host((host, port)).await;
        let addresses: Vec<SocketAddr> = found.map_err(|error| self.unreachable(&error))?.collect();
        self.first_of(host, &addresses, deadline).await
    }

    /// Tries each address. The first gets no more than its share of the time: one that swallows packets hides no
    /// other, nor does a replica the primary.
    async fn first_of(
        &self,
        host: &str,
        addresses: &[SocketAddr],
        deadline: Instant,
    ) -> Result<Opened, StoreError> {
        let mut last = Err(self.failed("its name has no address"));
        for (at, address) in addresses.iter().enumerate() {
            let share = share(deadline, addresses.len() - at);
            let opened = timeout_at(share, self.open_at(host, *address)).await;
            match opened.unwrap_or_else(|_| Err(self.late())) {
                Ok(mut opened) => {
                    if addresses.len() == 1 || opened.leads(share).await {
                        return Ok(opened);
                    }
                    last = Ok(opened);
                }
                // What only whoever runs the program can mend is said first.
                Err(error) if !matches!(last, Ok(_) | Err(StoreError::Setup(_))) => {
                    last = Err(error);
                }
                Err(_) => {}
            }
        }
        last
    }

    async fn open_at(&self, host: &str, address: SocketAddr) -> Result<Opened, StoreError> {
        let opened = opened(address, self.secured(host)?).await;
        let stream = opened.map_err(|error| self.unreachable(&error))?;
        self.greeted(stream).await
    }

    async fn greeted(&self, stream: Stream) -> Result<Opened, StoreError> {
        let pulse = stream.pulse();
        // Whoever asks has a deadline, and a server that is silent is found out by who watches the connection.
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_connection_timeout(None)
            .set_pipeline_buffer_size(QUEUE)
            .set_concurrency_limit(UNANSWERED);
        let greeting = &self.way.greeting;
        let begun = MultiplexedConnection::new_with_config(greeting, stream, config).await;
        let (redis, driver) = begun.map_err(|error| self.told(&error))?;
        Ok(Opened {
            redis,
            pulse,
            driver: Task::spawn(&self.way.runtime, driver),
        })
    }

    fn secured(&self, host: &str) -> Result<Secured<'_>, StoreError> {
        let Some(tls) = &self.way.tls else {
            return Ok(None);
        };
        match ServerName::try_from(host.to_owned()) {
            Ok(name) => Ok(Some((tls, name))),
            Err(_) => refuse(format!(
                "`{}` is no name for a certificate",
                host.escape_debug()
            )),
        }
    }

    pub(super) fn late(&self) -> StoreError {
        self.failed("it did not answer in time")
    }

    pub(super) fn failed(&self, cause: impl fmt::Display) -> StoreError {
        StoreError::unavailable(self.at(cause))
    }

    pub(super) fn at(&self, cause: impl fmt::Display) -> String {
        one_line(&format!(
            "cannot connect to Redis at {}: {cause}",
            self.place
        ))
    }

    /// What came of TCP or TLS: a certificate that is not taken is for whoever runs the program.
    fn unreachable(&self, error: &io::Error) -> StoreError {
        let tls = error
            .get_ref()
            .and_then(|cause| cause.downcast_ref::<rustls::Error>());
        match tls {
            Some(rustls::Error::InvalidCertificate(_)) => StoreError::Setup(self.at(format_args!(
                "{error}: give the roots that it is verified by with `root_certificates(..)`, or take any with \
                 `allow_unverified_tls()`"
            ))),
            _ => self.failed(error),
        }
    }

    /// What the server has said no with.
    pub(super) fn told(&self, error: &RedisError) -> StoreError {
        match refused(error) {
            StoreError::Setup(text) => StoreError::Setup(self.at(text)),
            StoreError::Unavailable(cause) => self.failed(cause),
            other => other,
        }
    }
}

/// How the server is known to TLS.
type Secured<'a> = Option<(&'a TlsConnector, ServerName<'static>)>;

async fn opened(address: SocketAddr, secured: Secured<'_>) -> io::Result<Stream> {
    let stream = open_tcp(address, Liveness::DEFAULT).await?;
    Ok(match secured {
        Some((connector, name)) => Stream::new(connector.connect(name, stream).await?),
        None => Stream::new(stream),
    })
}

#[cfg(test)]
mod tests;
