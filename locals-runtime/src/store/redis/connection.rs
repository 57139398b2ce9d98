//! [`Connection`]: one live connection, on which questions are asked one behind the other without waiting.
//!
//! What changes something is asked in a task of its own: a script that the server does not have (any more) is
//! sent again as a whole, whoever stops waiting for it; how many of these there are at once has a bound.

use super::{
    error::{Failed, breaks_connection, is_answer, is_unknown_script, text},
    pulse::Pulse,
    scripts::{Call, Scripts},
};
use crate::{error::StoreError, store::link::Usable};
use redis::{Cmd, FromRedisValue, RedisError, aio::MultiplexedConnection};
use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::Semaphore, task::AbortHandle};

/// How many changes may be under way.
const PLACES: usize = 256;

pub(super) struct Connection {
    parts: Parts,
    places: Arc<Semaphore>,
    has_answered: AtomicBool,
    given_up: OnceLock<String>,
}

/// What a connection is made of.
pub(super) struct Parts {
    pub(super) redis: MultiplexedConnection,
    pub(super) scripts: Scripts,
    pub(super) pulse: Arc<Pulse>,
    pub(super) driver: AbortHandle,
    pub(super) runtime: Handle,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("given_up", &self.given_up)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            parts,
            places: Arc::new(Semaphore::new(PLACES)),
            has_answered: AtomicBool::new(false),
            given_up: OnceLock::new(),
        }
    }

    /// Asks for what changes nothing.
    pub(super) async fn read<T: FromRedisValue>(&self, question: &Cmd) -> Result<T, Failed> {
        self.parts.pulse.asked();
        let mut redis = self.parts.redis.clone();
        self.heeded(question.query_async(&mut redis).await)
    }

    /// Asks for a change that is one command.
    pub(super) async fn change<T>(self: Arc<Self>, command: Cmd) -> Result<T, Failed>
    where
        T: FromRedisValue + Send + 'static,
    {
        self.apart(|connection| async move { connection.read(&command).await })
            .await
    }

    /// Asks for a change that is a script.
    pub(super) async fn call<T>(self: Arc<Self>, call: Call) -> Result<T, Failed>
    where
        T: FromRedisValue + Send + 'static,
    {
        self.apart(|connection| async move {
            let scripts = &connection.parts.scripts;
            match connection.read(&call.by_hash(scripts)).await {
                Err(Failed::Redis(error)) if is_unknown_script(&error) => {
                    connection.read(&call.by_text(scripts)).await
                }
                answer => answer,
            }
        })
        .await
    }

    /// In a task of its own, once there is a place.
    async fn apart<T, F>(self: Arc<Self>, ask: impl FnOnce(Arc<Self>) -> F) -> Result<T, Failed>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Failed>> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(StoreError::unavailable)?;
        let asked = ask(Arc::clone(&self));
        let answer = self.parts.runtime.spawn(async move {
            let _place = place;
            asked.await
        });
        let ended = |_| StoreError::ConnectionLost("the runtime of the store has ended".into());
        answer.await.map_err(ended)?
    }

    fn heeded<T>(&self, answer: Result<T, RedisError>) -> Result<T, Failed> {
        if answer.as_ref().err().is_none_or(is_answer) {
            self.has_answered.store(true, Ordering::Relaxed);
        }
        answer.map_err(|error| {
            if breaks_connection(&error) {
                self.give_up(text(&error));
            }
            Failed::Redis(error)
        })
    }

    /// Asks nobody on it any more; what waits for an answer is told that the connection is lost.
    pub(super) fn give_up(&self, cause: String) {
        self.given_up.get_or_init(|| cause);
        self.parts.driver.abort();
    }

    pub(super) fn why_given_up(&self) -> Option<&str> {
        self.given_up.get().map(String::as_str)
    }

    /// Gives it up if nothing has come for so long though something was asked; whether it did.
    pub(super) fn is_given_up_for_silence(&self, patience: Duration) -> bool {
        let silence = self.parts.pulse.silence();
        let is_silent = silence > patience;
        if is_silent {
            self.give_up(format!(
                "the server has said nothing for {} ms",
                silence.as_millis()
            ));
        }
        is_silent
    }
}

impl Usable for Connection {
    fn is_lost(&self) -> bool {
        self.given_up.get().is_some() || self.parts.driver.is_finished()
    }

    fn has_answered(&self) -> bool {
        self.has_answered.load(Ordering::Relaxed)
    }
}
