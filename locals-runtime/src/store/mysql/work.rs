//! [`Work`]: what is done on a connection from its beginning to its end, whoever stops waiting for it.

use super::{
    error::Failed,
    statement::{StatementId, Statements},
};
use crate::{error::StoreError, store::link::silent};
use mysql_async::{Conn, Error, Params, Row, Statement, Value, prelude::Queryable};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// One statement, or a transaction.
pub(super) trait Work: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// From its beginning: it may be called again after a deadlock.
    fn run(&self, live: &mut Live) -> impl Future<Output = Result<Self::Answer, Failed>> + Send;
}

/// A connection, and what the server has prepared on it.
pub(super) struct Live {
    conn: Conn,
    prepared: Vec<Option<Statement>>,
    statements: Arc<Statements>,
    /// How long the server may be silent.
    patience: Duration,
    /// Whether a transaction is open on it that could not be ended.
    is_spoilt: bool,
}

/// What a statement answers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    /// How many rows a change has found.
    pub(super) changed: u64,
}

impl Live {
    pub(super) fn new(conn: Conn, statements: Arc<Statements>, patience: Duration) -> Self {
        Self {
            conn,
            prepared: Vec::new(),
            statements,
            patience,
            is_spoilt: false,
        }
    }

    /// How long the server may be silent from now on.
    pub(super) fn is_waited_for(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Asks with a prepared statement.
    pub(super) async fn ask(
        &mut self,
        statement: StatementId,
        params: Vec<Value>,
    ) -> Result<Answer, Failed> {
        let prepared = self.prepared(statement).await?;
        let patience = self.patience;
        let asked = async {
            let mut asked = self.conn.exec_iter(prepared, Params::from(params)).await?;
            let rows = asked.collect().await?;
            let changed = asked.affected_rows();
            Ok(Answer { rows, changed })
        };
        bounded(patience, asked).await
    }

    /// Sends a text that has no parameters; how many rows it has found.
    pub(super) async fn tell(&mut self, text: &str) -> Result<u64, Failed> {
        bounded(self.patience, self.conn.query_drop(text)).await?;
        Ok(self.conn.affected_rows())
    }

    /// Whether a text that has no parameters answers anything.
    pub(super) async fn finds(&mut self, text: &str) -> Result<bool, Failed> {
        let found: Option<Row> = bounded(self.patience, self.conn.query_first(text)).await?;
        Ok(found.is_some())
    }

    /// What is asked unprepared, in so many round trips at most.
    pub(super) async fn look<'c, T, F>(
        &'c mut self,
        trips: u32,
        look: impl FnOnce(&'c mut Conn) -> F,
    ) -> Result<T, Failed>
    where
        F: Future<Output = Result<T, Error>> + Send + 'c,
    {
        bounded(trips * self.patience, look(&mut self.conn)).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), Failed> {
        bounded(self.patience, self.conn.ping()).await
    }

    /// Whether nothing more is to be done on it.
    pub(super) fn is_of_no_use(&self) -> bool {
        self.is_spoilt || self.conn.is_disconnected()
    }

    /// Before anybody waits for it.
    pub(super) async fn prepare_all(&mut self) -> Result<(), Failed> {
        for statement in self.statements.all() {
            self.prepared(statement).await?;
        }
        Ok(())
    }

    async fn prepared(&mut self, id: StatementId) -> Result<Statement, Failed> {
        let at = id.index();
        if let Some(Some(prepared)) = self.prepared.get(at) {
            return Ok(prepared.clone());
        }
        let text = self.statements.text(id);
        let text = text.ok_or_else(|| StoreError::unavailable("an unknown statement"))?;
        let prepared = bounded(self.patience, self.conn.prep(text)).await?;
        if self.prepared.len() <= at {
            self.prepared.resize(at + 1, None);
        }
        self.prepared[at] = Some(prepared.clone());
        Ok(prepared)
    }
}

/// A connection whose server says nothing is of no use: the driver was left in the middle.
async fn bounded<T>(
    patience: Duration,
    asked: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failed> {
    match timeout(patience, asked).await {
        Ok(answer) => Ok(answer?),
        // MySQL's wait for a lock may last longer than that.
        Err(_) => {
            let cause = format!(
                "{}: it is slow, or an open transaction or a migration holds what was asked for; commit before you \
                 sign in",
                silent(patience)
            );
            Err(StoreError::ConnectionLost(cause.into()).into())
        }
    }
}

/// One statement.
pub(super) struct Question {
    pub(super) statement: StatementId,
    pub(super) params: Vec<Value>,
}

impl Work for Question {
    type Answer = Answer;

    async fn run(&self, live: &mut Live) -> Result<Answer, Failed> {
        live.ask(self.statement, self.params.clone()).await
    }
}

/// One statement without parameters, which is not prepared; how many rows it has found.
pub(super) struct Told(pub(super) String);

impl Work for Told {
    type Answer = u64;

    async fn run(&self, live: &mut Live) -> Result<u64, Failed> {
        live.tell(&self.0).await
    }
}

/// Several statements, all or nothing.
pub(super) struct Transaction<S>(pub(super) S);

/// What stands between the beginning and the end of a [`Transaction`].
pub(super) trait Steps: Send + Sync + 'static {
    type Answer: Send + 'static;

    fn run(&self, live: &mut Live) -> impl Future<Output = Result<Self::Answer, Failed>> + Send;
}

impl<S: Steps> Work for Transaction<S> {
    type Answer = S::Answer;

    async fn run(&self, live: &mut Live) -> Result<S::Answer, Failed> {
        live.tell(super::sql::BEGIN).await?;
        let answer = match self.0.run(live).await {
            Ok(answer) => live.tell("COMMIT").await.map(|_| answer),
            Err(failed) => Err(failed),
        };
        if answer.is_err() && !live.is_of_no_use() {
            // A lock that was waited for too long has undone one statement only.
            live.is_spoilt = live.tell("ROLLBACK").await.is_err();
        }
        answer
    }
}
