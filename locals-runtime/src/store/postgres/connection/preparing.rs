//! Making a connection ready: what is prepared on it, and when it is tried again.

use super::Connection;
use crate::{
    error::StoreError,
    event::TARGET,
    store::{
        link::Usable,
        postgres::{
            error::{Failed, text},
            limits::LOCK_TIMEOUT,
            schema::ask,
            sql,
            statement::StatementText,
            steps::Steps,
        },
    },
};
use std::{
    future::poll_fn,
    sync::{Arc, atomic::Ordering},
    task::Poll,
    time::Duration,
};
use tokio::time::timeout;
use tokio_postgres::Statement;

/// How long preparing every statement may take: they are queued together.
pub(in crate::store::postgres) const PREPARATION: Duration = Duration::from_secs(5);

impl Connection {
    /// Before anything is asked on it.
    pub(in crate::store::postgres) async fn make_ready(&self) -> Result<(), StoreError> {
        if !self.parts.is_pooled {
            let rows = ask(&self.parts.client, sql::MAKE_READY, &[]).await?;
            let limit = rows
                .first()
                .and_then(|row| row.try_get::<_, String>(0).ok());
            if limit.as_deref() != Some(LOCK_TIMEOUT) {
                // Somebody in between has left out what we have set.
                self.parts.pooler_found.store(true, Ordering::Relaxed);
                return Err(StoreError::unavailable(
                    "a transaction pooler stands before PostgreSQL: connecting again in another way",
                ));
            }
        }
        self.prepare().await
    }

    /// Prepares what is not prepared yet. Never dropped half-way: the server would keep the statement.
    async fn prepare(&self) -> Result<(), StoreError> {
        if self.parts.is_pooled {
            return Ok(());
        }
        let known = |at| Some((at, self.parts.statements.get(at)?));
        let missing: Vec<_> = self.prepared.missing().map_while(known).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut steps = Steps::default();
        for (_, statement) in &missing {
            let StatementText { text, types, .. } = &**statement;
            steps.add(self.parts.client.prepare_typed(text, types));
        }
        self.pulse.asked();
        poll_fn(|context| {
            let _queueing = self.queueing();
            steps.poll(context);
            Poll::Ready(())
        })
        .await;
        for ((at, _), prepared) in missing.iter().zip(steps.each().await) {
            if let Some(statement) = self.taken(prepared)? {
                self.prepared.put(*at, statement);
            }
        }
        Ok(())
    }

    fn taken(
        &self,
        prepared: Result<Statement, tokio_postgres::Error>,
    ) -> Result<Option<Statement>, StoreError> {
        let error = match prepared {
            Ok(statement) => return Ok(Some(statement)),
            Err(error) => error,
        };
        let cause = text(&error);
        let failed = Failed::from(error);
        self.heed(&failed);
        if self.is_lost() {
            return Err(failed.into());
        }
        tracing::warn!(target: TARGET, cause, "a statement cannot be prepared");
        Ok(None)
    }

    /// Prepares in a task of its own, which nobody drops half-way.
    pub(in crate::store::postgres) async fn prepare_apart(
        self: Arc<Self>,
    ) -> Result<(), StoreError> {
        let runtime = self.parts.runtime.clone();
        let prepared = runtime.spawn(async move { timeout(PREPARATION, self.prepare()).await });
        let prepared = prepared.await.map_err(StoreError::unavailable)?;
        prepared.unwrap_or(Err(StoreError::Timeout))
    }

    /// What was asked for meanwhile, and could not be prepared when it was tried.
    pub(in crate::store::postgres) async fn prepare_what_was_missed(self: Arc<Self>) {
        if !self.parts.is_pooled && self.prepared.is_missed() {
            // As long as it fails, it is asked unprepared.
            let _ = self.prepare_apart().await;
        }
    }
}
