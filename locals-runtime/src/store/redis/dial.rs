//! [`Dialer`]: one new connection, all of it under one timeout: the name resolved, TCP or a Unix socket, TLS,
//! authentication, and whether the server is one that keeps sessions.

use super::{
    connection::{Connection, Parts},
    error::{refuse, refused, text},
    keys::Keys,
    scripts::{Scripts, Texts},
    server::{Server, warnings},
    socket::{Secured, Stream, open_tcp, open_unix},
    target::{Place, Target},
};
use crate::{
    error::StoreError,
    store::link::{Dial, Lost},
};
use redis::{AsyncConnectionConfig, RedisError, Value, aio::MultiplexedConnection};
use rustls::pki_types::ServerName;
use std::{collections::BTreeMap, fmt, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::lookup_host,
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

/// For one connection, until it can be asked.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the server may say nothing while something is asked: less than the engine waits for a change.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How often that is looked at.
const WATCH: Duration = Duration::from_millis(250);

/// How many questions may be queued, and how many unanswered.
const QUEUE: usize = 1024;
const UNANSWERED: usize = 512;

#[derive(Clone)]
pub(super) struct Dialer {
    pub(super) target: Target,
    /// Where the target is to be encrypted.
    pub(super) tls: Option<TlsConnector>,
    pub(super) keys: Keys,
    pub(super) runtime: Handle,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// The task that moves the bytes of a connection; it ends with this.
pub(super) struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Dial for Dialer {
    type Connection = Connection;
    type Driver = Driver;
    const SERVER: &'static str = "Redis";

    async fn connect(&self) -> Result<(Arc<Connection>, Driver), StoreError> {
        let deadline = Instant::now() + CONNECT_TIMEOUT;
        let connected = timeout_at(deadline, self.dial(deadline)).await;
        connected.unwrap_or_else(|_| Err(self.failed("it did not answer in time")))
    }

    async fn watch(&self, connection: &Connection, mut driver: Driver) -> Lost {
        loop {
            let ended = timeout(WATCH, &mut driver.0).await;
            let was_silent = ended.is_err() && connection.is_given_up_for_silence(PATIENCE);
            if ended.is_ok() || was_silent {
                let cause = connection.why_given_up();
                return Lost {
                    cause: cause.unwrap_or("the server closed it").to_owned(),
                    was_silent,
                };
            }
        }
    }
}

impl Dialer {
    async fn dial(&self, deadline: Instant) -> Result<(Arc<Connection>, Driver), StoreError> {
        let stream = self.stream(deadline).await?;
        let pulse = stream.pulse();
        // Whoever asks has a deadline, and a server that is silent is found out by `watch`.
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(None)
            .set_connection_timeout(None)
            .set_pipeline_buffer_size(QUEUE)
            .set_concurrency_limit(UNANSWERED);
        let greeting = self.target.greeting();
        let begun = MultiplexedConnection::new_with_config(&greeting, stream, config).await;
        let (mut redis, driver) = begun.map_err(|error| self.told(&error))?;
        let driver = Driver(self.runtime.spawn(driver));
        let scripts = self.scripts(&mut redis).await?;
        let connection = Connection::new(Parts {
            redis,
            scripts,
            pulse,
            driver: driver.0.abort_handle(),
            runtime: self.runtime.clone(),
        });
        Ok((Arc::new(connection), driver))
    }

    /// Once it is known what server it is.
    async fn scripts(&self, redis: &mut MultiplexedConnection) -> Result<Scripts, StoreError> {
        let hello: Value = redis::cmd("HELLO")
            .query_async(redis)
            .await
            .map_err(|error| self.told(&error))?;
        let server = Server::of(&hello);
        server.check()?;
        let texts = Texts::new(server.takes_flags());
        let question = texts.question(&self.keys.of_nobody());
        match question.query_async::<Vec<String>>(redis).await {
            Ok(hashes) => Ok(texts.known_by(hashes)),
            Err(error) if refuses_scripts(&error) => refuse(format!(
                "this server of Redis lets us run no scripts, by which sessions are changed as a whole: {}",
                text(&error)
            )),
            Err(error) => Err(self.told(&error)),
        }
    }

    /// Tries each address. The first gets no more than its share of the time: one that swallows packets hides no
    /// other.
    async fn stream(&self, deadline: Instant) -> Result<Stream, StoreError> {
        let (host, port) = match &self.target.place {
            Place::Unix(path) => {
                let opened = open_unix(path).await;
                return opened.map_err(|error| self.unreachable(&error));
            }
            Place::Tcp(host, port) => (host.as_str(), *port),
        };
        let found = lookup_host((host, port)).await;
        let addresses: Vec<SocketAddr> = found.map_err(|error| self.unreachable(&error))?.collect();
        let mut last = self.failed("its name has no address");
        for (at, address) in addresses.iter().enumerate() {
            let secured = self.secured(host)?;
            let share = share(deadline, addresses.len() - at);
            match timeout_at(share, open_tcp(*address, secured)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = self.unreachable(&error),
                Err(_) => last = self.failed("it did not answer in time"),
            }
        }
        Err(last)
    }

    fn secured(&self, host: &str) -> Result<Secured<'_>, StoreError> {
        let Some(tls) = &self.tls else {
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

    fn failed(&self, cause: impl fmt::Display) -> StoreError {
        StoreError::unavailable(self.at(cause))
    }

    fn at(&self, cause: impl fmt::Display) -> String {
        let text = format!("cannot connect to Redis at {}: {cause}", self.target.place);
        text.replace(char::is_control, " ")
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
    fn told(&self, error: &RedisError) -> StoreError {
        match refused(error) {
            StoreError::Setup(text) => StoreError::Setup(self.at(text)),
            StoreError::Unavailable(cause) => self.failed(cause),
            other => other,
        }
    }

    /// What whoever runs the server should mend, where it lets us ask.
    pub(super) async fn warnings(connection: &Connection) -> Vec<String> {
        let info = connection.read::<String>(&redis::cmd("INFO")).await;
        let mut question = redis::cmd("CONFIG");
        question.arg("GET").arg("save");
        let save = connection.read::<BTreeMap<String, String>>(&question).await;
        let save = save.ok().and_then(|mut answer| answer.remove("save"));
        warnings(&info.unwrap_or_default(), save.as_deref())
    }
}

/// NOPERM, or a command that is not there or not allowed.
fn refuses_scripts(error: &RedisError) -> bool {
    let detail = error.detail().unwrap_or_default();
    error.code() == Some("NOPERM") || detail.contains("unknown command")
}

/// When the first of `count` attempts has to be over.
fn share(deadline: Instant, count: usize) -> Instant {
    let now = Instant::now();
    let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    now + deadline.saturating_duration_since(now) / count
}
