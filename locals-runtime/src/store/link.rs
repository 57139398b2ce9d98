//! [`Link`]: a connection that is made again whenever it is lost, by a task of its own.
//!
//! What state it is in stands in the place of a circuit breaker: while the server is away nobody waits for
//! it; whoever asks in the first moments of an attempt waits as long as [`ATTEMPT`] for it.
//! One that nobody needs yet is [idle](Link::idle): the first who asks has it made.

mod deadline;
mod host;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod liveness;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod pulse;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod socket;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod task;
mod words;

#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use deadline::deadline_after;
pub(crate) use deadline::share;
pub(crate) use host::{HostAndPort, is_local};
#[cfg(feature = "postgres")]
pub(crate) use liveness::Keepalive;
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use liveness::Liveness;
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use pulse::Pulse;
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use socket::{Stream, open_tcp, open_unix};
#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use task::Task;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use words::unreached;
pub(crate) use words::{one_line, silent};

use crate::{error::StoreError, event::TARGET};
use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    task::AbortHandle,
    time::timeout,
};

/// How long a caller waits for an attempt to connect that has just begun.
const ATTEMPT: Duration = Duration::from_millis(200);

/// A connection that lived so long was a good one: it is made again at once.
const GOOD: Duration = Duration::from_secs(1);

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A server that takes connections and answers no change, for it waits for another, keeps a backend for each of
/// them: they are made ever more slowly.
const LONGEST_PAUSE_AFTER_SILENCE: Duration = Duration::from_secs(8);

/// After how long it is asked whether anybody is there still: half-open connections are the rule after a failover, and
/// the system's own default is two hours.
pub(crate) const KEEPALIVE: Duration = Duration::from_secs(15);

/// How a link connects, and how it learns that a connection is of no use any more.
pub(crate) trait Dial: Send + Sync + 'static {
    type Connection: Usable;
    /// What keeps a connection going; dropping it closes the connection.
    type Driver: Send;

    /// What is at the other end, for texts.
    const SERVER: &'static str;

    /// One attempt: a connection on which something can be asked at once.
    fn connect(
        &self,
    ) -> impl Future<Output = Result<(Arc<Self::Connection>, Self::Driver), StoreError>> + Send;

    /// Until the connection ends, and why it did.
    fn watch(
        &self,
        connection: &Self::Connection,
        driver: Self::Driver,
    ) -> impl Future<Output = Lost> + Send;
}

/// A connection, as far as it tells of itself.
pub(crate) trait Usable: Send + Sync + 'static {
    /// Whether nothing is to be asked on it any more.
    fn is_lost(&self) -> bool;

    /// Whether anything was ever answered on it.
    fn has_answered(&self) -> bool;
}

/// How a connection ended.
pub(crate) struct Lost {
    pub(crate) cause: String,
    pub(crate) was_silent: bool,
}

#[derive(Debug)]
enum State<C> {
    /// An attempt has just begun, or begins when somebody asks.
    Connecting,
    Up(Arc<C>),
    /// The attempt takes longer than anybody waits for it.
    Slow(Arc<str>),
    /// The last attempt failed, and another is made after a pause.
    Down(Arc<str>),
}

impl<C: Usable> State<C> {
    /// What a caller gets of it; `None` if it is worth waiting.
    fn known(&self) -> Option<Result<Arc<C>, StoreError>> {
        match self {
            Self::Up(connection) if !connection.is_lost() => Some(Ok(Arc::clone(connection))),
            Self::Slow(cause) | Self::Down(cause) => Some(Err(StoreError::unavailable(&**cause))),
            Self::Up(_) | Self::Connecting => None,
        }
    }
}

/// Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct Link<C> {
    state: watch::Receiver<State<C>>,
    /// Told when the connection is needed.
    needed: Arc<Notify>,
    task: AbortHandle,
}

impl<C: Usable> Link<C> {
    /// Begins to connect.
    pub(crate) fn start<D: Dial<Connection = C>>(dial: D, runtime: &Handle) -> Self {
        let link = Self::idle(dial, runtime);
        link.begin();
        link
    }

    /// Connects when it is [told to](Self::begin), or asked for its connection.
    pub(crate) fn idle<D: Dial<Connection = C>>(dial: D, runtime: &Handle) -> Self {
        let (sender, state) = watch::channel(State::Connecting);
        let keeper = Keeper {
            dial,
            state: sender,
        };
        let needed = Arc::new(Notify::new());
        let begun = Arc::clone(&needed);
        let task = runtime.spawn(async move {
            begun.notified().await;
            keeper.keep().await;
        });
        Self {
            state,
            needed,
            task: task.abort_handle(),
        }
    }

    /// Begins to connect, if it has not.
    pub(crate) fn begin(&self) {
        self.needed.notify_one();
    }

    /// The connection, if there is one now or in a moment.
    pub(crate) async fn connection(&self) -> Result<Arc<C>, StoreError> {
        if let Some(known) = self.state.borrow().known() {
            return known;
        }
        self.begin();
        let mut state = self.state.clone();
        loop {
            let Ok(known) = state.wait_for(|state| state.known().is_some()).await else {
                return Err(runtime_has_ended());
            };
            // It may have been lost meanwhile.
            if let Some(known) = known.known() {
                return known;
            }
        }
    }

    /// Until an attempt was made, however it ended. For whoever has the time, as a program that starts.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) async fn tried(&self) {
        let mut state = self.state.clone();
        let is_over = |state: &State<C>| matches!(state, State::Up(_) | State::Down(_));
        // Its task has ended with the runtime, which whoever asks for the connection is told.
        let _ = state.wait_for(is_over).await;
    }

    /// The connection, if it is there now.
    pub(crate) fn up(&self) -> Option<Arc<C>> {
        self.state.borrow().known()?.ok()
    }
}

/// Nothing is done any more that the store does in tasks of its own.
pub(crate) fn runtime_has_ended() -> StoreError {
    StoreError::unavailable(
        "the runtime in which the store was connected has ended: connect it in the one that lives as long as the \
         program",
    )
}

impl<C> Drop for Link<C> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task behind a link.
struct Keeper<D: Dial> {
    dial: D,
    state: watch::Sender<State<D::Connection>>,
}

impl<D: Dial> Keeper<D> {
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
                    let Lost { cause, was_silent } = self.dial.watch(&connection, driver).await;
                    tracing::warn!(target: TARGET, cause, "a connection to {} was lost", D::SERVER);
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
                    error.cause()
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
            State::Down(cause) => **cause == error.cause(),
            State::Connecting | State::Up(_) | State::Slow(_) => false,
        };
        if !is_known {
            tracing::warn!(target: TARGET, %error, "no connection to {}", D::SERVER);
        }
    }

    /// One attempt to connect; callers stop waiting for it before it is over.
    async fn attempt(&self) -> Result<(Arc<D::Connection>, D::Driver), StoreError> {
        let mut attempt = Box::pin(self.dial.connect());
        if let Ok(connected) = timeout(ATTEMPT, &mut attempt).await {
            return connected;
        }
        let (server, waited) = (D::SERVER, ATTEMPT.as_millis());
        let slow = format!("no connection to {server} in {waited} ms");
        self.state.send_if_modified(|state| {
            let is_waited_for = matches!(state, State::Connecting);
            if is_waited_for {
                *state = State::Slow(slow.into());
            }
            is_waited_for
        });
        attempt.await
    }
}

/// Between a half and the whole of it, so that the nodes of a service do not come all at once.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(()) % 512;
    pause.mul_f64(0.5 + f64::from(u32::try_from(random).unwrap_or(0)) / 1024.0)
}

#[cfg(test)]
mod tests;
