//! [`Purpose`]: what a link is for, how it connects to PostgreSQL, and how it learns that a connection is of no
//! use any more.

use super::{
    connection::{Connection, PREPARATION, Parts},
    dial::{Dialed, Dialer, Wants},
    statement::Statements,
};
use crate::{
    error::StoreError,
    store::link::{Dial, Lost, Usable},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, task::JoinHandle, time::timeout};

/// How often it is looked whether the server has gone silent.
const WATCH: Duration = Duration::from_millis(250);

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
        } = &self.shared;
        let Dialed {
            client,
            driver,
            arrivals,
        } = dialer(self.wants).await?;
        let driver = Driver(runtime.spawn(driver));
        let connection = Arc::new(Connection::new(Parts {
            client,
            arrivals,
            driver: driver.0.abort_handle(),
            statements: Arc::clone(statements),
            runtime: runtime.clone(),
            is_pooled: is_pooled.load(Ordering::Relaxed),
            pooler_found: Arc::clone(is_pooled),
        }));
        let ready = timeout(PREPARATION, connection.make_ready());
        ready.await.unwrap_or(Err(StoreError::Timeout))?;
        Ok((connection, driver))
    }

    async fn watch(&self, connection: &Connection, mut driver: Driver) -> Lost {
        let patience = self.patience;
        loop {
            let ended = timeout(WATCH, &mut driver.0).await;
            let cause = match ended {
                Ok(Ok(Err(error))) => super::error::text(&error),
                Ok(Ok(Ok(()))) => "the server closed it".to_owned(),
                Ok(Err(_)) => connection
                    .why_given_up()
                    .unwrap_or("it was given up")
                    .to_owned(),
                Err(_) if connection.is_given_up_for_silence(patience).await => {
                    return Lost {
                        cause: connection.why_given_up().unwrap_or_default().to_owned(),
                        was_silent: true,
                    };
                }
                Err(_) if connection.is_lost() => "it is of no use any more".to_owned(),
                Err(_) => continue,
            };
            return Lost {
                cause,
                was_silent: false,
            };
        }
    }
}

/// The task that moves the bytes of a connection; it ends with this.
pub(super) struct Driver(JoinHandle<Result<(), tokio_postgres::Error>>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}
