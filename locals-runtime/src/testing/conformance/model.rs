//! What a store promises, written plainly: all that may come of a verb.

use super::verb::{Answer, Row, Verb, listed};
use crate::{
    store::{NewSession, Replaced, SessionRecord, Timestamp, UserSessions},
    token::SessionId,
    user_id::UserId,
};
use std::collections::BTreeMap;

/// The sessions there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Model(BTreeMap<SessionId, SessionRecord>);

/// An answer, and what is there after it.
pub(super) type Outcome = (Answer, Model);

impl Model {
    pub(super) fn insert(&mut self, record: SessionRecord) {
        self.0.insert(record.id, record);
    }

    pub(super) fn get(&self, id: SessionId) -> Option<&SessionRecord> {
        self.0.get(&id)
    }

    /// In the order of their ids.
    pub(super) fn rows(&self) -> Vec<Row> {
        self.0.values().map(Row::from).collect()
    }

    /// All that may come of a verb: more than one where no promise says which of some rows goes.
    pub(super) fn outcomes(&self, verb: &Verb) -> Vec<Outcome> {
        match verb {
            Verb::Replace(new, ended) => self.replace(new, ended),
            Verb::Load(id) => self.unchanged(Answer::row(self.get(*id))),
            Verb::Update(update) => {
                let mut after = self.clone();
                let row = after.0.get_mut(&update.session.id);
                let is_changed = row.is_some_and(|row| row.update(update));
                vec![(Answer::Changed(is_changed), after)]
            }
            Verb::End(ids) => self.without(|row| ids.contains(&row.id), Answer::Ended),
            Verb::EndNamed(name) => {
                let is_named =
                    |row: &SessionRecord| row.external_ref.as_deref() == Some(name.as_str());
                self.without(is_named, Answer::Ended)
            }
            Verb::Delete(id) => self.without(|row| row.id == *id, |n| Answer::Changed(n > 0)),
            Verb::DeleteOfUser(user, which) => {
                self.without(|row| is_of(row, user, *which), Answer::Ended)
            }
            Verb::List(user, now) => self.unchanged(Answer::Rows(self.list(user, *now))),
            Verb::DeleteExpired(deadline, limit) => {
                let expired = self.expired(*deadline);
                self.batch(&expired, expired.len().min(*limit as usize))
            }
            Verb::Ping => self.unchanged(Answer::Done),
        }
    }

    /// All that may come of a verb while somebody else changes something: a batch may leave out rows that
    /// another has its hands on.
    pub(super) fn outcomes_beside_others(&self, verb: &Verb) -> Vec<Outcome> {
        let Verb::DeleteExpired(deadline, limit) = verb else {
            return self.outcomes(verb);
        };
        let expired = self.expired(*deadline);
        let most = expired.len().min(*limit as usize);
        let batches = (0..=most).flat_map(|count| self.batch(&expired, count));
        batches.collect()
    }

    fn unchanged(&self, answer: Answer) -> Vec<Outcome> {
        vec![(answer, self.clone())]
    }

    fn without(
        &self,
        goes: impl Fn(&SessionRecord) -> bool,
        answer: impl Fn(u64) -> Answer,
    ) -> Vec<Outcome> {
        let mut after = self.clone();
        after.0.retain(|_, row| !goes(row));
        let gone = self.0.len() - after.0.len();
        vec![(answer(gone as u64), after)]
    }

    fn list(&self, user: &UserId, now: Timestamp) -> Vec<Row> {
        let is_listed =
            |row: &&SessionRecord| row.user_id == *user && row.deadlines.idle_until > now;
        listed(self.0.values().filter(is_listed).cloned().collect())
    }

    fn expired(&self, deadline: Timestamp) -> Vec<SessionId> {
        let rows = self.0.values();
        let expired = rows.filter(|row| row.deadlines.idle_until <= deadline);
        expired.map(|row| row.id).collect()
    }

    fn batch(&self, expired: &[SessionId], count: usize) -> Vec<Outcome> {
        let choices = choices(expired, count).into_iter();
        let outcome = |gone: Vec<_>| (Answer::Ended(count as u64), self.less(&gone));
        choices.map(outcome).collect()
    }

    fn less(&self, gone: &[SessionId]) -> Self {
        let mut after = self.clone();
        after.0.retain(|id, _| !gone.contains(id));
        after
    }

    /// The new one, less those that are to end, less those beyond the limit: first those that are past
    /// their end, whichever, then the least recently used.
    fn replace(&self, new: &NewSession, ended: &[SessionId]) -> Vec<Outcome> {
        let record = &new.record;
        if self.0.contains_key(&record.id) {
            return self.unchanged(Answer::Taken);
        }
        let mut after = self.less(ended);
        let ended = (self.0.len() - after.0.len()) as u64;
        let others = after.by_use(&record.user_id, record.created_at);
        after.insert(record.clone());
        let excess = (others.len() + 1).saturating_sub(new.limit as usize);
        let Some((last, _)) = excess.checked_sub(1).and_then(|at| others.get(at)) else {
            return vec![(Answer::Replaced(Replaced::new(ended, 0)), after)];
        };
        let before = others.iter().filter(|(rank, _)| rank < last);
        let certain: Vec<_> = before.collect();
        let level = others.iter().filter(|(rank, _)| rank == last);
        let level: Vec<_> = level.map(|(_, id)| *id).collect();
        let left = excess - certain.len();
        let alive = certain.iter().filter(|(rank, _)| rank.is_some()).count();
        let evicted = (alive + if last.is_some() { left } else { 0 }) as u64;
        let certain: Vec<_> = certain.into_iter().map(|(_, id)| *id).collect();
        let outcome = |also: Vec<_>| {
            let rest = after.less(&certain).less(&also);
            (Answer::Replaced(Replaced::new(ended, evicted)), rest)
        };
        choices(&level, left).into_iter().map(outcome).collect()
    }

    /// The sessions of a user, who goes first before who goes later: by the last use, if they are alive.
    fn by_use(&self, user: &UserId, now: Timestamp) -> Vec<(Option<Timestamp>, SessionId)> {
        let own = self.0.values().filter(|row| row.user_id == *user);
        let rank = |row: &SessionRecord| {
            let is_alive = row.deadlines.idle_until > now;
            is_alive.then_some(row.renewed_at)
        };
        let mut ranked: Vec<_> = own.map(|row| (rank(row), row.id)).collect();
        ranked.sort_unstable();
        ranked
    }
}

fn is_of(row: &SessionRecord, user: &UserId, which: UserSessions) -> bool {
    let is_asked = match which {
        UserSessions::All => true,
        UserSessions::AllBut(kept) => row.id != kept,
        UserSessions::Only(one) => row.id == one,
    };
    row.user_id == *user && is_asked
}

/// Every way to take so many of them.
fn choices(of: &[SessionId], count: usize) -> Vec<Vec<SessionId>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let Some((first, rest)) = of.split_first() else {
        return Vec::new();
    };
    let mut chosen = choices(rest, count - 1);
    for choice in &mut chosen {
        choice.push(*first);
    }
    chosen.extend(choices(rest, count));
    chosen
}
