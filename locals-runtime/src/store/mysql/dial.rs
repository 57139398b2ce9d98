//! One new connection: the name resolved, TCP or a Unix socket, TLS, authentication, what the server says of itself,
//! and the settings of the connection; all of it under one timeout for each server.

mod failure;
mod limits;
mod route;
#[cfg(test)]
mod tests;
mod variables;

pub(super) use limits::{LIMITS, LIMITS_OF_SETUP, Limits};
pub(super) use route::Route;

use crate::{
    error::StoreError,
    store::link::{deadline_after, share},
};
use failure::Cause;
use mysql_async::{Conn, DriverError, Error, Opts, prelude::Queryable};
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};
use variables::{Role, Variables};

/// Makes one connection each time it is asked.
pub(super) type Dialer = Arc<dyn Fn(Wants) -> Dialing + Send + Sync>;

pub(super) type Dialing = Pin<Box<dyn Future<Output = Result<Conn, StoreError>> + Send>>;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    ReadWrite,
    /// Reads: a server that takes no writes will do where there is no other, as far as [`Terms::reads_anywhere`]
    /// says so.
    Any,
}

#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) limits: Limits,
    /// For each server.
    pub(super) timeout: Duration,
    /// Whether a server that takes no writes is read from. It may follow another at some distance, and not know yet
    /// who has signed out: a server does not tell which of the two it is.
    pub(super) reads_anywhere: bool,
}

impl Terms {
    fn deadline(&self) -> Instant {
        deadline_after(self.timeout)
    }

    fn fit(&self, role: Role, wants: Wants) -> Option<Fit> {
        match (role, wants) {
            (Role::Writable, _) => Some(Fit::Best),
            (Role::ReadOnly, Wants::Any) if self.reads_anywhere => Some(Fit::Spare),
            (Role::ReadOnly, _) => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Best,
    /// If there is no better.
    Spare,
}

/// A [`Dialer`] for these servers, in this order.
pub(super) fn dialer(routes: Arc<[Route]>, terms: Terms) -> Dialer {
    let dial = Arc::new(Dial { routes, terms });
    Arc::new(move |wants| {
        let dial = Arc::clone(&dial);
        Box::pin(async move { dial.first(wants).await })
    })
}

/// Whether its server takes no writes (any more).
pub(super) async fn is_read_only(conn: &mut Conn) -> Result<bool, Error> {
    match Variables::ask(conn).await {
        Ok(variables) => Ok(variables.role() == Role::ReadOnly),
        Err(Cause::MySql(error)) => Err(error),
        Err(_) => Ok(false),
    }
}

struct Dial {
    routes: Arc<[Route]>,
    terms: Terms,
}

impl Dial {
    /// Connects to the first server that will do.
    ///
    /// # Errors
    ///
    /// Each server with what is wrong with it, in one line: [`StoreError::Setup`] if only whoever runs the program can
    /// mend it (password, database, certificate), otherwise [`StoreError::Unavailable`].
    async fn first(&self, wants: Wants) -> Result<Conn, StoreError> {
        let mut failures = Vec::new();
        let mut spare = None;
        for route in &*self.routes {
            match self.server(route, wants).await {
                Ok((conn, Fit::Best)) => return Ok(conn),
                Ok((conn, Fit::Spare)) => spare = spare.or(Some(conn)),
                Err(cause) => failures.push((route.to_string(), cause)),
            }
        }
        spare.ok_or_else(|| failure::failed(&failures))
    }

    /// Tries each address of a server. The first gets no more than its share of the time: one that swallows packets
    /// hides no other.
    async fn server(&self, route: &Route, wants: Wants) -> Result<(Conn, Fit), Cause> {
        let deadline = self.terms.deadline();
        let ways = within(deadline, "its name was looked up", route.ways()).await?;
        let count = ways.len();
        let mut last = Err(Cause::NoAddress);
        for (at, opts) in ways.into_iter().enumerate() {
            let deadline = share(deadline, count - at);
            match self.address(opts, route.falls_back, deadline, wants).await {
                Ok((conn, Fit::Spare)) => last = Ok((conn, Fit::Spare)),
                Err(_) if last.is_ok() => {}
                Err(cause) if !cause.is_for_the_operator() => last = Err(cause),
                done => return done,
            }
        }
        last
    }

    async fn address(
        &self,
        opts: Opts,
        falls_back: bool,
        deadline: Instant,
        wants: Wants,
    ) -> Result<(Conn, Fit), Cause> {
        let opened = opened(opts, falls_back);
        let mut conn = within(deadline, "TLS and authentication were done", opened).await?;
        let settled = self.settle(&mut conn, wants);
        let fit = within(deadline, "the connection was set up", settled).await?;
        Ok((conn, fit))
    }

    async fn settle(&self, conn: &mut Conn, wants: Wants) -> Result<Fit, Cause> {
        let variables = Variables::ask_first(conn).await?;
        let fit = self.terms.fit(variables.role(), wants);
        let fit = fit.ok_or(Cause::NotWritable)?;
        let settings = self.terms.limits.statement(&variables);
        conn.query_drop(settings).await.map_err(Cause::MySql)?;
        if variables.is_of_galera() && !variables::is_ready(conn).await? {
            return Err(Cause::NotReady);
        }
        Ok(fit)
    }
}

/// With TLS as far as the options say, and without it where the server has none and that is good enough.
async fn opened(opts: Opts, falls_back: bool) -> Result<Conn, Cause> {
    match apart(opts.clone()).await {
        Err(Cause::MySql(Error::Driver(DriverError::NoClientSslFlagFromServer))) if falls_back => {
            apart(route::without_tls(opts)).await
        }
        opened => opened,
    }
}

/// In a task of its own: at what some servers ask for, the driver panics.
async fn apart(opts: Opts) -> Result<Conn, Cause> {
    let mut task = JoinSet::new();
    task.spawn(Conn::new(opts));
    match task.join_next().await {
        Some(Ok(connected)) => connected.map_err(Cause::MySql),
        Some(Err(_)) | None => Err(Cause::GaveUp),
    }
}

async fn within<T>(
    deadline: Instant,
    step: &'static str,
    future: impl Future<Output = Result<T, Cause>>,
) -> Result<T, Cause> {
    let done = timeout_at(deadline, future).await;
    done.unwrap_or(Err(Cause::TimedOut(step)))
}
