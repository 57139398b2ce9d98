//! [`Connections`]: which connection does what.
//!
//! Reads never wait behind what may wait for a lock, so they have connections of their own, of which any is as good as
//! another. Writes of one user go by the same, one after the other: they cannot wait for each other in a circle.
//! Who keeps no sessions here writes nothing, and needs none of these.
//! Whatever is done is done in a task of its own, once a connection is free: who stops waiting for it costs none.

use super::{
    dial::Wants,
    error::Failed,
    pool::Pool,
    purpose::{Purpose, Shared},
    statement::{StatementId, Statements},
    work::{Answer, Live, Question, Work},
};
use crate::{
    error::StoreError,
    store::link::{Link, runtime_has_ended},
};
use mysql_async::{Row, Value};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};

/// A read waits for no lock but that of a migration, which it gives up before.
const PATIENCE_OF_READS: Duration = Duration::from_secs(1);

/// Longer than the server lets a statement wait.
const PATIENCE_OF_WRITES: Duration = Duration::from_millis(1800);

pub(super) struct Connections {
    reads: Arc<Pool>,
    writes: Vec<Arc<Pool>>,
    shared: Shared,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("reads", &self.reads.links())
            .finish_non_exhaustive()
    }
}

impl Connections {
    /// Begins to connect those that read.
    pub(super) fn start(shared: Shared, reads: usize, writes: usize) -> Self {
        let purpose = |wants, patience| Purpose {
            shared: shared.clone(),
            wants,
            patience,
        };
        let reading = purpose(Wants::Any, PATIENCE_OF_READS);
        let writing = purpose(Wants::ReadWrite, PATIENCE_OF_WRITES);
        let reader = |_| Link::start(reading.clone(), &shared.runtime);
        let writer = |_| Link::idle(writing.clone(), &shared.runtime);
        let lane = |at| Pool::of(vec![writer(at)], &writing);
        Self {
            reads: Pool::of((0..reads).map(reader).collect(), &reading),
            writes: (0..writes).map(lane).collect(),
            shared,
        }
    }

    /// Begins to connect those that write: nobody who signs in is to wait for it.
    pub(super) fn begin_writing(&self) {
        let links = self.writes.iter().flat_map(|lane| lane.links());
        links.for_each(Link::begin);
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.shared.statements
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.shared.runtime
    }

    /// Waits until those that write are there, or cannot be, as well.
    pub(super) async fn wait_to_write(&self, patience: Duration) {
        let all = async {
            for link in self.writes.iter().flat_map(|lane| lane.links()) {
                link.tried().await;
            }
        };
        // Whoever signs in is told.
        let _is_late = timeout(patience, all).await;
    }

    /// Waits for a connection to read from. What is asked on each is prepared by a task, before anybody waits for it.
    pub(super) async fn wait(&self, patience: Duration) -> Result<(), StoreError> {
        let until = Instant::now() + patience;
        loop {
            match self.reads.links()[0].connection().await {
                Err(_) if Instant::now() < until => sleep(Duration::from_millis(20)).await,
                connection => break connection.map(drop)?,
            }
        }
        let pools = std::iter::once(&self.reads).chain(&self.writes);
        for (pool, link) in pools.flat_map(|pool| pool.links().iter().map(move |link| (pool, link)))
        {
            if let Some(connection) = link.up() {
                let patience = pool.patience();
                let preparing = async move { connection.run(&Preparation, patience).await };
                self.shared.runtime.spawn(preparing);
            }
        }
        Ok(())
    }

    pub(super) async fn read(
        &self,
        statement: StatementId,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, Failed> {
        let question = Question { statement, params };
        let Answer { rows, .. } = self.apart(self.readers(), question).await?;
        Ok(rows)
    }

    /// What changes nothing, and is no statement of its own.
    pub(super) async fn look<W: Work>(&self, work: W) -> Result<W::Answer, Failed> {
        self.apart(self.readers(), work).await
    }

    /// By the connections that write if none that reads is there: the server may have no more.
    fn readers(&self) -> &Arc<Pool> {
        if self.reads.is_up() {
            return &self.reads;
        }
        let up = self.writes.iter().find(|lane| lane.is_up());
        up.unwrap_or(&self.reads)
    }

    /// A change that is one statement; how many rows it has found.
    pub(super) async fn change(
        &self,
        lane: u64,
        statement: StatementId,
        params: Vec<Value>,
    ) -> Result<u64, Failed> {
        let answer = self.write(lane, Question { statement, params }).await?;
        Ok(answer.changed)
    }

    /// By the connection of this lane.
    pub(super) async fn write<W: Work>(&self, lane: u64, work: W) -> Result<W::Answer, Failed> {
        self.apart(self.lane(lane), work).await
    }

    /// Its own, unless that is away or many wait for it, and it is not so with another.
    fn lane(&self, lane: u64) -> &Arc<Pool> {
        let count = self.writes.len() as u64;
        let own = &self.writes[usize::try_from(lane % count).unwrap_or(0)];
        let serves = |lane: &&Arc<Pool>| lane.is_up() && !lane.is_busy();
        if serves(&own) {
            return own;
        }
        let other = self.writes.iter().find(serves);
        other.unwrap_or(own)
    }

    /// In a task of its own.
    async fn apart<W: Work>(&self, pool: &Arc<Pool>, work: W) -> Result<W::Answer, Failed> {
        let turn = pool.turn().await?;
        let task = self.shared.runtime.spawn(turn.run(work));
        match task.await {
            Ok(answer) => answer,
            Err(ended) if ended.is_panic() => {
                Err(StoreError::unavailable("a question to MySQL panicked").into())
            }
            Err(_) => Err(runtime_has_ended().into()),
        }
    }
}

/// Of everything that was not prepared when a connection was made.
struct Preparation;

impl Work for Preparation {
    type Answer = ();

    async fn run(&self, live: &mut Live) -> Result<(), Failed> {
        live.prepare_all().await
    }
}
