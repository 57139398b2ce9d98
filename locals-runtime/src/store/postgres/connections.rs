//! [`Connections`]: which connection is asked what.
//!
//! Reads never wait behind what may wait for a lock, so they have a connection of their own. Writes go by
//! several, since one commits one transaction after the other; those of one user go by the same. Who keeps no
//! sessions here writes nothing, and needs none of these.

use super::dial::Wants;
use super::{
    connection::{Connection, Question},
    error::Failed,
    param::Param,
    purpose::{Purpose, Shared},
    statement::{StatementId, Statements},
};
use crate::{error::StoreError, store::link::Link, token::SessionId};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::timeout_at;
use tokio_postgres::Row;

/// A read waits for no lock but that of a migration, which it gives up before.
const PATIENCE_OF_READS: Duration = Duration::from_secs(1);

/// Longer than the server lets a statement run.
const PATIENCE_OF_WRITES: Duration = Duration::from_millis(1800);

/// With so few places left, a connection is busy: perhaps behind somebody who waits for a lock. Behind a pooler it
/// has one or none.
const FEW_PLACES: usize = 8;

/// How many of each kind there are behind a pooler, where one is asked one thing at a time.
const POOLED: usize = 4;

#[derive(Debug)]
pub(super) struct Connections {
    reads: Vec<Link<Connection>>,
    writes: Vec<Link<Connection>>,
    statements: Arc<Statements>,
    turn: AtomicUsize,
}

impl Connections {
    /// Begins to connect those that read.
    pub(super) fn start(shared: &Shared, writes: usize) -> Self {
        let is_pooled = shared.is_pooled.load(Ordering::Relaxed);
        let purpose = |wants, patience| Purpose {
            shared: shared.clone(),
            wants,
            patience,
        };
        let reading = |_| {
            let purpose = purpose(Wants::Any, PATIENCE_OF_READS);
            Link::start(purpose, &shared.runtime)
        };
        let writing = |_| {
            let purpose = purpose(Wants::ReadWrite, PATIENCE_OF_WRITES);
            Link::idle(purpose, &shared.runtime)
        };
        let (reads, writes) = if is_pooled {
            (POOLED, writes.max(POOLED))
        } else {
            (1, writes)
        };
        Self {
            reads: (0..reads).map(reading).collect(),
            writes: (0..writes).map(writing).collect(),
            statements: Arc::clone(&shared.statements),
            turn: AtomicUsize::new(0),
        }
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Begins to connect those that write: nobody who signs in is to wait for it.
    pub(super) fn begin_writing(&self) {
        self.writes.iter().for_each(Link::begin);
    }

    /// Prepares what was added to the statements on every connection that is there, and waits for those of
    /// reads: the others prepare everything when they come.
    pub(super) async fn prepare(&self, patience: Duration) -> Result<(), StoreError> {
        self.prepare_reads(patience).await?;
        let until = Instant::now() + patience;
        for link in &self.writes {
            // Whoever signs in first does not wait for it.
            let _is_late = timeout_at(until.into(), link.tried()).await;
            if let Ok(connection) = link.connection().await {
                connection.prepare_apart().await?;
            }
        }
        Ok(())
    }

    /// The same where nothing is written.
    pub(super) async fn prepare_reads(&self, patience: Duration) -> Result<(), StoreError> {
        let until = Instant::now() + patience;
        for link in &self.reads {
            let connection = loop {
                match link.connection().await {
                    Err(_) if Instant::now() < until => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    connection => break connection?,
                }
            };
            connection.prepare_apart().await?;
        }
        Ok(())
    }

    pub(super) async fn read(
        &self,
        statement: StatementId,
        params: Vec<Param>,
    ) -> Result<Vec<Row>, StoreError> {
        let connection = self.reader().await?;
        let answer = connection.read(Question::new(statement, params)).await;
        answer.map_err(Failed::into)
    }

    /// See [`Connection::read_session`].
    pub(super) async fn read_session(
        &self,
        statement: StatementId,
        id: SessionId,
    ) -> Result<Option<Row>, StoreError> {
        let connection = self.reader().await?;
        connection.read_session(statement, id).await
    }

    pub(super) async fn change(
        &self,
        lane: i64,
        question: Arc<Question>,
    ) -> Result<Vec<Row>, Failed> {
        self.writer(lane).await?.change(question).await
    }

    pub(super) async fn transact(
        &self,
        lane: i64,
        questions: Arc<[Question]>,
    ) -> Result<Vec<Vec<Row>>, Failed> {
        self.writer(lane).await?.transact(questions).await
    }

    /// One that writes if none that reads is there, for the server may have no connection left.
    async fn reader(&self) -> Result<Arc<Connection>, StoreError> {
        let link = self.reading_link();
        if let Some(connection) = link.up() {
            return Ok(connection);
        }
        match self.writes.iter().find_map(Link::up) {
            Some(connection) => Ok(connection),
            // Boxed, since it is hardly ever waited for.
            None => Box::pin(link.connection()).await,
        }
    }

    /// In turn.
    fn reading_link(&self) -> &Link<Connection> {
        if let [only] = self.reads.as_slice() {
            return only;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.reads.len();
        chosen(&self.reads, turn)
    }

    async fn writer(&self, lane: i64) -> Result<Arc<Connection>, StoreError> {
        let count = self.writes.len();
        let own = usize::try_from(lane.unsigned_abs() % count as u64).unwrap_or(0);
        chosen(&self.writes, own).connection().await
    }
}

/// Its own, unless that is busy or away and another is less so.
fn chosen(links: &[Link<Connection>], own: usize) -> &Link<Connection> {
    // One that is away comes after one that has no place left.
    let places = |link: &Link<Connection>| link.up().map(|connection| connection.places());
    let own = &links[own];
    if links.len() == 1 || places(own).is_some_and(|places| places > FEW_PLACES) {
        return own;
    }
    let freest = links.iter().max_by_key(|link| places(link));
    freest
        .filter(|freest| places(freest) > places(own))
        .unwrap_or(own)
}
