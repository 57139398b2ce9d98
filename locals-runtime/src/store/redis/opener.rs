//! [`Opener`]: the way to one place: the name resolved, TCP or a Unix socket, TLS, and who we are.

use super::{error::Failed, greeting::Greeting, pipeline::Pipeline, place::Place, server::Server};
use crate::{
    error::StoreError,
    store::{
        link::{Liveness, Stream, Task, one_line, open_tcp, open_unix, share},
        refuse,
    },
};
use rustls::pki_types::ServerName;
use std::{fmt, io, net::SocketAddr};
use tokio::{
    net::lookup_host,
    runtime::Handle,
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsConnector;

/// How a place is gone to, whichever it is.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) greeting: Greeting,
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
    pub(super) pipeline: Pipeline,
    /// What moves its bytes.
    pub(super) driver: Task<()>,
    pub(super) server: Server,
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
                Ok(opened) => {
                    if addresses.len() == 1 || !opened.server.is_replica() {
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
        let (pipeline, driver) = Pipeline::start(stream, &self.way.runtime);
        let greeting = &self.way.greeting;
        let hello = pipeline.ask(&greeting.hello()).await;
        let hello = hello.map_err(|failed| self.told(greeting.unsaid(failed)))?;
        let server = Server::of(&hello);
        Ok(Opened {
            pipeline,
            driver,
            server,
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
        self.failed(match self.way.tls {
            Some(_) => {
                "it did not answer in time: does it speak TLS on this port? redis:// is without"
            }
            None => "it did not answer in time",
        })
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
    pub(super) fn told(&self, failed: Failed) -> StoreError {
        match failed.on_connecting() {
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
