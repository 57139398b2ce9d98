//! Reads on a connection, which are counted.

use super::{Answer, Connection, Question};
use crate::{
    error::StoreError,
    store::postgres::{param::params, sql, statement::StatementId},
    token::SessionId,
};
use std::sync::Arc;
use tokio_postgres::Row;

impl Connection {
    /// Asks for what changes nothing.
    pub(in crate::store::postgres) async fn read(self: &Arc<Self>, question: Question) -> Answer {
        let number = self.reads.enter()?;
        let answer = if self.parts.is_pooled {
            // Apart, so that the other way is not as large.
            Box::pin(Arc::clone(self).change(Arc::new(question))).await
        } else {
            self.read_in_place(&question).await
        };
        self.reads.answered(number);
        answer
    }

    /// What was prepared before a migration is asked unprepared, and the connection made anew: on another one it may be
    /// the same.
    async fn read_in_place(&self, question: &Question) -> Answer {
        let answer = self.queued(self.query(question)).await;
        match &answer {
            Err(failed) if failed.is_outdated() => {
                let anew = self.heeded(self.queued(self.unprepared(question)).await);
                self.give_up("a statement is no longer what its tables are".to_owned());
                anew
            }
            _ => self.heeded(answer),
        }
    }

    /// The row of a session, whose first column is its id. One of another shows that answers have come to be those of
    /// other questions.
    pub(in crate::store::postgres) async fn read_session(
        self: &Arc<Self>,
        statement: StatementId,
        id: SessionId,
    ) -> Result<Option<Row>, StoreError> {
        let question = Question::new(statement, params![id.as_bytes()]);
        let row = self.read(question).await?.into_iter().next();
        if row.as_ref().is_some_and(|row| is_of_another(row, id)) {
            let cause = "a session was asked for, and another one answered";
            self.give_up(cause.to_owned());
            return Err(StoreError::ConnectionLost(cause.into()));
        }
        Ok(row)
    }

    /// Whether its server takes no writes, as far as it says so.
    pub(in crate::store::postgres) async fn is_read_only(self: &Arc<Self>) -> bool {
        let statements = &self.parts.statements;
        let statement = statements.add(sql::IS_READ_ONLY.to_owned(), Vec::new());
        let answer = self.read(Question::new(statement, Vec::new())).await;
        let rows = answer.unwrap_or_default();
        rows.iter().any(|row| matches!(row.try_get(0), Ok(true)))
    }

    /// How many reads it was ever asked for.
    pub(in crate::store::postgres) fn asked(&self) -> u64 {
        self.reads.asked()
    }
}

/// One whose id cannot be read is not told apart here.
fn is_of_another(row: &Row, id: SessionId) -> bool {
    let found = row.try_get::<_, &[u8]>(0);
    found.is_ok_and(|found| found != id.as_bytes().as_slice())
}
