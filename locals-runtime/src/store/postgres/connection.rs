//! [`Connection`]: one live connection, on which questions are asked in a row or one at a time.
//!
//! Directly connected, statements are prepared, and questions are queued one behind the other without waiting
//! (pipelined): what is polled once is carried out. Behind a transaction pooler, which may hand one client's
//! answer to another when several questions are under way, there is one at a time, and nothing is prepared.
//! What changes something is asked in a task of its own: it keeps its place until it is answered, whoever
//! stops waiting for it, and reads are counted, so that what is queued here has a bound.

mod backlog;
mod prepared;
mod preparing;
mod reading;
#[cfg(test)]
mod tests;

use super::{
    error::{Failed, breaks_connection, is_of_our_side, is_outdated, tells_of_a_pooler, text},
    param::Param,
    statement::{StatementId, Statements},
};
use crate::{
    error::StoreError,
    store::link::{Pulse, Usable, runtime_has_ended, silent},
};
use backlog::Backlog;
use prepared::Prepared;
pub(super) use preparing::PREPARATION;
use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    task::{AbortHandle, JoinError},
    time::timeout,
};
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};

/// How many changes may be queued on one connection.
const QUEUE: usize = 16;

/// A statement and its parameters.
#[derive(Debug)]
pub(super) struct Question {
    statement: StatementId,
    params: Vec<Param>,
}

impl Question {
    pub(super) fn new(statement: StatementId, params: Vec<Param>) -> Self {
        Self { statement, params }
    }
}

pub(super) type Answer = Result<Vec<Row>, Failed>;

#[derive(Debug)]
pub(super) struct Connection {
    parts: Parts,
    /// None behind a pooler.
    prepared: Prepared,
    /// Held while they are queued.
    queueing: Mutex<()>,
    /// Of the changes that may be queued; behind a pooler, whose turn it is.
    places: Arc<Semaphore>,
    pulse: Arc<Pulse>,
    has_answered: AtomicBool,
    reads: Backlog,
    given_up: OnceLock<String>,
}

/// What a connection is made of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) client: Client,
    /// None of a socket that is not ours to see: no bytes are seen to come, but only answers that are waited for.
    pub(super) pulse: Option<Arc<Pulse>>,
    pub(super) driver: AbortHandle,
    pub(super) statements: Arc<Statements>,
    pub(super) runtime: Handle,
    pub(super) is_pooled: bool,
    /// Whether questions are queued on it that have to stay together.
    pub(super) transacts: bool,
    /// Set for good by what a pooler answers.
    pub(super) pooler_found: Arc<AtomicBool>,
}

impl Connection {
    pub(super) fn new(parts: Parts) -> Self {
        let places = if parts.is_pooled { 1 } else { QUEUE };
        Self {
            prepared: Prepared::none(),
            queueing: Mutex::default(),
            places: Arc::new(Semaphore::new(places)),
            pulse: parts.pulse.clone().unwrap_or_default(),
            has_answered: AtomicBool::new(false),
            reads: Backlog::new(),
            given_up: OnceLock::new(),
            parts,
        }
    }

    /// Asks for a change that is one statement.
    pub(super) async fn change(self: Arc<Self>, question: Arc<Question>) -> Answer {
        self.apart(|connection| async move {
            let answer = connection.queued(connection.query(&question)).await;
            connection.heeded(answer)
        })
        .await
    }

    /// In a task of its own, once there is a place.
    pub(super) async fn apart<T, F>(
        self: Arc<Self>,
        ask: impl FnOnce(Arc<Self>) -> F,
    ) -> Result<T, Failed>
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
        answer
            .await
            .unwrap_or_else(|ended| Err(self.unanswered(&ended).into()))
    }

    /// After a panic nobody knows how far the transaction is.
    fn unanswered(&self, ended: &JoinError) -> StoreError {
        if !ended.is_panic() {
            return runtime_has_ended();
        }
        let cause = "a question to PostgreSQL panicked";
        self.give_up(cause.to_owned());
        StoreError::unavailable(cause)
    }

    /// Asks, in the order in which it is called.
    async fn queued(&self, asked: impl Future<Output = Answer>) -> Answer {
        let mut answer = pin!(asked);
        if self.parts.transacts {
            let at_once = poll_fn(|context| {
                let _queueing = self.queueing();
                Poll::Ready(answer.as_mut().poll(context))
            });
            if let Poll::Ready(answer) = at_once.await {
                return answer;
            }
        }
        answer.await
    }

    pub(super) fn is_pooled(&self) -> bool {
        self.parts.is_pooled
    }

    /// What is polled under it stays together.
    pub(super) fn queueing(&self) -> MutexGuard<'_, ()> {
        self.queueing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn query(&self, question: &Question) -> Answer {
        let Question { statement, params } = question;
        let Some(statement) = self.prepared.get(*statement) else {
            return self.unprepared(question).await;
        };
        self.pulse.asked();
        let params = params.iter().map(|param| param as &(dyn ToSql + Sync));
        let params: Vec<_> = params.collect();
        Ok(self.parts.client.query(statement, &params).await?)
    }

    async fn unprepared(&self, Question { statement, params }: &Question) -> Answer {
        self.pulse.asked();
        let params = params.iter().map(|param| param as &(dyn ToSql + Sync));
        let statement = self.parts.statements.get(statement.index());
        let statement = statement.ok_or_else(|| StoreError::unavailable("an unknown statement"))?;
        let params: Vec<(_, Type)> = params.zip(statement.types.iter().cloned()).collect();
        Ok(self
            .parts
            .client
            .query_typed(&statement.text_with_limits, &params)
            .await?)
    }

    pub(super) async fn run(&self, command: &'static str) -> Answer {
        self.pulse.asked();
        self.parts.client.batch_execute(command).await?;
        Ok(Vec::new())
    }

    pub(super) fn heeded<T>(&self, answer: Result<T, Failed>) -> Result<T, Failed> {
        self.answered();
        answer.inspect_err(|failed| self.heed(failed))
    }

    fn answered(&self) {
        self.pulse.arrived();
        self.has_answered.store(true, Ordering::Relaxed);
    }

    /// A connection that is of no use after this is given up.
    fn heed(&self, failed: &Failed) {
        let Failed::Postgres(error) = failed else {
            return;
        };
        let refusal = error.as_db_error();
        if !self.parts.is_pooled && refusal.is_some_and(tells_of_a_pooler) {
            self.parts.pooler_found.store(true, Ordering::Relaxed);
        }
        let is_over = match refusal {
            Some(refusal) => breaks_connection(refusal) || is_outdated(refusal),
            None => !is_of_our_side(error),
        };
        if is_over {
            self.give_up(text(error));
        }
    }

    /// Asks nobody on it any more; what waits for an answer is told that the connection is lost.
    pub(super) fn give_up(&self, cause: String) {
        self.given_up.get_or_init(|| cause);
        self.parts.driver.abort();
    }

    pub(super) fn why_given_up(&self) -> Option<&str> {
        self.given_up.get().map(String::as_str)
    }

    /// How many more changes could be queued at once.
    pub(super) fn places(&self) -> usize {
        self.places.available_permits()
    }

    /// Gives it up if nothing has come for so long though something was asked; whether it did.
    pub(super) async fn is_given_up_for_silence(&self, patience: Duration) -> bool {
        let silence = self.pulse.silence();
        if silence <= patience {
            return false;
        }
        if self.parts.pulse.is_none() && self.answers(patience).await {
            self.answered();
            return false;
        }
        self.give_up(silent(silence));
        true
    }

    async fn answers(&self, patience: Duration) -> bool {
        let checked = timeout(patience, self.parts.client.check_connection()).await;
        checked.is_ok_and(|checked| checked.is_ok())
    }
}

impl Usable for Connection {
    /// Also where it has turned out that there is a pooler, which another way of asking is for.
    fn is_lost(&self) -> bool {
        let is_outdated = !self.parts.is_pooled && self.parts.pooler_found.load(Ordering::Relaxed);
        is_outdated || self.given_up.get().is_some() || self.parts.client.is_closed()
    }

    fn has_answered(&self) -> bool {
        self.has_answered.load(Ordering::Relaxed)
    }
}
