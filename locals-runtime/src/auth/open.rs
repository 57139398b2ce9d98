//! What a token opens.

use super::Auth;
use crate::{
    clock::Timestamp,
    error::StoreError,
    event::Event,
    lifetime::SessionState,
    session::Session,
    store::{Credential, SessionRecord, Succession},
    token::{SessionId, TokenText, successor},
};
use std::future::Future;

/// What a token is to its session.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Its token.
    Present,
    /// The one before, and the one after it has not been presented yet.
    Succeeded,
    /// The one before, of a request that was under way.
    InGrace,
    /// The one before, too late for that: it opens nothing.
    Replaced,
}

/// A session that is valid now.
pub(super) struct Opened<U> {
    pub(super) session: Session,
    pub(super) user: U,
    pub(super) standing: Standing,
}

impl<U> Opened<U> {
    pub(super) fn wants_a_write(&self) -> bool {
        let is_idle = self.session.state() == SessionState::Idle;
        match self.standing {
            Standing::Present => is_idle || self.session.record().is_pending(),
            Standing::Succeeded => is_idle,
            Standing::InGrace | Standing::Replaced => false,
        }
    }
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// The session that a token opens, unless it is gone. It renews and ends nothing: whoever holds the
    /// token of a request that is long over, for a stream, is no thief.
    pub(super) async fn find(
        &self,
        token: &TokenText,
        credential: &Credential,
    ) -> Result<Option<(Session, U)>, StoreError> {
        match self.opened(token, credential, self.load_with_user(credential).await?) {
            Some(opened) if opened.standing == Standing::Replaced => {
                let session = credential.id;
                self.tell(&Event::Unknown { session });
                Ok(None)
            }
            opened => Ok(opened.map(|opened| (opened.session, opened.user))),
        }
    }

    /// The same for a request that presents it, where a token that was replaced long ago is a copy.
    pub(super) async fn open(
        &self,
        token: &TokenText,
        credential: &Credential,
    ) -> Result<Option<Opened<U>>, StoreError> {
        match self.opened(token, credential, self.load_with_user(credential).await?) {
            Some(opened) if opened.standing == Standing::Replaced => {
                Box::pin(self.end_reused(*opened.session.id())).await?;
                Ok(None)
            }
            opened => Ok(opened),
        }
    }

    // Not `async`: every handler waits here.
    fn load_with_user(
        &self,
        credential: &Credential,
    ) -> impl Future<Output = Result<Option<(SessionRecord, U)>, StoreError>> + Send {
        let credential = *credential;
        self.read("load_with_user", move |store| {
            store.load_with_user(credential)
        })
    }

    fn opened(
        &self,
        token: &TokenText,
        credential: &Credential,
        found: Option<(SessionRecord, U)>,
    ) -> Option<Opened<U>> {
        let (session, presented) = (credential.id, &credential.secret_hash);
        let Some((record, user)) = found else {
            self.tell(&Event::Unknown { session });
            return None;
        };
        let is_present = record.secret_hash.matches(presented);
        if !is_present && !record.is_opened_by(presented) {
            self.tell(&Event::Unknown { session });
            return None;
        }
        let Some(state) = record.deadlines.state_at(self.now()) else {
            self.tell(&Event::ExpiredOnSight { session });
            return None;
        };
        if !is_present {
            let opened = self.opened_by_former(token, record, user, state);
            if opened.is_none() {
                self.tell(&Event::Unknown { session });
            }
            return opened;
        }
        Some(Opened {
            session: Session::new(record, token.into(), state, false),
            user,
            standing: Standing::Present,
        })
    }

    #[cold]
    fn opened_by_former(
        &self,
        token: &TokenText,
        record: SessionRecord,
        user: U,
        state: SessionState,
    ) -> Option<Opened<U>> {
        let (standing, token) = match record.succession.as_ref()? {
            Succession::Pending(nonce) => {
                // Of whatever else the row may say, nothing is given out.
                let (next, credential) = successor(token, nonce)?;
                let is_next = credential.secret_hash.matches(&record.secret_hash);
                is_next.then_some((Standing::Succeeded, next))?
            }
            Succession::Promoted(at) if self.is_in_grace(*at) => (Standing::InGrace, token.into()),
            Succession::Promoted(_) => (Standing::Replaced, token.into()),
        };
        let is_given_out = standing == Standing::Succeeded;
        Some(Opened {
            session: Session::new(record, token, state, is_given_out),
            user,
            standing,
        })
    }

    fn is_in_grace(&self, promoted_at: Timestamp) -> bool {
        self.now().since(promoted_at) < self.config().renewal.grace()
    }

    pub(super) fn told_of(&self, found: Option<(Session, U)>) -> Option<(Session, U)> {
        if let Some((session, _)) = &found {
            self.tell(&Event::Valid {
                session: *session.id(),
            });
        }
        found
    }

    /// The row with this id, whoever asks.
    pub(super) async fn load(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.read("load", |store| store.sessions().load(id)).await
    }
}
