//! [`RenewalsUnderWay`]: renewals whose answer is not sent yet, and who had the last word meanwhile.
//!
//! A handler may take its time, and a sign-in, a rotation or a sign-out that is answered meanwhile is newer
//! than its renewal. At the exit of a handler nothing can be waited for, so a store behind a network cannot be
//! asked: there, what this process has done itself is known. A layer around the handler asks the store.

use crate::{
    session::{Overtaken, Session},
    store::UserSessions,
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

/// On whose sessions somebody has the last word.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose<'a> {
    These(&'a [SessionId]),
    User(&'a UserId, UserSessions),
    /// The store alone knows.
    Unknown,
}

impl<'a> Whose<'a> {
    fn includes(self, session: &SessionId, user: &UserId) -> bool {
        match self {
            Self::These(sessions) => sessions.contains(session),
            Self::User(_, UserSessions::Only(only)) => *session == only,
            Self::User(of, UserSessions::AllBut(kept)) => user == of && *session != kept,
            Self::User(of, UserSessions::All) => user == of,
            Self::Unknown => true,
        }
    }

    /// The session, if it is one.
    pub(super) fn session(self) -> Option<SessionId> {
        match self {
            Self::These([only]) => Some(*only),
            Self::User(_, UserSessions::Only(only)) => Some(only),
            _ => None,
        }
    }

    pub(super) fn user(self) -> Option<&'a UserId> {
        match self {
            Self::User(user, _) => Some(user),
            Self::These(_) | Self::Unknown => None,
        }
    }
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

    /// Somebody has the last word on these.
    pub(super) fn overtake(&self, whose: Whose<'_>) {
        let renewals = self.lock();
        let of_these = renewals
            .iter()
            .filter(|renewal| whose.includes(&renewal.session, &renewal.user));
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
