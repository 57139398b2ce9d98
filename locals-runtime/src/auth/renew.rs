//! What a token opens, and the renewal of an idle session.

use super::Auth;
use crate::{
    error::{Error, StoreError},
    event::Event,
    lifetime::SessionState,
    session::Session,
    store::{Credential, Renewal, SessionRecord, SessionUpdate},
    token::{SessionId, TokenText},
};

const RENEWAL_ATTEMPTS: usize = 3;

impl<U: Send + Sync + 'static> Auth<U> {
    /// The session that a token opens, unless it is gone; renews nothing.
    pub(super) async fn find(
        &self,
        token: &TokenText,
        credential: &Credential,
    ) -> Result<Option<(Session, U)>, StoreError> {
        let found = self.read("load_with_user", |store| store.load_with_user(*credential));
        let found = found.await?;
        let found = found.filter(|(record, _)| record.is_opened_by(&credential.secret_hash));
        let session = credential.id;
        let Some((record, user)) = found else {
            self.tell(&Event::Unknown { session });
            return Ok(None);
        };
        let Some(state) = record.deadlines.state_at(self.now()) else {
            self.tell(&Event::ExpiredOnSight { session });
            return Ok(None);
        };
        Ok(Some((
            Session::new(record, token.into(), state, false),
            user,
        )))
    }

    pub(super) fn told_of(&self, found: Option<(Session, U)>) -> Option<(Session, U)> {
        if let Some((session, _)) = &found {
            self.tell(&Event::Valid {
                session: *session.id(),
            });
        }
        found
    }

    /// The session that a token opens, renewed if it is idle.
    pub(crate) async fn renew(
        &self,
        token: &TokenText,
        credential: &Credential,
    ) -> Result<Option<(Session, U)>, Error> {
        let found = match self.find(token, credential).await? {
            // Boxed, as it happens once in an active period: every handler's future is the smaller.
            Some((session, user)) if session.state() == SessionState::Idle => {
                Box::pin(self.renew_idle(token, credential, session, user)).await?
            }
            found => found,
        };
        Ok(self.told_of(found))
    }

    /// The row with this id, whoever asks.
    pub(super) async fn load(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.read("load", |store| store.sessions().load(id)).await
    }

    /// Whether the session still has the token with which this request has found it.
    pub(crate) async fn is_current(&self, session: &Session) -> Result<bool, Error> {
        let found = self.load(*session.id()).await?;
        let hash = &session.record().secret_hash;
        Ok(found.is_some_and(|record| record.is_opened_by(hash)))
    }

    /// The renewal is conditional: if a request beside this one was first, the row is read again
    /// and found active. Nothing is ever inserted.
    ///
    /// One that cannot be written ends nothing: the session that was read is served as it is, and the
    /// next request tries again.
    async fn renew_idle(
        &self,
        token: &TokenText,
        credential: &Credential,
        mut session: Session,
        mut user: U,
    ) -> Result<Option<(Session, U)>, Error> {
        for _ in 0..RENEWAL_ATTEMPTS {
            let renewed = match self.write_renewal(session.record(), credential).await {
                Ok(renewed) => renewed,
                Err(error) => {
                    self.tell(&Event::RenewalNotWritten {
                        session: credential.id,
                        error: &error,
                    });
                    return Ok(Some((session, user)));
                }
            };
            if let Some(renewed) = renewed {
                let session = Session::new(renewed, token.into(), SessionState::Active, true);
                return Ok(Some((session, user)));
            }
            match self.find(token, credential).await? {
                Some(found) => (session, user) = found,
                None => return Ok(None),
            }
            if session.state() == SessionState::Active {
                break;
            }
        }
        // Renewed by a request beside this one; or valid, but changed under every attempt, and
        // renewed by the next request that asks.
        Ok(Some((session, user)))
    }

    async fn write_renewal(
        &self,
        record: &SessionRecord,
        credential: &Credential,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let now = self.now();
        let deadlines = self.config().lifetimes.renewed(record.deadlines, now);
        let renewal = Renewal::new(record.deadlines.active_until, now, deadlines);
        let update = SessionUpdate::renewal(*credential, renewal);
        let renewed = self.write_untold("update", |store| store.update(update));
        if !renewed.await? {
            return Ok(None);
        }
        self.tell(&Event::Renewed { session: record.id });
        let mut record = record.clone();
        let changed = record.update(&update);
        debug_assert!(changed, "the store has changed the same row");
        Ok(Some(record))
    }
}
