//! The renewal of an idle session.

use super::{
    Auth,
    open::{Opened, Standing},
};
use crate::{
    error::{Error, StoreError},
    event::Event,
    lifetime::SessionState,
    session::{Session, UnderWay},
    store::{Credential, Extension, Promotion, Rotation, SessionUpdate},
    token::{SessionToken, SuccessorNonce, TokenText, successor},
};
use std::time::Duration;

const RENEWAL_ATTEMPTS: usize = 3;

/// Whether the renewal of an idle session changes its token.
///
/// ```
/// use locals::{Auth, MemoryStore, Renewal};
/// use std::time::Duration;
///
/// let auth: Auth = Auth::builder(MemoryStore::new())
///     .renewal(Renewal::Rotate { grace: Duration::from_secs(60) })
///     .build()?;
/// # Ok::<(), locals::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Renewal {
    /// The session keeps its token until it ends.
    #[default]
    InPlace,
    /// The session gets another token, and a stolen one is noticed (RFC 9700 section 4.14.2).
    ///
    /// Every request that comes with the old token while the new one has not come back is answered with
    /// the same new one, so neither parallel requests nor a response that was lost sign anybody out. From
    /// the first request with the new token on, the old one works for `grace`, for those under way; after
    /// that whoever comes with it has a copy: the session ends, for both, and
    /// [`Event::Reused`](crate::Event::Reused) says so. 60 seconds are usual; more than the clocks of
    /// several machines may differ. Zero is [`BuildError::ZeroGrace`](crate::BuildError::ZeroGrace).
    ///
    /// A [form token](crate::Session::form_token) changes with the token. A
    /// [bearer token](crate::AuthBuilder::bearer) never does: there is no cookie to bring the new one.
    Rotate {
        /// How long the old token works after the first use of the new one.
        grace: Duration,
    },
}

impl Renewal {
    pub(super) const DEFAULT_GRACE: Duration = Duration::from_secs(60);

    /// Sessions that rotated go on when renewals do not rotate any more.
    pub(super) fn grace(self) -> Duration {
        match self {
            Self::InPlace => Self::DEFAULT_GRACE,
            Self::Rotate { grace } => grace,
        }
    }
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// The session that a token opens, renewed if it is idle; with another token only if that can be
    /// brought to whoever presents this one.
    pub(crate) async fn renew(
        &self,
        token: &TokenText,
        credential: &Credential,
        may_rotate: bool,
    ) -> Result<Option<(Session, U)>, Error> {
        let found = match self.open(token, credential).await? {
            Some(opened) if opened.wants_a_write() => {
                Box::pin(self.renew_opened(token, credential, opened, may_rotate)).await?
            }
            Some(mut opened) if opened.session.is_fresh() => {
                let under_way = self.begin_renewal(&opened.session);
                opened.session.follow(under_way);
                Some(opened)
            }
            opened => opened,
        };
        Ok(self.told_of(found.map(|opened| (opened.session, opened.user))))
    }

    /// The same, from a store that answers at once; `None` from another, which is not asked.
    pub(crate) fn is_current_at_once(&self, session: &Session) -> Option<bool> {
        let found = self.store().sessions().load(*session.id());
        let found = found.at_once().ok()?;
        Some(found.is_ok_and(|found| session.is_still(found.as_ref())))
    }

    /// Whether the session still has the token with which this request has found it, or gave it.
    pub(crate) async fn is_current(&self, session: &Session) -> Result<bool, Error> {
        let found = self.load(*session.id()).await?;
        Ok(session.is_still(found.as_ref()))
    }

    fn begin_renewal(&self, session: &Session) -> UnderWay {
        self.engine.renewals.begin(session.id(), session.user_id())
    }

    /// Followed from before the write on: the store may be slow to answer, and others are answered
    /// meanwhile.
    async fn renew_opened(
        &self,
        token: &TokenText,
        credential: &Credential,
        opened: Opened<U>,
        may_rotate: bool,
    ) -> Result<Option<Opened<U>>, Error> {
        let under_way = self.begin_renewal(&opened.session);
        let renewed = self.try_to_renew(token, credential, opened, may_rotate, &under_way);
        let mut renewed = renewed.await?;
        if let Some(opened) = &mut renewed
            && opened.session.is_fresh()
        {
            opened.session.follow(under_way);
        }
        Ok(renewed)
    }

    /// The renewal is conditional: if a request beside this one was first, the row is read again
    /// and found active. Nothing is ever inserted.
    ///
    /// One that cannot be written ends nothing: the session that was read is served as it is, and the
    /// next request tries again.
    async fn try_to_renew(
        &self,
        token: &TokenText,
        credential: &Credential,
        mut opened: Opened<U>,
        may_rotate: bool,
        under_way: &UnderWay,
    ) -> Result<Option<Opened<U>>, Error> {
        for _ in 0..RENEWAL_ATTEMPTS {
            let change = if opened.session.state() == SessionState::Active {
                self.first_use(&opened)
            } else {
                self.renewal(token, &opened, may_rotate)
            };
            match self.write_change(change, &mut opened.session).await {
                Ok(true) => return Ok(Some(opened)),
                Ok(false) => {}
                Err(error) => {
                    self.tell(&Event::RenewalNotWritten {
                        session: credential.id,
                        error: &error,
                    });
                    return Ok(Some(opened));
                }
            }
            under_way.listen_anew();
            opened = match self.open(token, credential).await? {
                Some(opened) => opened,
                None => return Ok(None),
            };
            if !opened.wants_a_write() {
                break;
            }
        }
        // Renewed by a request beside this one; or valid, but changed under every attempt, and
        // renewed by the next request that asks.
        Ok(Some(opened))
    }

    /// That the token of the last renewal has come back.
    fn first_use(&self, opened: &Opened<U>) -> Change {
        let update = SessionUpdate::promotion(opened.session.credential(), self.promotion(opened));
        Change {
            update,
            token: None,
        }
    }

    /// Its grace begins no earlier than the renewal, whatever this machine's clock says.
    fn promotion(&self, opened: &Opened<U>) -> Promotion {
        Promotion::new(self.now().max(opened.session.record().renewed_at))
    }

    fn renewal(&self, token: &TokenText, opened: &Opened<U>, may_rotate: bool) -> Change {
        let (record, now) = (opened.session.record(), self.now());
        let periods = record.periods.unwrap_or(self.config().lifetimes.periods());
        let deadlines = periods.renewed(record.deadlines, now);
        let extension = Extension::new(record.deadlines.active_until, now, deadlines);
        let session = opened.session.credential();
        if opened.standing == Standing::Present && record.is_pending() {
            // One step at a time: whoever is under way with the former token has the grace.
            let promotion = self.promotion(opened);
            return Change {
                update: SessionUpdate::promoting_extension(session, extension, promotion),
                token: None,
            };
        }
        let rotates = may_rotate && self.config().renewal != Renewal::InPlace;
        // The token that is out already does for another period.
        let next = (rotates && opened.standing == Standing::Present)
            .then(|| self.next_token(token))
            .flatten();
        match next {
            None => Change {
                update: SessionUpdate::extension(session, extension),
                token: None,
            },
            Some((next, rotation)) => Change {
                update: SessionUpdate::rotating_extension(session, extension, rotation),
                token: Some(next),
            },
        }
    }

    /// `None` without random bytes, which is told: the session keeps its token for another period.
    fn next_token(&self, token: &TokenText) -> Option<(SessionToken, Rotation)> {
        let nonce = SuccessorNonce::random(self.config().entropy);
        let nonce = nonce.map_err(|error| self.without_randomness(error)).ok()?;
        let (next, credential) = successor(token, &nonce)?;
        Some((next, Rotation::to_successor(credential.secret_hash, nonce)))
    }

    /// Whether the row was still as it was read; if it was, the session is as it is now.
    async fn write_change(
        &self,
        change: Change,
        session: &mut Session,
    ) -> Result<bool, StoreError> {
        let Change { update, token } = change;
        let changed = self.write_renewal("update", |store| store.update(update));
        if !changed.await? {
            return Ok(false);
        }
        let mut record = session.record().clone();
        let changed = record.update(&update);
        debug_assert!(changed, "the store has changed the same row");
        if update.extension.is_none() {
            *session = Session::new(record, session.token().clone(), session.state(), false);
            return Ok(true);
        }
        let id = record.id;
        self.tell(&Event::Renewed { session: id });
        if token.is_some() {
            self.engine.renewals.rotated(&id, &record.secret_hash);
            self.tell(&Event::Rotated { session: id });
        }
        let token = token.unwrap_or_else(|| session.token().clone());
        *session = Session::new(record, token, SessionState::Active, true);
        Ok(true)
    }
}

/// A change of the row that an opened session wants.
struct Change {
    update: SessionUpdate,
    /// The token from then on, if it is another.
    token: Option<SessionToken>,
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;
