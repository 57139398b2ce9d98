//! [`Purpose`]: what a link is for, how it connects to MySQL, and how it learns that a connection is of no use any
//! more.

use super::{
    connection::Connection,
    dial::{Dialer, Wants, is_read_only},
    error::Failed,
    statement::Statements,
    work::{Live, Work},
};
use crate::{
    error::StoreError,
    store::link::{Dial, Lost},
};
use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

/// How long preparing every statement may take.
const PREPARATION: Duration = Duration::from_secs(5);

/// How often it is looked whether a server that is read from takes no writes any more, and another one does.
const LOOK: Duration = Duration::from_secs(1);

/// What all links of a store share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) dialer: Dialer,
    pub(super) statements: Arc<Statements>,
    pub(super) runtime: Handle,
    /// How many connections were lost: each makes the others doubtful.
    pub(super) losses: Arc<AtomicU64>,
    /// How much was asked, by whichever connection.
    pub(super) asked: Arc<AtomicU64>,
}

/// What a link is for.
#[derive(Clone)]
pub(super) struct Purpose {
    pub(super) shared: Shared,
    pub(super) wants: Wants,
    /// How long the server may be silent.
    pub(super) patience: Duration,
}

impl Dial for Purpose {
    type Connection = Connection;
    type Driver = ();
    const SERVER: &'static str = "MySQL";

    async fn connect(&self) -> Result<(Arc<Connection>, ()), StoreError> {
        let losses = self.shared.losses.load(Ordering::Relaxed);
        let conn = (self.shared.dialer)(self.wants).await?;
        let mut live = Live::new(conn, Arc::clone(&self.shared.statements), self.patience);
        match timeout(PREPARATION, live.prepare_all()).await {
            Ok(Ok(())) => {}
            Err(_) => return Err(StoreError::Timeout),
            Ok(Err(failed)) if live.is_of_no_use() => return Err(failed.into()),
            // A migration is under way perhaps: it is tried again by whoever asks.
            Ok(Err(_)) => {}
        }
        let all_losses = Arc::clone(&self.shared.losses);
        Ok((Arc::new(Connection::new(live, all_losses, losses)), ()))
    }

    async fn watch(&self, connection: &Connection, (): ()) -> Lost {
        let mut ended = pin!(connection.ended());
        let mut followed = pin!(self.follow(connection));
        let cause = poll_fn(|context| {
            if let Poll::Ready(cause) = ended.as_mut().poll(context) {
                return Poll::Ready(cause);
            }
            followed.as_mut().poll(context).map(|()| "")
        });
        let cause = cause.await.to_owned();
        self.shared.losses.fetch_add(1, Ordering::Relaxed);
        Lost {
            cause,
            was_silent: connection.was_silent(),
        }
    }
}

impl Purpose {
    /// Gives a connection up that reads from a server which takes no writes any more, where another does. Has no end.
    async fn follow(&self, connection: &Connection) {
        let mut seen = self.shared.asked.load(Ordering::Relaxed);
        if self.wants == Wants::Any {
            loop {
                sleep(LOOK).await;
                let asked = self.shared.asked.load(Ordering::Relaxed);
                if asked != seen && self.is_left_behind(connection).await {
                    connection.give_up("its server takes no writes, and another does".to_owned());
                }
                seen = asked;
            }
        }
        pending().await
    }

    /// Whoever reads from a server that takes no writes any more would not see what another one has taken since. It is
    /// asked of those too that nobody has used yet: the next read may be theirs. A server that sleeps while nobody asks
    /// anything is let sleep.
    async fn is_left_behind(&self, connection: &Connection) -> bool {
        let is_read_only = connection.run(&IsReadOnly, self.patience).await;
        is_read_only.unwrap_or(false) && (self.shared.dialer)(Wants::ReadWrite).await.is_ok()
    }
}

struct IsReadOnly;

impl Work for IsReadOnly {
    type Answer = bool;

    async fn run(&self, live: &mut Live) -> Result<bool, Failed> {
        live.look(1, is_read_only).await
    }
}
