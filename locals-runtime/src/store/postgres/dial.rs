//! One new connection: the name resolved, TCP or a Unix socket, TLS, authentication and the question
//! whether the server takes writes; all of it under one timeout for each host.

mod address;
mod failure;
mod given;
mod role;
#[cfg(test)]
mod tests;

pub(super) use failure::refuses_options;
pub(super) use given::given_dialer;

use super::{
    target::{Server, SessionAttrs, Target},
    tls::Tls,
};
use crate::{
    error::StoreError,
    store::link::{Pulse, Stream, deadline_after, share},
};
use address::Address;
use failure::Cause;
use role::Fit;
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::{
    Client, Config, NoTls,
    config::SslMode,
    tls::{MakeTlsConnect, TlsConnect},
};

/// A connection that is ready for statements.
pub(super) struct Dialed {
    pub(super) client: Client,
    /// To be spawned: nothing is sent or read unless it is polled.
    pub(super) driver: Driver,
    /// None of a socket that is not ours to see.
    pub(super) pulse: Option<Arc<Pulse>>,
}

/// What moves the bytes of a connection; done when the connection is.
pub(super) type Driver = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// Makes one connection each time it is asked.
pub(super) type Dialer = Arc<
    dyn Fn(Wants) -> Pin<Box<dyn Future<Output = Result<Dialed, StoreError>> + Send>> + Send + Sync,
>;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    ReadWrite,
    /// Reads: a server that takes no writes will do where there is no other, as long as what it has is not
    /// old. A standby may not know yet who has signed out, and is taken only if
    /// `target_session_attrs=any` or [`Dialing::allows_stale_reads`] says so.
    Any,
}

#[derive(Clone, Debug)]
pub(super) struct Dialing {
    /// For the startup parameter `options`, after those of the target; none behind a transaction pooler.
    pub(super) options: Option<String>,
    /// For each host.
    pub(super) timeout: Duration,
    /// Whether a standby is read from if there is no other server.
    pub(super) allows_stale_reads: bool,
}

impl Dialing {
    fn deadline(&self) -> Instant {
        deadline_after(self.timeout)
    }

    /// What was given holds.
    fn attrs(&self, given: Option<SessionAttrs>) -> Option<SessionAttrs> {
        given.or(self.allows_stale_reads.then_some(SessionAttrs::Any))
    }
}

/// A [`Dialer`] for the servers of a target.
pub(super) fn dialer(target: Target, tls: Tls, how: Dialing) -> Dialer {
    let shared = Arc::new((target, tls, how));
    Arc::new(move |wants| {
        let shared = Arc::clone(&shared);
        Box::pin(async move { dial(&shared.0, &shared.1, &shared.2, wants).await })
    })
}

/// Connects to the first server that will do.
///
/// # Errors
///
/// Each host with what is wrong with it, in one line: [`StoreError::Setup`] if only whoever runs the program can
/// mend it (password, database, certificate), otherwise [`StoreError::Unavailable`].
pub(super) async fn dial(
    target: &Target,
    tls: &Tls,
    how: &Dialing,
    wants: Wants,
) -> Result<Dialed, StoreError> {
    let dial = Dial {
        target,
        tls,
        how,
        wants,
    };
    let mut failures = Vec::new();
    let mut spare = None;
    for server in dial.servers() {
        match dial.server(server).await {
            Ok((dialed, Fit::Best)) => return Ok(dialed),
            Ok((dialed, Fit::Spare)) => spare = spare.or(Some(dialed)),
            Err(cause) => failures.push((server.to_string(), cause)),
        }
    }
    spare.ok_or_else(|| failure::failed(&failures))
}

struct Dial<'a> {
    target: &'a Target,
    tls: &'a Tls,
    how: &'a Dialing,
    wants: Wants,
}

impl<'a> Dial<'a> {
    fn servers(&self) -> Vec<&'a Server> {
        let mut servers: Vec<_> = self.target.hosts().iter().collect();
        self.arrange(&mut servers);
        servers
    }

    /// In the order given, or in that of chance.
    fn arrange<T>(&self, items: &mut [T]) {
        if self.target.is_shuffled() {
            shuffle(items);
        }
    }

    async fn server(&self, server: &Server) -> Result<(Dialed, Fit), Cause> {
        let deadline = self.how.deadline();
        let mut addresses =
            within(deadline, "its name was looked up", Address::all(server)).await?;
        self.arrange(&mut addresses);
        self.first_of(server, &addresses, deadline).await
    }

    /// Tries each address of a host. The first gets no more than its share of the time: one that swallows
    /// packets hides no other.
    async fn first_of(
        &self,
        server: &Server,
        addresses: &[Address],
        deadline: Instant,
    ) -> Result<(Dialed, Fit), Cause> {
        let mut last = Err(Cause::NoAddress);
        for (at, address) in addresses.iter().enumerate() {
            let deadline = share(deadline, addresses.len() - at);
            match self.address(server, address, deadline).await {
                Ok((dialed, Fit::Spare)) => last = Ok((dialed, Fit::Spare)),
                Err(_) if last.is_ok() => {}
                Err(cause) if !cause.is_for_the_operator() => last = Err(cause),
                done => return done,
            }
        }
        last
    }

    async fn address(
        &self,
        server: &Server,
        address: &Address,
        deadline: Instant,
    ) -> Result<(Dialed, Fit), Cause> {
        let open = address.open(self.target.liveness());
        let stream = within(deadline, "the connection was made", open).await?;
        let pulse = Some(stream.pulse());
        let start = self.start(server, stream);
        let started = within(deadline, "TLS and authentication were done", start).await;
        let (client, mut driver) = started?;
        let fit = self.fit(&client, &mut driver);
        let fit = within(deadline, "it was asked whether it takes writes", fit).await?;
        let dialed = Dialed {
            client,
            driver,
            pulse,
        };
        Ok((dialed, fit))
    }

    /// TLS and authentication.
    async fn start(&self, server: &Server, stream: Stream) -> Result<(Client, Driver), Cause> {
        let mut config = self.target.config(self.how.options.as_deref());
        let Some((mode, mut connector)) = self.tls.connector(self.target, server) else {
            config.ssl_mode(SslMode::Disable);
            return started(&config, stream, NoTls).await;
        };
        config.ssl_mode(mode);
        let Ok(tls) = MakeTlsConnect::<Stream>::make_tls_connect(&mut connector, &server.name);
        started(&config, stream, tls).await
    }

    async fn fit(&self, client: &Client, driver: &mut Driver) -> Result<Fit, Cause> {
        let attrs = self.how.attrs(self.target.session_attrs());
        let role = role::ask(client, driver).await?;
        role::fit(role, self.wants, attrs).ok_or(role.refused())
    }
}

async fn started<T>(config: &Config, stream: Stream, tls: T) -> Result<(Client, Driver), Cause>
where
    T: TlsConnect<Stream>,
    T::Stream: Send + 'static,
{
    let connected = config.connect_raw(stream, tls).await;
    let (client, connection) = connected.map_err(Cause::Postgres)?;
    let driver: Driver = Box::pin(connection);
    Ok((client, driver))
}

async fn within<T>(
    deadline: Instant,
    step: &'static str,
    future: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Cause> {
    let done = timeout_at(deadline, future).await;
    done.unwrap_or(Err(Cause::TimedOut(step)))
}

/// Fisher and Yates; as it is where there is no chance to be had.
fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let Ok(random) = getrandom::u32() else {
            return;
        };
        items.swap(random as usize % (last + 1), last);
    }
}
