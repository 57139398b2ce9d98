//! [`Tables`]: the verbs of a store, as statements about our tables.

use super::{
    connections::Connections,
    error::{Failed, code, is_no_id, refused},
    key::KeyColumn,
    names::Names,
    record::{self, bytes, day_of, literals},
    sign_in::SignIn,
    sign_out::{EndSeveral, SignOut},
    sql,
    statement::StatementId,
    work::{Told, Transaction},
};
use crate::{
    error::StoreError,
    event::TARGET,
    store::{
        NewSession, Replaced, SessionRecord, SessionUpdate, Timestamp, UserSessions, sql::filled,
    },
    token::SessionId,
    user_id::UserId,
};
use mysql_async::Value;
use sha2::{Digest, Sha256};

/// How many expired sessions one statement removes.
const BATCH: u64 = 1000;

/// How often another node may be faster.
const MISSES: u32 = 16;

/// Statements about our tables, and what `user_id` is.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) key: KeyColumn,
    names: Names,
    load: StatementId,
    list: StatementId,
    ping: StatementId,
    lock_of_user: StatementId,
    insert: StatementId,
    others: StatementId,
    end: StatementId,
    update: StatementId,
    by_external_ref: Removal,
    of_user: Removal,
    others_of_user: Removal,
    delete_one_of_user: StatementId,
    find_expired: StatementId,
}

/// What is deleted by no id, and whether any of it is left.
#[derive(Clone, Copy, Debug)]
struct Removal {
    delete: StatementId,
    left: StatementId,
}

impl Removal {
    fn of(self, params: Vec<Value>) -> Transaction<SignOut> {
        let Self { delete, left } = self;
        Transaction(SignOut {
            delete,
            left,
            params,
        })
    }
}

impl Tables {
    pub(super) fn new(connections: &Connections, names: Names, key: KeyColumn) -> Self {
        let add = |text: &str| connections.statements().add(names.about(text));
        let removal = |delete, left| Removal {
            delete: add(delete),
            left: add(left),
        };
        Self {
            load: add(sql::LOAD),
            list: add(sql::LIST),
            ping: add(sql::PING),
            lock_of_user: add(sql::LOCK_OF_USER),
            insert: add(sql::INSERT),
            others: add(sql::OTHERS),
            end: add(sql::END),
            update: add(sql::UPDATE),
            by_external_ref: removal(sql::DELETE_BY_EXTERNAL_REF, sql::LEFT_BY_EXTERNAL_REF),
            of_user: removal(sql::DELETE_OF_USER, sql::LEFT_OF_USER),
            others_of_user: removal(sql::DELETE_OTHERS_OF_USER, sql::LEFT_OTHERS_OF_USER),
            delete_one_of_user: add(sql::DELETE_ONE_OF_USER),
            find_expired: add(sql::FIND_EXPIRED),
            names,
            key,
        }
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) async fn load(
        &self,
        connections: &Connections,
        id: SessionId,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let rows = connections
            .read(self.load, vec![bytes(id.as_bytes())])
            .await?;
        let row = rows.first();
        row.map(|row| record::record(row, &self.key)).transpose()
    }

    /// One that cannot be read hides no other.
    pub(super) async fn list(
        &self,
        connections: &Connections,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let Some(key) = self.key.key(user) else {
            return Ok(Vec::new());
        };
        let parameters = vec![key, Value::Int(now.as_millis())];
        let rows = match connections.read(self.list, parameters).await {
            Err(failed) if says_no_id(&failed) => return Ok(Vec::new()),
            rows => rows?,
        };
        let records = rows.iter().map(|row| record::record(row, &self.key));
        let readable = |row: Result<SessionRecord, StoreError>| {
            row.inspect_err(
                |error| tracing::error!(target: TARGET, %error, "left out of a list of sessions"),
            )
            .ok()
        };
        Ok(records.filter_map(readable).collect())
    }

    pub(super) async fn ping(&self, connections: &Connections) -> Result<(), StoreError> {
        let rows = connections.read(self.ping, Vec::new()).await?;
        match rows.first().and_then(|row| record::number(row, 0)) {
            Some(1..) => Ok(()),
            _ => Err(StoreError::unavailable("the session tables are gone")),
        }
    }

    pub(super) async fn replace(
        &self,
        connections: &Connections,
        NewSession { record, limit }: NewSession,
        mut ended: Vec<SessionId>,
    ) -> Result<Replaced, StoreError> {
        let user = self.key.key(&record.user_id);
        let user = user.ok_or(StoreError::UnknownUser)?;
        ended.retain(|id| *id != record.id);
        let sign_in = SignIn {
            lock_of_user: self.lock_of_user,
            insert: self.insert,
            others: self.others,
            end_ended: (!ended.is_empty()).then(|| self.about_ids(sql::END_SEVERAL, &ended)),
            end_evicted: self.names.about(sql::END_SEVERAL),
            inserted: record::inserted(&record, user.clone()),
            user,
            id: record.id,
            kept_besides: limit.saturating_sub(1),
            now: record.created_at.as_millis(),
        };
        let lane = self.lane_of(&record.user_id);
        let replaced = connections.write(lane, Transaction(sign_in)).await;
        replaced.map_err(refused)
    }

    pub(super) async fn update(
        &self,
        connections: &Connections,
        update: &SessionUpdate,
    ) -> Result<bool, StoreError> {
        let lane = lane_of(update.session.id);
        let parameters = record::updated(update);
        Ok(connections.change(lane, self.update, parameters).await? > 0)
    }

    pub(super) async fn end(
        &self,
        connections: &Connections,
        sessions: &[SessionId],
    ) -> Result<u64, StoreError> {
        let ended = match sessions {
            [] => return Ok(0),
            [one] => {
                let parameters = vec![bytes(one.as_bytes())];
                connections
                    .change(lane_of(*one), self.end, parameters)
                    .await
            }
            [first, ..] => {
                let end_several = EndSeveral {
                    end: self.about_ids(sql::END_SEVERAL, sessions),
                    left: self.about_ids(sql::LEFT_OF_SEVERAL, sessions),
                };
                let work = Transaction(end_several);
                connections.write(lane_of(*first), work).await
            }
        };
        Ok(ended?)
    }

    fn about_ids(&self, statement: &str, sessions: &[SessionId]) -> String {
        filled(
            &self.names.about(statement),
            &[("ids", &literals(sessions))],
        )
    }

    pub(super) async fn delete_by_external_ref(
        &self,
        connections: &Connections,
        external_ref: &str,
    ) -> Result<u64, StoreError> {
        let removal = self
            .by_external_ref
            .of(vec![bytes(external_ref.as_bytes())]);
        Ok(connections.write(hash(external_ref), removal).await?)
    }

    pub(super) async fn delete_of_user(
        &self,
        connections: &Connections,
        user: &UserId,
        which: UserSessions,
    ) -> Result<u64, StoreError> {
        let Some(key) = self.key.key(user) else {
            return Ok(0);
        };
        let lane = self.lane_of(user);
        let ended = match which {
            UserSessions::All => connections.write(lane, self.of_user.of(vec![key])).await,
            UserSessions::AllBut(id) => {
                let removal = self.others_of_user.of(vec![key, bytes(id.as_bytes())]);
                connections.write(lane, removal).await
            }
            UserSessions::Only(id) => {
                let parameters = vec![bytes(id.as_bytes()), key];
                let statement = self.delete_one_of_user;
                connections.change(lane, statement, parameters).await
            }
        };
        match ended {
            Err(failed) if says_no_id(&failed) => Ok(0),
            ended => Ok(ended?),
        }
    }

    /// In batches, each of which holds no lock but while it is removed. One that another node was faster with is
    /// followed by the next, unless what is read is behind what was removed.
    pub(super) async fn delete_expired(
        &self,
        connections: &Connections,
        deadline: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let (deadline, limit) = (deadline.as_millis(), u64::from(limit));
        let mut removed = 0;
        let mut misses = 0;
        while removed < limit && misses < MISSES {
            let batch = BATCH.min(limit - removed);
            let expired = self.expired(connections, deadline, batch).await?;
            if expired.is_empty() {
                break;
            }
            let gone = self.remove_expired(connections, deadline, &expired).await?;
            misses += u32::from(gone == 0);
            removed += gone;
            // There were no more; what has become so meanwhile is for the next sweep.
            if (expired.len() as u64) < batch {
                break;
            }
        }
        Ok(removed)
    }

    async fn expired(
        &self,
        connections: &Connections,
        deadline: i64,
        limit: u64,
    ) -> Result<Vec<SessionId>, StoreError> {
        let parameters = vec![
            Value::Int(day_of(deadline)),
            Value::Int(deadline),
            Value::UInt(limit),
        ];
        let rows = connections.read(self.find_expired, parameters).await?;
        rows.iter().map(record::id).collect()
    }

    async fn remove_expired(
        &self,
        connections: &Connections,
        deadline: i64,
        expired: &[SessionId],
    ) -> Result<u64, StoreError> {
        let (ids, deadline) = (literals(expired), deadline.to_string());
        let values = [("ids", ids.as_str()), ("deadline", &deadline)];
        let text = filled(&self.names.about(sql::DELETE_EXPIRED), &values);
        Ok(connections.write(lane_of(expired[0]), Told(text)).await?)
    }

    /// The same however the id is written.
    fn lane_of(&self, user: &UserId) -> u64 {
        let canonical = self.key.canonical(user.clone());
        hash(canonical.as_ref().unwrap_or(user).as_str())
    }
}

/// Whether the server says that the column of keys can hold no such id.
pub(super) fn says_no_id(failed: &Failed) -> bool {
    match failed {
        Failed::MySql(error) => code(error).is_some_and(is_no_id),
        Failed::Store(_) => false,
    }
}

/// Changes of one session go by one connection, as long as that is not busy.
fn lane_of(session: SessionId) -> u64 {
    let (first, _) = session.as_bytes().split_first_chunk().expect("16 bytes");
    u64::from_be_bytes(*first)
}

pub(super) fn hash(text: &str) -> u64 {
    let hash = Sha256::digest(text);
    let (first, _) = hash.split_first_chunk().expect("32 bytes");
    u64::from_be_bytes(*first)
}
