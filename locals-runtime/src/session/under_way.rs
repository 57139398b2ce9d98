//! [`RenewalsUnderWay`]: renewals whose answer is not sent yet, and who had the last word meanwhile.
//!
//! A handler may take its time, and a sign-in, a rotation or a sign-out that is answered meanwhile is newer
//! than its renewal. At the exit of a handler nothing can be waited for, so a store behind a network cannot be
//! asked: there, what this process has done itself is known. A layer around the handler asks the store.

use crate::{
    store::UserSessions,
    token::{SecretHash, SessionId},
    user_id::UserId,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct RenewalsUnderWay(Arc<Mutex<Renewals>>);

#[derive(Debug, Default)]
struct Renewals {
    by_number: BTreeMap<u64, Renewal>,
    begun: u64,
}

#[derive(Debug)]
struct Renewal {
    session: SessionId,
    user: UserId,
    heard: Heard,
}

/// What has become of a session meanwhile. Two words may come in another order than they were spoken in.
#[derive(Debug)]
enum Heard {
    Nothing,
    Has(SecretHash),
    /// It has ended, or had several secrets.
    TooMuch,
}

impl Heard {
    fn rotated(&mut self, secret: &SecretHash) {
        *self = match self {
            Self::Nothing => Self::Has(*secret),
            Self::Has(said) if said.matches(secret) => Self::Has(*secret),
            Self::Has(_) | Self::TooMuch => Self::TooMuch,
        };
    }

    fn overtakes(&self, secret: &SecretHash) -> bool {
        match self {
            Self::Nothing => false,
            Self::Has(said) => !said.matches(secret),
            Self::TooMuch => true,
        }
    }
}

/// On whose sessions somebody has the last word.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'a> {
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
    pub(crate) fn session(self) -> Option<SessionId> {
        match self {
            Self::These([only]) => Some(*only),
            Self::User(_, UserSessions::Only(only)) => Some(only),
            _ => None,
        }
    }

    pub(crate) fn user(self) -> Option<&'a UserId> {
        match self {
            Self::User(user, _) => Some(user),
            Self::These(_) | Self::Unknown => None,
        }
    }
}

impl RenewalsUnderWay {
    /// From now on it hears who has the last word on the session.
    pub(crate) fn begin(&self, session: &SessionId, user: &UserId) -> UnderWay {
        let renewal = Renewal {
            session: *session,
            user: user.clone(),
            heard: Heard::Nothing,
        };
        let mut renewals = self.lock();
        let number = renewals.begun;
        renewals.begun += 1;
        renewals.by_number.insert(number, renewal);
        UnderWay {
            among: self.clone(),
            number,
        }
    }

    /// These sessions have ended.
    pub(crate) fn ended(&self, whose: Whose<'_>) {
        for renewal in self.lock().by_number.values_mut() {
            if whose.includes(&renewal.session, &renewal.user) {
                renewal.heard = Heard::TooMuch;
            }
        }
    }

    /// The session has another secret: no news for a renewal that brings this very one.
    pub(crate) fn rotated(&self, session: &SessionId, secret: &SecretHash) {
        for renewal in self.lock().by_number.values_mut() {
            if renewal.session == *session {
                renewal.heard.rotated(secret);
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.lock().by_number.len()
    }

    // Nothing can panic while the lock is held.
    fn lock(&self) -> MutexGuard<'_, Renewals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One renewal, from before it is written until its answer is decided upon, or dropped.
#[derive(Debug)]
pub(crate) struct UnderWay {
    among: RenewalsUnderWay,
    number: u64,
}

impl UnderWay {
    /// The session is about to be read anew, which shows all that was said of it before.
    pub(crate) fn listen_anew(&self) {
        if let Some(renewal) = self.among.lock().by_number.get_mut(&self.number) {
            renewal.heard = Heard::Nothing;
        }
    }

    /// Whether what was heard of the session is newer than this secret.
    pub(super) fn is_overtaken(&self, secret: &SecretHash) -> bool {
        let renewals = self.among.lock();
        let renewal = renewals.by_number.get(&self.number);
        renewal.is_some_and(|renewal| renewal.heard.overtakes(secret))
    }

    /// Its answer is decided upon.
    pub(super) fn end(&self) {
        self.among.lock().by_number.remove(&self.number);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: SecretHash = SecretHash::from_bytes([1; 32]);
    const SECOND: SecretHash = SecretHash::from_bytes([2; 32]);

    fn id(byte: u8) -> SessionId {
        SessionId::from_bytes([byte; 16])
    }

    /// Which of two sessions of Ada's and one of Bob's this end overtakes.
    fn overtaken_by(whose: Whose<'_>) -> [bool; 3] {
        let renewals = RenewalsUnderWay::default();
        let under_way = [(1, "ada"), (2, "ada"), (3, "bob")]
            .map(|(session, user)| renewals.begin(&id(session), &user.into()));
        renewals.ended(whose);
        under_way.map(|renewal| renewal.is_overtaken(&FIRST))
    }

    #[test]
    fn an_end_overtakes_the_renewals_of_what_has_ended() {
        let ada = UserId::from("ada");
        for (whose, expected) in [
            (Whose::These(&[]), [false, false, false]),
            (Whose::These(&[id(2), id(3)]), [false, true, true]),
            (Whose::User(&ada, UserSessions::All), [true, true, false]),
            (
                Whose::User(&ada, UserSessions::AllBut(id(1))),
                [false, true, false],
            ),
            (
                Whose::User(&ada, UserSessions::Only(id(1))),
                [true, false, false],
            ),
            (Whose::Unknown, [true, true, true]),
        ] {
            assert_eq!(overtaken_by(whose), expected, "{whose:?}");
        }
    }

    #[test]
    fn a_rotation_overtakes_the_renewals_that_bring_another_secret() {
        let renewals = RenewalsUnderWay::default();
        let renewal = renewals.begin(&id(1), &"ada".into());
        renewals.rotated(&id(2), &SECOND);
        assert!(!renewal.is_overtaken(&FIRST), "of another session");
        renewals.rotated(&id(1), &SECOND);
        renewals.rotated(&id(1), &SECOND);
        assert!(renewal.is_overtaken(&FIRST));
        assert!(!renewal.is_overtaken(&SECOND), "it brings what was said");
        renewals.rotated(&id(1), &FIRST);
        assert!(renewal.is_overtaken(&FIRST) && renewal.is_overtaken(&SECOND));
        renewal.listen_anew();
        assert!(!renewal.is_overtaken(&FIRST));
    }

    #[test]
    fn a_renewal_that_has_ended_or_is_dropped_leaves_nothing() {
        let renewals = RenewalsUnderWay::default();
        let [first, second] = [1, 2].map(|session| renewals.begin(&id(session), &"ada".into()));
        assert_eq!(renewals.count(), 2);
        first.end();
        assert_eq!(renewals.count(), 1);
        drop((first, second));
        assert_eq!(renewals.count(), 0);
    }
}
