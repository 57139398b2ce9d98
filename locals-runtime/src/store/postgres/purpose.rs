//! [`Purpose`]: what a link is for, how it connects to PostgreSQL, and how it learns that a connection is of no
//! use any more.

use super::{
    connection::{Connection, PREPARATION, Parts},
    dial::{Dialed, Dialer, Wants},
    statement::Statements,
};
use crate::{
    error::StoreError,
    store::link::{Dial, Lost, Task, Usable},
};
use std::{
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::watch, time::timeout};

/// How often it is looked whether the server has gone silent.
const WATCH: Duration = Duration::from_millis(250);

/// How often it is looked whether a server that is read from takes no writes any more, and another one does.
const LOOK: Duration = Duration::from_secs(1);

/// What a link is for.
#[derive(Clone)]
pub(super) struct Purpose {
    pub(super) shared: Shared,
    pub(super) wants: Wants,
    /// How long the server may be silent while something is asked.
    pub(super) patience: Duration,
}

/// What all links of a store share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) dialer: Dialer,
    pub(super) statements: Arc<Statements>,
    pub(super) runtime: Handle,
    /// Whether there is a transaction pooler in between, as far as is known.
    pub(super) is_pooled: Arc<AtomicBool>,
    /// Changes whenever a server was found that takes writes.
    pub(super) writer_found: Arc<watch::Sender<()>>,
}

impl Dial for Purpose {
    type Connection = Connection;
    type Driver = Driver;
    const SERVER: &'static str = "PostgreSQL";

    async fn connect(&self) -> Result<(Arc<Connection>, Driver), StoreError> {
        let Shared {
            dialer,
            statements,
            runtime,
            is_pooled,
            writer_found,
        } = &self.shared;
        // Before it is known which server it is.
        let mut other_writer_found = writer_found.subscribe();
        let Dialed {
            client,
            driver,
            pulse,
        } = dialer(self.wants).await?;
        let bytes = Task::spawn(runtime, driver);
        let connection = Arc::new(Connection::new(Parts {
            client,
            pulse,
            driver: bytes.handle(),
            statements: Arc::clone(statements),
            runtime: runtime.clone(),
            is_pooled: is_pooled.load(Ordering::Relaxed),
            transacts: self.wants == Wants::ReadWrite,
            pooler_found: Arc::clone(is_pooled),
        }));
        let ready = timeout(PREPARATION, connection.make_ready());
        ready.await.unwrap_or(Err(StoreError::Timeout))?;
        if self.wants == Wants::ReadWrite {
            writer_found.send_replace(());
            other_writer_found.borrow_and_update();
        }
        let follower = Follower {
            connection: Arc::downgrade(&connection),
            // Whoever writes notices by what is refused.
            dialer: (self.wants == Wants::Any).then(|| Arc::clone(dialer)),
            writer_found: other_writer_found,
        };
        let driver = Driver {
            bytes,
            _follower: Task::spawn(runtime, follower.follow()),
        };
        Ok((connection, driver))
    }

    async fn watch(&self, connection: &Connection, mut driver: Driver) -> Lost {
        let patience = self.patience;
        loop {
            let ended = driver.bytes.ended_within(WATCH).await;
            let cause = match ended {
                Some(Ok(Err(error))) => super::error::text(&error),
                Some(Ok(Ok(()))) => "the server closed it".to_owned(),
                Some(Err(_)) => connection
                    .why_given_up()
                    .unwrap_or("it was given up")
                    .to_owned(),
                None if connection.is_given_up_for_silence(patience).await => {
                    return Lost {
                        cause: connection.why_given_up().unwrap_or_default().to_owned(),
                        was_silent: true,
                    };
                }
                None if connection.is_lost() => "it is of no use any more".to_owned(),
                None => continue,
            };
            return Lost {
                cause,
                was_silent: false,
            };
        }
    }
}

/// Whoever reads from a server that takes no writes any more would not see what another one has taken since.
struct Follower {
    connection: Weak<Connection>,
    /// To look for another one; none for a connection that writes.
    dialer: Option<Dialer>,
    writer_found: watch::Receiver<()>,
}

impl Follower {
    async fn follow(mut self) {
        let mut asked = 0;
        loop {
            let found = timeout(LOOK, self.writer_found.changed()).await;
            let Some(connection) = self.connection.upgrade() else {
                return;
            };
            if found.is_err() {
                Arc::clone(&connection).prepare_what_was_missed().await;
            }
            let is_found = match found {
                Ok(Ok(())) => true,
                Ok(Err(_)) => return,
                // A server that sleeps while nobody asks is let sleep.
                Err(_) if self.dialer.is_none() || connection.asked() == asked => continue,
                Err(_) => false,
            };
            if connection.is_read_only().await && (is_found || self.finds_another().await) {
                connection.give_up("its server takes no writes, and another does".to_owned());
            }
            asked = connection.asked();
        }
    }

    /// That takes writes. The connections that write may all have found it long ago.
    async fn finds_another(&self) -> bool {
        match &self.dialer {
            Some(dialer) => dialer(Wants::ReadWrite).await.is_ok(),
            None => false,
        }
    }
}

/// What goes on for a connection as long as this is there.
pub(super) struct Driver {
    /// Moves them.
    bytes: Task<Result<(), tokio_postgres::Error>>,
    _follower: Task<()>,
}
