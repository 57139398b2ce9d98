//! [`Connection`]: one live connection, on which questions are asked one behind the other without waiting.
//!
//! What changes something is asked in a task of its own: a script that the server does not have (any more) is
//! sent again as a whole, whoever stops waiting for it; how many of these there are at once has a bound.

use super::{
    apart::Apart,
    error::{Failed, breaks_connection, is_answer, is_unknown_script, text},
    question::Question,
    scripts::Scripts,
    server::leads_to_replica,
};
use crate::store::link::{Pulse, Usable, silent};
use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value, aio::MultiplexedConnection};
use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, task::AbortHandle};

pub(super) struct Connection {
    parts: Parts,
    apart: Apart,
    was_asked: AtomicBool,
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
            apart: Apart::on(parts.runtime.clone()),
            parts,
            was_asked: AtomicBool::new(false),
            has_answered: AtomicBool::new(false),
            given_up: OnceLock::new(),
        }
    }

    /// Asks for what is about no key.
    pub(super) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failed> {
        self.put(command, false).await
    }

    /// Asks for a change.
    pub(super) async fn change<T>(self: Arc<Self>, question: Question) -> Result<T, Failed>
    where
        T: FromRedisValue + Send + 'static,
    {
        let connection = Arc::clone(&self);
        let change = async move { connection.ask(&question, false).await };
        self.apart.run(change).await
    }

    /// Asks, and once more with the whole script where the server does not have it. `is_asking`: of a node to which
    /// the key is on its way.
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        question: &Question,
        is_asking: bool,
    ) -> Result<T, Failed> {
        let call = match question {
            Question::Command(_, command) => return self.put(command, is_asking).await,
            Question::Script(call) => call,
        };
        let scripts = &self.parts.scripts;
        match self.put(&call.by_hash(scripts), is_asking).await {
            Err(Failed::Redis(error)) if is_unknown_script(&error) => {
                self.put(&call.by_text(scripts), is_asking).await
            }
            answer => answer,
        }
    }

    async fn put<T: FromRedisValue>(&self, command: &Cmd, is_asking: bool) -> Result<T, Failed> {
        note(&self.was_asked);
        let mut redis = self.parts.redis.clone();
        self.heeded(if is_asking {
            behind_asking(&mut redis, command).await
        } else {
            alone(&mut redis, command).await
        })
    }

    fn heeded<T>(&self, answer: Result<T, RedisError>) -> Result<T, Failed> {
        if answer.as_ref().err().is_none_or(is_answer) {
            note(&self.has_answered);
        }
        answer.map_err(|error| {
            if breaks_connection(&error) {
                self.give_up(text(&error));
            }
            Failed::Redis(error)
        })
    }

    /// Whether anybody asked anything since this was last called.
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.swap(false, Ordering::Relaxed)
    }

    /// Whether its server says that it follows another one.
    pub(super) async fn leads_to_replica(&self) -> bool {
        leads_to_replica(&mut self.parts.redis.clone()).await
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
            self.give_up(silent(silence));
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

/// Written only once: all who ask share it.
fn note(flag: &AtomicBool) {
    if !flag.load(Ordering::Relaxed) {
        flag.store(true, Ordering::Relaxed);
    }
}

/// As `Cmd::query_async` asks, without a box for the answer.
async fn alone<T: FromRedisValue>(
    redis: &mut MultiplexedConnection,
    command: &Cmd,
) -> RedisResult<T> {
    let answer = redis.send_packed_command(command).await?;
    Ok(redis::from_redis_value(answer.extract_error()?)?)
}

/// Directly behind, with nobody's command in between.
async fn behind_asking<T: FromRedisValue>(
    redis: &mut MultiplexedConnection,
    command: &Cmd,
) -> RedisResult<T> {
    let mut both = redis::pipe();
    both.cmd("ASKING").ignore().add_command(command.clone());
    let answers = redis.send_packed_commands(&both, 1, 1).await?;
    let answer = answers.into_iter().next().unwrap_or(Value::Nil);
    Ok(redis::from_redis_value(answer.extract_error()?)?)
}
