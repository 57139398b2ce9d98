//! [`Connection`]: one live connection, on which one thing is done at a time.

use super::{
    error::{Failed, breaks_connection, code, is_outdated, text},
    work::{Live, Work},
};
use crate::{error::StoreError, store::link::Usable};
use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Mutex, Notify};

/// One that nothing was asked on for so long may have been ended by whoever stands between.
const STALE: Duration = Duration::from_secs(10);

/// How long a server may take to say that it is there.
const PULSE: Duration = Duration::from_millis(500);

pub(super) struct Connection {
    live: Mutex<Live>,
    /// When it was made.
    since: Instant,
    /// When anything was last answered, in milliseconds since then.
    answered: AtomicU64,
    has_answered: AtomicBool,
    /// How many connections of the store were lost.
    losses: Arc<AtomicU64>,
    /// How many when this was last known to be there.
    known_losses: AtomicU64,
    given_up: OnceLock<String>,
    /// Whether that was because the server said nothing.
    was_silent: AtomicBool,
    end: Notify,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("given_up", &self.given_up)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(live: Live, losses: Arc<AtomicU64>, known_losses: u64) -> Self {
        Self {
            live: Mutex::new(live),
            since: Instant::now(),
            answered: AtomicU64::new(0),
            has_answered: AtomicBool::new(false),
            losses,
            known_losses: AtomicU64::new(known_losses),
            given_up: OnceLock::new(),
            was_silent: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    /// Does it, once what was begun before is done; the server may be silent for so long.
    pub(super) async fn run<W: Work>(
        &self,
        work: &W,
        patience: Duration,
    ) -> Result<W::Answer, Failed> {
        let mut live = self.live.lock().await;
        self.check()?;
        live.is_waited_for(patience);
        let losses = self.losses.load(Ordering::Relaxed);
        let begun = Begun(Some(self));
        let answer = work.run(&mut live).await;
        begun.ends();
        let answer = self.heed(answer, &live);
        if !self.is_lost() {
            self.known_losses.store(losses, Ordering::Relaxed);
        }
        answer
    }

    /// Whether it is there still, if that is in doubt: others were lost since it answered, or it was idle for long.
    pub(super) async fn is_alive(&self) -> bool {
        let losses = self.losses.load(Ordering::Relaxed);
        let is_doubtful =
            self.known_losses.load(Ordering::Relaxed) != losses || self.idle() > STALE;
        if is_doubtful {
            self.run(&Ping, PULSE).await.is_ok()
        } else {
            !self.is_lost()
        }
    }

    fn idle(&self) -> Duration {
        let answered = Duration::from_millis(self.answered.load(Ordering::Relaxed));
        self.since.elapsed().saturating_sub(answered)
    }

    fn check(&self) -> Result<(), StoreError> {
        match self.given_up.get() {
            None => Ok(()),
            Some(cause) => Err(StoreError::ConnectionLost(cause.clone().into())),
        }
    }

    fn heed<T>(&self, answer: Result<T, Failed>, live: &Live) -> Result<T, Failed> {
        match &answer {
            Err(Failed::Store(StoreError::ConnectionLost(cause))) => {
                self.was_silent.store(true, Ordering::Relaxed);
                self.give_up(cause.to_string());
            }
            _ if live.is_of_no_use() => self.give_up(match &answer {
                Err(Failed::MySql(error)) => text(error),
                _ => "a question was left in the middle".to_owned(),
            }),
            Err(Failed::MySql(error)) => match code(error) {
                Some(code) if !breaks_connection(code) && !is_outdated(code) => self.note(),
                _ => self.give_up(text(error)),
            },
            Ok(_) | Err(Failed::Store(_)) => self.note(),
        }
        answer
    }

    /// That the server has answered.
    fn note(&self) {
        let since = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.answered.store(since, Ordering::Relaxed);
        self.has_answered.store(true, Ordering::Relaxed);
    }

    /// Asks nobody on it any more.
    pub(super) fn give_up(&self, cause: String) {
        self.given_up.get_or_init(|| cause);
        self.end.notify_one();
    }

    pub(super) fn was_silent(&self) -> bool {
        self.was_silent.load(Ordering::Relaxed)
    }

    /// Until it is given up, and why.
    pub(super) async fn ended(&self) -> &str {
        loop {
            if let Some(cause) = self.given_up.get() {
                return cause;
            }
            self.end.notified().await;
        }
    }
}

impl Usable for Connection {
    fn is_lost(&self) -> bool {
        self.given_up.get().is_some()
    }

    fn has_answered(&self) -> bool {
        self.has_answered.load(Ordering::Relaxed)
    }
}

/// What was begun on a connection. If it is dropped before its end, by a panic or with the runtime, nobody knows in the
/// middle of what the connection is.
struct Begun<'c>(Option<&'c Connection>);

impl Begun<'_> {
    fn ends(mut self) {
        self.0 = None;
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.0 {
            connection.give_up("it was left in the middle of a question".to_owned());
        }
    }
}

struct Ping;

impl Work for Ping {
    type Answer = ();

    async fn run(&self, live: &mut Live) -> Result<(), Failed> {
        live.ping().await
    }
}
