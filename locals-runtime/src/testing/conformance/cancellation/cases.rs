//! What is under way when a future is dropped.

use super::super::{HOUR, NOW, Suite, until, verb::Verb};
use crate::{
    store::{
        Credential, NewSession, Promotion, Rotation, SecretHash, SessionRecord, SessionUpdate,
        Succession, SuccessorNonce, UserSessions,
    },
    token::SessionId,
};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Replace,
    Renew,
    Rotate,
    Promote,
    End,
    EndNamed,
    Delete,
    DeleteOfUser,
    DeleteOthers,
    DeleteExpired,
    Load,
    List,
    Ping,
}

pub(super) const CASES: [Case; 13] = [
    Case::Replace,
    Case::Renew,
    Case::Rotate,
    Case::Promote,
    Case::End,
    Case::EndNamed,
    Case::Delete,
    Case::DeleteOfUser,
    Case::DeleteOthers,
    Case::DeleteExpired,
    Case::Load,
    Case::List,
    Case::Ping,
];

/// What is there, and what is asked.
pub(super) struct Scene {
    pub(super) rows: Vec<SessionRecord>,
    pub(super) verb: Verb,
    /// All that may be there afterwards, in order.
    pub(super) ids: Vec<SessionId>,
}

impl Case {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Replace => "a_dropped_replacement",
            Self::Renew => "a_dropped_renewal",
            Self::Rotate => "a_dropped_rotation",
            Self::Promote => "a_dropped_promotion",
            Self::End => "a_dropped_end_of_sessions",
            Self::EndNamed => "a_dropped_end_by_external_ref",
            Self::Delete => "a_dropped_deletion",
            Self::DeleteOfUser => "a_dropped_end_of_all_of_a_user",
            Self::DeleteOthers => "a_dropped_end_of_all_but_one",
            Self::DeleteExpired => "a_dropped_batch_of_expired",
            Self::Load => "a_dropped_load",
            Self::List => "a_dropped_list",
            Self::Ping => "a_dropped_ping",
        }
    }

    /// Four sessions of the first user, of which three have ended by themselves if that is what it is about,
    /// and one of the second; more than one of them goes, where more than one can.
    pub(super) fn scene(self, suite: &Suite<'_>, round: u32) -> Scene {
        let name = format!("round {round}");
        let expired = NOW.plus(Duration::from_millis(round.into()));
        let row = |number: u32| {
            let record = suite.numbered(usize::from(number == 4), 8 * round + number);
            let record = SessionRecord {
                renewed_at: NOW.plus(number * HOUR),
                external_ref: (number != 2).then(|| name.as_str().into()),
                succession: Some(Succession::pending(SuccessorNonce::from_bytes([1; 32]))),
                former_hash: Some(Box::new(SecretHash::from_bytes([2; 32]))),
                ..record
            };
            match self {
                Self::DeleteExpired if number < 3 => until(record, expired),
                _ => record,
            }
        };
        let id = |number| row(number).id;
        let user = suite.users[0].clone();
        let session = Credential {
            id: id(1),
            secret_hash: row(1).secret_hash,
        };
        let rotation = Rotation::new(SecretHash::from_bytes([3; 32]), Some(NOW));
        let renewal = suite.rotating_extension(session).extension;
        let renewal = renewal.expect("it renews");
        let change = |update| Verb::Update(Box::new(update));
        let verb = match self {
            Self::Replace => {
                let new = NewSession::new(row(5), 3);
                Verb::Replace(Box::new(new), vec![id(4), id(3)])
            }
            Self::Renew => change(SessionUpdate::extension(session, renewal)),
            Self::Rotate => change(SessionUpdate::rotation(session, rotation)),
            Self::Promote => change(SessionUpdate::promotion(session, Promotion::new(NOW))),
            Self::End => Verb::End(vec![id(0), id(4), id(1)]),
            Self::EndNamed => Verb::EndNamed(name.clone()),
            Self::Delete => Verb::Delete(id(1)),
            Self::DeleteOfUser => Verb::DeleteOfUser(user, UserSessions::All),
            Self::DeleteOthers => Verb::DeleteOfUser(user, UserSessions::AllBut(id(1))),
            Self::DeleteExpired if suite.store.sweeps() => Verb::DeleteExpired(expired, 3),
            Self::DeleteExpired => Verb::Load(id(0)),
            Self::Load => Verb::Load(id(1)),
            Self::List => Verb::List(user, NOW),
            Self::Ping => Verb::Ping,
        };
        let mut ids: Vec<_> = (0..6).map(id).collect();
        ids.sort_unstable();
        Scene {
            rows: (0..5).map(row).collect(),
            verb,
            ids,
        }
    }
}
