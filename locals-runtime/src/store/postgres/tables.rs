//! [`Tables`]: the prepared statements about our tables, run.

use super::{
    connection::Question,
    connections::Connections,
    error::{Failed, may_be_tried_again, refused},
    key::KeyColumn,
    limits::{with_limits, without_limits},
    names::Names,
    param::{Param, params},
    record, sql,
    statement::{StatementId, StatementText},
};
use crate::{
    error::StoreError,
    event::TARGET,
    store::{NewSession, Replaced, SessionRecord, SessionUpdate, Timestamp, UserSessions},
    token::SessionId,
    user_id::UserId,
};
use std::sync::Arc;
use tokio_postgres::{Row, types::Type};

/// Statements about our tables, and what `user_id` is.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) key: KeyColumn,
    names: Names,
    load: StatementId,
    list: StatementId,
    ping: StatementId,
    lock: StatementId,
    insert: StatementId,
    evict: StatementId,
    end: StatementId,
    update: StatementId,
    update_without_waiting: StatementId,
    delete_by_external_ref: StatementId,
    delete_of_user: StatementId,
    delete_expired: StatementId,
}

impl Tables {
    pub(super) fn new(connections: &Connections, names: Names, key: KeyColumn) -> Self {
        let user = key.parameter_type();
        let add = |text: &str, types: &[Type]| {
            connections.statements().add_text(StatementText {
                text: names.about(&without_limits(text)),
                text_with_limits: names.about(&with_limits(text)),
                types: types.to_vec(),
            })
        };
        const BYTES: Type = Type::BYTEA;
        const TIME: Type = Type::INT8;
        let update = [
            BYTES, BYTES, TIME, TIME, TIME, TIME, BYTES, TIME, BYTES, TIME,
        ];
        let insert = [
            BYTES,
            BYTES,
            user.clone(),
            TIME,
            TIME,
            TIME,
            TIME,
            TIME,
            TIME,
            BYTES,
            BYTES,
            TIME,
            TIME,
            Type::BOOL,
            BYTES,
            BYTES,
            BYTES,
            BYTES,
            TIME,
        ];
        Self {
            load: add(sql::LOAD, &[BYTES]),
            list: add(sql::LIST, &[user.clone(), TIME]),
            ping: add(sql::PING, &[]),
            lock: add(sql::LOCK, &[Type::INT8]),
            insert: add(sql::INSERT, &insert),
            evict: add(sql::EVICT, &[user.clone(), BYTES, Type::INT8, TIME]),
            end: add(sql::END, &[Type::BYTEA_ARRAY]),
            update: add(sql::UPDATE, &update),
            update_without_waiting: add(sql::UPDATE_WITHOUT_WAITING, &update),
            delete_by_external_ref: add(sql::DELETE_BY_EXTERNAL_REF, &[BYTES]),
            delete_of_user: add(sql::DELETE_OF_USER, &[user, BYTES, BYTES]),
            delete_expired: add(sql::DELETE_EXPIRED, &[TIME, Type::INT8]),
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
        let row = connections.read_session(self.load, id).await?;
        row.map(|row| record::record(&row, &self.key)).transpose()
    }

    /// One that cannot be read hides no other.
    pub(super) async fn list(
        &self,
        connections: &Connections,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Vec<SessionRecord>, StoreError> {
        let Some(user) = self.key.key(user) else {
            return Ok(Vec::new());
        };
        let rows = connections
            .read(self.list, params![user, now.as_millis()])
            .await?;
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
        match count(&rows)? {
            0 => Err(StoreError::unavailable("the session tables are gone")),
            _ => Ok(()),
        }
    }

    pub(super) async fn replace(
        &self,
        connections: &Connections,
        NewSession { record, limit }: NewSession,
        ended: Vec<SessionId>,
    ) -> Result<Replaced, StoreError> {
        let key = || self.key.key(&record.user_id).ok_or(StoreError::UnknownUser);
        let lock = self.lock_of(&record.user_id);
        let kept_besides = i64::from(limit.saturating_sub(1));
        let now = record.created_at.as_millis();
        let mut questions = vec![
            Question::new(self.lock, params![lock]),
            Question::new(self.insert, record::inserted(&record, key()?)),
            Question::new(self.end, ids(&ended)),
            Question::new(
                self.evict,
                params![key()?, record.id.as_bytes(), kept_besides, now],
            ),
        ];
        if ended.is_empty() {
            questions.remove(2);
        }
        let mut answers = self.transact(connections, lock, questions).await?;
        let evicted = answers.pop().map_or(Ok(0), |rows| count(&rows))?;
        let ended = answers.get(2).map_or(Ok(0), |rows| count(rows))?;
        Ok(Replaced { ended, evicted })
    }

    /// A change of the deadlines alone may be lost in a power cut, a change of the secret not.
    pub(super) async fn update(
        &self,
        connections: &Connections,
        update: &SessionUpdate,
    ) -> Result<bool, StoreError> {
        let statement = if update.rotation.is_some() {
            self.update
        } else {
            self.update_without_waiting
        };
        let lane = lane_of(update.session.id);
        let question = Question::new(statement, record::updated(update));
        Ok(!self.change(connections, lane, question).await?.is_empty())
    }

    pub(super) async fn end(
        &self,
        connections: &Connections,
        sessions: &[SessionId],
    ) -> Result<u64, StoreError> {
        let Some(first) = sessions.first() else {
            return Ok(0);
        };
        let question = Question::new(self.end, ids(sessions));
        count(&self.change(connections, lane_of(*first), question).await?)
    }

    pub(super) async fn delete_by_external_ref(
        &self,
        connections: &Connections,
        external_ref: &str,
    ) -> Result<u64, StoreError> {
        let question = Question::new(
            self.delete_by_external_ref,
            params![external_ref.as_bytes()],
        );
        let lane = self.names.lock(external_ref.as_bytes());
        count(&self.change(connections, lane, question).await?)
    }

    /// Under the lock of a sign-in: each of both comes after the other as a whole.
    pub(super) async fn delete_of_user(
        &self,
        connections: &Connections,
        user: &UserId,
        which: UserSessions,
    ) -> Result<u64, StoreError> {
        let Some(key) = self.key.key(user) else {
            return Ok(0);
        };
        let (but, only) = match &which {
            UserSessions::All => (None, None),
            UserSessions::AllBut(id) => (Some(id.as_bytes()), None),
            UserSessions::Only(id) => (None, Some(id.as_bytes())),
        };
        let lock = self.lock_of(user);
        let questions = vec![
            Question::new(self.lock, params![lock]),
            Question::new(self.delete_of_user, params![key, but, only]),
        ];
        let answers = self.transact(connections, lock, questions).await?;
        answers.last().map_or(Ok(0), |rows| count(rows))
    }

    pub(super) async fn delete_expired(
        &self,
        connections: &Connections,
        deadline: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let parameters = params![deadline.as_millis(), i64::from(limit)];
        let question = Question::new(self.delete_expired, parameters);
        count(&self.change(connections, 0, question).await?)
    }

    /// The same however the id is written.
    fn lock_of(&self, user: &UserId) -> i64 {
        let canonical = self.key.canonical(user.clone());
        let user = canonical.as_ref().unwrap_or(user);
        self.names.lock(user.as_str().as_bytes())
    }

    /// One statement, which is a transaction by itself.
    async fn change(
        &self,
        connections: &Connections,
        lane: i64,
        question: Question,
    ) -> Result<Vec<Row>, StoreError> {
        let question = Arc::new(question);
        let mut attempts = 0;
        loop {
            attempts += 1;
            match connections.change(lane, Arc::clone(&question)).await {
                Err(failed) if may_be_tried_again(&failed, attempts) => {}
                answer => return answer.map_err(Failed::into),
            }
        }
    }

    async fn transact(
        &self,
        connections: &Connections,
        lane: i64,
        questions: Vec<Question>,
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        let questions: Arc<[Question]> = questions.into();
        let mut attempts = 0;
        loop {
            attempts += 1;
            match connections.transact(lane, Arc::clone(&questions)).await {
                Err(failed) if may_be_tried_again(&failed, attempts) => {}
                answer => return answer.map_err(refused),
            }
        }
    }
}

/// In one order, so that two who end the same wait for each other and not for ever.
fn ids(sessions: &[SessionId]) -> Vec<Param> {
    let mut ids: Vec<_> = sessions.iter().map(|id| id.as_bytes().to_vec()).collect();
    ids.sort_unstable();
    vec![Param::ListOfBytes(ids)]
}

/// Changes of one session go by one connection, as long as that is not busy.
fn lane_of(session: SessionId) -> i64 {
    let (first, _) = session.as_bytes().split_first_chunk().expect("16 bytes");
    i64::from_be_bytes(*first)
}

fn count(rows: &[Row]) -> Result<u64, StoreError> {
    let count = rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0));
    let count = count.map_err(|error| StoreError::unavailable(super::error::text(&error)))?;
    Ok(u64::try_from(count).unwrap_or(0))
}
