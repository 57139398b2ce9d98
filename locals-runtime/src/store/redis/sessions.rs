//! The verbs of a store: what is asked for each of them, and what the answer means.

use super::{
    Inner,
    error::{Failed, is_full},
    fields,
    keys::{beside, field},
    question::{Question, Removal},
    resp::{Command, Value},
    router::Router,
    scripts::{Call, Script},
};
use crate::{
    error::StoreError,
    store::{NewSession, Replaced, SessionRecord, SessionUpdate, Timestamp, UserSessions},
    token::SessionId,
    user_id::UserId,
};
use std::{cmp::Reverse, time::Duration};

/// How long a session that is past its end is left alone: a clock that was wrong costs nobody a session.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// A key lives no longer, however long its sessions do: a script counts in doubles.
const LONGEST_LIFETIME: u128 = 1_000_000_000_000_000;

/// How long the key of a session has to stay, in milliseconds. By the caller's clock alone: that of the server may
/// be another.
fn lifetime(idle_until: Timestamp, now: Timestamp) -> String {
    let lifetime = idle_until.since(now).saturating_add(RETENTION);
    lifetime.as_millis().min(LONGEST_LIFETIME).to_string()
}

impl Inner {
    pub(super) async fn replace(
        &self,
        NewSession { record, limit }: NewSession,
        mut ended: Vec<SessionId>,
    ) -> Result<Replaced, StoreError> {
        ended.retain(|id| *id != record.id);
        let now = record.created_at;
        let key = self.keys.of(record.id);
        let is_reached =
            |id: &SessionId| self.router.has_all_keys_together() || self.keys.of(*id) == key;
        let (ended, elsewhere): (Vec<_>, Vec<_>) = ended.into_iter().partition(is_reached);
        let mut keys = vec![key.clone()];
        keys.extend(ended.iter().map(|id| self.keys.of(*id)));
        let call = Call::new(Script::Replace, keys)
            .arg(field(record.id))
            .arg(fields::written(&record))
            .arg(fields::owner(&record.user_id))
            .arg(fields::instant(now))
            .arg(fields::instant(now.minus(RETENTION)))
            .arg(limit.max(1).to_string())
            .arg(lifetime(record.deadlines.idle_until, now))
            .args(ended.iter().map(|id| field(*id)));
        let elsewhere = Removal::of(&self.keys, &elsewhere);
        let undo = Removal::of(&self.keys, &[record.id]);
        let answer = self.router.replace(call, undo, elsewhere).await?;
        let (ended, evicted) = answer.ok_or(StoreError::DuplicateId)?;
        Ok(Replaced::new(ended, evicted))
    }

    pub(super) async fn load(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let key = self.keys.of(id);
        let command = Command::new("HGET").arg(&key).arg(field(id));
        let question = Question::Command(key, command);
        let found = self.router.read(&question).await?.bytes()?;
        found.map(|bytes| fields::read(id, &bytes)).transpose()
    }

    pub(super) async fn update(&self, update: &SessionUpdate) -> Result<bool, StoreError> {
        let SessionUpdate {
            session,
            extension,
            rotation,
            promotion,
        } = update;
        let extension = extension.as_ref();
        let rotation = rotation.as_ref();
        let call =
            Call::new(Script::Update, vec![self.keys.of(session.id)])
                .arg(field(session.id))
                .arg(*session.secret_hash.as_bytes())
                .maybe(extension.map(|extension| fields::instant(extension.read_active_until)))
                .maybe(extension.map(fields::extended))
                .maybe(rotation.map(|rotation| *rotation.secret_hash.as_bytes()))
                .maybe(rotation.map(fields::rotated))
                .maybe(
                    rotation
                        .and_then(|rotation| rotation.authenticated_at)
                        .map(fields::instant),
                )
                .maybe(promotion.map(fields::promoted))
                .maybe(extension.map(|extension| {
                    lifetime(extension.deadlines.idle_until, extension.renewed_at)
                }));
        let is_only_longer = rotation.is_none() && promotion.is_none();
        match self.count(Question::Script(call)).await {
            // Before Redis 7, which an update can tell that it takes no room: the session goes on as it was.
            Err(Failed::Refused(refusal)) if is_only_longer && is_full(&refusal) => Ok(false),
            answer => Ok(answer? > 0),
        }
    }

    pub(super) async fn end(&self, sessions: &[SessionId]) -> Result<u64, StoreError> {
        let mut removals = Removal::of(&self.keys, sessions);
        if let Router::Cluster(cluster) = &self.router
            && removals.len() > 1
        {
            return Ok(cluster.remove(removals).await?);
        }
        let Some(removal) = removals.pop() else {
            return Ok(0);
        };
        if removals.is_empty() {
            return Ok(self.count(removal.question()).await?);
        }
        let keys = sessions.iter().map(|id| self.keys.of(*id)).collect();
        let call = Call::new(Script::End, keys).args(sessions.iter().map(|id| field(*id)));
        Ok(self.count(Question::Script(call)).await?)
    }

    pub(super) async fn delete_of_user(
        &self,
        user: &UserId,
        which: UserSessions,
    ) -> Result<u64, StoreError> {
        let key = self.keys.of_user(user);
        let (asked, id) = match which {
            UserSessions::All => ("all", None),
            // One that is under another key is not this user's.
            UserSessions::AllBut(kept) if self.keys.of(kept) != key => ("all", None),
            UserSessions::Only(one) if self.keys.of(one) != key => return Ok(0),
            UserSessions::AllBut(kept) => ("all but", Some(kept)),
            UserSessions::Only(one) => ("only", Some(one)),
        };
        let call = Call::new(Script::DeleteOfUser, vec![key])
            .arg(fields::owner(user))
            .arg(asked)
            .maybe(id.map(field));
        Ok(self.count(Question::Script(call)).await?)
    }

    pub(super) async fn list(
        &self,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let key = self.keys.of_user(user);
        let command = Command::new("HGETALL").arg(&key);
        let question = Question::Command(key, command);
        let found = self.router.read(&question).await?.map()?;
        let any = self.keys.new_id(user, SessionId::from_bytes([0; 16]));
        let read = |(field, bytes): (Value, Value)| {
            let field = field.bytes().ok()??;
            let id = beside(any, field.try_into().ok()?);
            fields::read(id, &bytes.bytes().ok()??).ok()
        };
        let is_listed =
            |record: &SessionRecord| record.user_id == *user && record.deadlines.idle_until > now;
        let mut records: Vec<_> = found
            .into_iter()
            .filter_map(read)
            .filter(is_listed)
            .collect();
        records.sort_unstable_by_key(|record| Reverse((record.renewed_at, record.id)));
        Ok(records)
    }

    /// A change that answers of how many sessions it was one.
    async fn count(&self, question: Question) -> Result<u64, Failed> {
        Ok(self.router.change(question).await?.count()?)
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.router.ping().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m_09_a_key_stays_a_day_longer_than_its_sessions_by_any_clock() {
        let at = Timestamp::from_millis;
        let day = RETENTION.as_millis();
        for (idle_until, now, more) in [
            (at(5_000), at(2_000), 3_000),
            (at(2_000), at(2_000), 0),
            (at(1_000), at(2_000), 0),
            (at(i64::MIN), at(i64::MIN), 0),
            (at(-1_000), at(-3_000), 2_000),
        ] {
            assert_eq!(lifetime(idle_until, now), (day + more).to_string());
        }
        let longest = lifetime(at(i64::MAX), at(i64::MIN));
        assert_eq!(longest, LONGEST_LIFETIME.to_string());
    }
}
