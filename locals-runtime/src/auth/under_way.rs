//! [`RenewalsUnderWay`]: renewals whose answer is not sent yet, and who had the last word meanwhile.
//!
//! A handler may take its time, and a sign-in, a rotation or a sign-out that is answered meanwhile is newer
//! than its renewal. At the exit of a handler nothing can be waited for, so a store behind a network cannot be
//! asked: there, what this process has done itself is known. A layer around the handler asks the store.

use crate::{
    session::{Overtaken, Session},
    token::SessionId,
    user_id::UserId,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub(super) struct RenewalsUnderWay(Mutex<Vec<Renewal>>);

#[derive(Debug)]
struct Renewal {
    session: SessionId,
    user: UserId,
    overtaken: Overtaken,
}

impl RenewalsUnderWay {
    /// From now on it is told if somebody else has the last word.
    pub(super) fn follow(&self, session: &mut Session) {
        let overtaken = Overtaken::default();
        session.set_overtaken(overtaken.clone());
        let mut renewals = self.lock();
        renewals.retain(|renewal| renewal.overtaken.is_followed());
        renewals.push(Renewal {
            session: *session.id(),
            user: session.user_id().clone(),
            overtaken,
        });
    }

    /// Somebody has the last word on this session, on all of this user, or on whoever it may be.
    pub(super) fn overtake(&self, session: Option<SessionId>, user: Option<&UserId>) {
        let renewals = self.lock();
        let of_these = renewals.iter().filter(|renewal| match (session, user) {
            (Some(session), _) => renewal.session == session,
            (None, Some(user)) => renewal.user == *user,
            (None, None) => true,
        });
        of_these.for_each(|renewal| renewal.overtaken.set());
    }

    /// Its answer has been decided upon.
    pub(super) fn forget(&self, session: &Session) {
        self.lock()
            .retain(|renewal| !session.is_followed_by(&renewal.overtaken));
    }

    // Nothing can panic while the lock is held.
    fn lock(&self) -> MutexGuard<'_, Vec<Renewal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
