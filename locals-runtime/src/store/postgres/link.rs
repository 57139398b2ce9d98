//! [`Link`]: a connection that is made again whenever it is lost, by a task of its own.
//!
//! What state it is in stands in the place of a circuit breaker: while the server is away nobody waits for
//! it; whoever asks in the first moments of an attempt waits as long as [`ATTEMPT`] for it.

use super::{
    connection::{Connection, PREPARATION, Parts},
    dial::{Dialed, Dialer, Wants},
    statement::Statements,
};
use crate::{error::StoreError, event::TARGET};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::watch,
    task::{AbortHandle, JoinHandle},
    time::timeout,
};

/// How long a caller waits for an attempt to connect that has just begun.
const ATTEMPT: Duration = Duration::from_millis(200);

/// A connection that lived so long was a good one: it is made again at once.
const GOOD: Duration = Duration::from_secs(1);

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often it is looked whether the server has gone silent.
const WATCH: Duration = Duration::from_millis(250);

/// A server that takes connections and answers no change, for it waits for another, keeps a backend for each of
/// them: they are made ever more slowly.
const LONGEST_PAUSE_AFTER_SILENCE: Duration = Duration::from_secs(8);

#[derive(Clone, Debug)]
enum State {
    /// An attempt has just begun.
    Connecting,
    Up(Arc<Connection>),
    /// The last attempt failed, and another is made after a pause.
    Down(Arc<str>),
}

impl State {
    /// What a caller gets of it; `None` if it is worth waiting.
    fn known(&self) -> Option<Result<Arc<Connection>, StoreError>> {
        match self {
            Self::Up(connection) if !connection.is_lost() => Some(Ok(Arc::clone(connection))),
            Self::Down(cause) => Some(Err(StoreError::unavailable(&**cause))),
            Self::Up(_) | Self::Connecting => None,
        }
    }
}

/// What a link is for.
#[derive(Clone)]
pub(super) struct Purpose {
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

/// Dropping it closes the connection.
#[derive(Debug)]
pub(super) struct Link {
    state: watch::Receiver<State>,
    task: AbortHandle,
}

impl Link {
    /// Begins to connect.
    pub(super) fn start(shared: Shared, purpose: Purpose) -> Self {
        let (sender, state) = watch::channel(State::Connecting);
        let runtime = shared.runtime.clone();
        let keeper = Keeper {
            shared,
            purpose,
            state: sender,
        };
        Self {
            state,
            task: runtime.spawn(keeper.keep()).abort_handle(),
        }
    }

    /// The connection, if there is one now or in a moment.
    pub(super) async fn connection(&self) -> Result<Arc<Connection>, StoreError> {
        if let Some(known) = self.state.borrow().known() {
            return known;
        }
        let mut state = self.state.clone();
        loop {
            let Ok(known) = state.wait_for(|state| state.known().is_some()).await else {
                return Err(StoreError::unavailable(
                    "the runtime in which the store was connected has ended: connect it in the one that lives \
                     as long as the program",
                ));
            };
            // It may have been lost meanwhile.
            if let Some(known) = known.known() {
                return known;
            }
        }
    }

    /// The connection, if it is there now.
    pub(super) fn up(&self) -> Option<Arc<Connection>> {
        self.state.borrow().known()?.ok()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task behind a link.
struct Keeper {
    shared: Shared,
    purpose: Purpose,
    state: watch::Sender<State>,
}

impl Keeper {
    async fn keep(self) {
        let mut pause = FIRST_PAUSE;
        let mut is_worth_waiting = true;
        let mut silences = 0_u32;
        loop {
            if is_worth_waiting {
                self.state.send_replace(State::Connecting);
            }
            let cause = match self.attempt().await {
                Ok((connection, driver)) => {
                    let since = Instant::now();
                    self.state.send_replace(State::Up(Arc::clone(&connection)));
                    let Lost { cause, was_silent } = self.watch(&connection, driver).await;
                    tracing::warn!(target: TARGET, cause, "a connection to PostgreSQL was lost");
                    if since.elapsed() > GOOD && !was_silent {
                        (pause, is_worth_waiting) = (FIRST_PAUSE, true);
                        continue;
                    }
                    let is_silent_again = was_silent && !connection.has_answered();
                    silences = if is_silent_again { silences + 1 } else { 0 };
                    if silences > 1 {
                        pause =
                            LONGEST_PAUSE_AFTER_SILENCE.min(FIRST_PAUSE * (8 << silences.min(6)));
                    }
                    cause
                }
                Err(error) => {
                    (silences, pause) = (0, pause.min(LONGEST_PAUSE));
                    self.tell_once(&error);
                    error.to_string()
                }
            };
            is_worth_waiting = false;
            self.state.send_replace(State::Down(cause.into()));
            tokio::time::sleep(jittered(pause)).await;
            pause = (2 * pause).clamp(FIRST_PAUSE, LONGEST_PAUSE.max(pause));
        }
    }

    /// Of several failures in a row that are the same.
    fn tell_once(&self, error: &StoreError) {
        let is_known = match &*self.state.borrow() {
            State::Down(cause) => **cause == error.to_string(),
            State::Connecting | State::Up(_) => false,
        };
        if !is_known {
            tracing::warn!(target: TARGET, %error, "no connection to PostgreSQL");
        }
    }

    /// One attempt to connect; callers stop waiting for it before it is over.
    async fn attempt(&self) -> Result<(Arc<Connection>, Driver), StoreError> {
        let mut attempt = Box::pin(self.connect());
        if let Ok(connected) = timeout(ATTEMPT, &mut attempt).await {
            return connected;
        }
        let slow = format!("no connection to PostgreSQL in {} ms", ATTEMPT.as_millis());
        self.state.send_if_modified(|state| {
            let is_waited_for = matches!(state, State::Connecting);
            if is_waited_for {
                *state = State::Down(slow.into());
            }
            is_waited_for
        });
        attempt.await
    }

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
        } = dialer(self.purpose.wants).await?;
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

    /// Until the connection ends, and why it did.
    async fn watch(&self, connection: &Connection, mut driver: Driver) -> Lost {
        let patience = self.purpose.patience;
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

/// How a connection ended.
struct Lost {
    cause: String,
    was_silent: bool,
}

/// The task that moves the bytes of a connection; it ends with this.
struct Driver(JoinHandle<Result<(), tokio_postgres::Error>>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Between a half and the whole of it, so that the nodes of a service do not come all at once.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(()) % 512;
    pause.mul_f64(0.5 + f64::from(u32::try_from(random).unwrap_or(0)) / 1024.0)
}
