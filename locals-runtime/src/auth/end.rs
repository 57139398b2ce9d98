//! Ending the sessions that a request may end: what it has validated, and what it presents proof of.

use super::Auth;
use crate::{
    error::{Error, StoreError},
    store::Credential,
    token::SessionId,
};

/// What a sign-in or a sign-out has to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// A session that this request found valid or made: whatever has become of its secret since.
    Validated(SessionId),
    /// A token whose secret is still to be looked at.
    Presented(Credential),
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// Ends sessions; how many there were. Who proves no secret causes no write.
    pub(crate) async fn end(&self, endings: Vec<Ending>) -> Result<u64, Error> {
        let sessions = self.proven(endings, Err).await?;
        let Some(first) = sessions.first() else {
            return Ok(0);
        };
        let sid = first.prefix();
        let ended = self.store().end(sessions).await?;
        if ended > 0 {
            tracing::info!(sid, ended, "signed out");
        }
        Ok(ended)
    }

    /// The sessions that a sign-in replaces: one that cannot be read keeps nobody from signing in.
    pub(crate) async fn replaced(&self, endings: Vec<Ending>) -> Result<Vec<SessionId>, Error> {
        let skip = |error| {
            tracing::error!(%error, "session not ended by a sign-in");
            Ok(false)
        };
        self.proven(endings, skip).await
    }

    /// The ids of those that may be ended; `unreadable` decides about a row that cannot be read.
    async fn proven(
        &self,
        endings: Vec<Ending>,
        unreadable: impl Fn(StoreError) -> Result<bool, StoreError>,
    ) -> Result<Vec<SessionId>, Error> {
        let mut sessions = Vec::with_capacity(endings.len());
        for ending in endings {
            let (id, may_end) = match ending {
                Ending::Validated(id) => (id, true),
                Ending::Presented(presented) => {
                    let proof = match self.store().load(presented.id).await {
                        Err(error @ StoreError::Corrupt { .. }) => unreadable(error)?,
                        found => found?.is_some_and(|row| row.is_ended_by(&presented.secret_hash)),
                    };
                    (presented.id, proof)
                }
            };
            if may_end && !sessions.contains(&id) {
                sessions.push(id);
            }
        }
        Ok(sessions)
    }
}
