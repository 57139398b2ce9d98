//! The statements of [`sql`](super::sql), run: each function is one of them or a few in a row.

use super::{
    connection::Connection,
    error::{corrupt, failure},
    schema::Schema,
    sql,
};
use crate::{
    error::StoreError,
    store::{
        Deadlines, NewSession, SecretHash, SessionRecord, SessionUpdate, Timestamp, UserSessions,
        sql::{KeyType, PeriodColumns, SuccessionColumns, UpdateColumns},
    },
    token::SessionId,
    user_id::UserId,
};
use rusqlite::{OptionalExtension, Row, ffi, params};

pub(super) fn insert(
    connection: &Connection,
    schema: &Schema,
    record: &SessionRecord,
) -> Result<(), StoreError> {
    let user = schema
        .key_type
        .key(&record.user_id)
        .ok_or(StoreError::UnknownUser)?;
    connection.guarded(&schema.guard, sql::INSERT, |statement| {
        let periods = PeriodColumns::of(record.periods);
        let succession = SuccessionColumns::of(record.succession.as_ref());
        let inserted = statement.execute(params![
            record.id.as_bytes(),
            record.secret_hash.as_bytes(),
            user,
            record.created_at.as_millis(),
            record.authenticated_at.as_millis(),
            record.renewed_at.as_millis(),
            record.deadlines.active_until.as_millis(),
            record.deadlines.idle_until.as_millis(),
            record.deadlines.expires_at.as_millis(),
            record.device,
            record.former_hash.as_deref().map(SecretHash::as_bytes),
            periods.active,
            periods.idle,
            record.browser_session,
            record.assurance,
            record.external_ref,
            record.user_stamp.as_ref().map(SecretHash::as_bytes),
            succession.nonce,
            succession.promoted_at,
        ]);
        match inserted.map_err(refused)? {
            0 => Err(ignored()),
            _ => Ok(()),
        }
    })
}

/// `RAISE(IGNORE)`: SQLite did nothing and calls it no error.
fn ignored() -> StoreError {
    StoreError::unavailable(
        "SQLite skipped a write of ours: a trigger of the application on `locals_sessions` says so",
    )
}

/// Why SQLite takes no new session.
fn refused(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error().map(|cause| cause.extended_code) {
        Some(ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => StoreError::DuplicateId,
        Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => StoreError::UnknownUser,
        _ => failure(error),
    }
}

/// Ends the sessions beyond the limit that the new one has brought about; how many of them were alive.
pub(super) fn evict(
    connection: &Connection,
    key_type: KeyType,
    NewSession { record, limit }: &NewSession,
) -> Result<u64, StoreError> {
    let user = key_type.key(&record.user_id);
    let kept_besides = i64::from(limit.saturating_sub(1));
    let now = record.created_at.as_millis();
    let evict = || -> rusqlite::Result<u64> {
        let mut any_beyond = connection.prepare_cached(sql::ANY_BEYOND)?;
        if !any_beyond.exists(params![user, kept_besides + 1])? {
            return Ok(0);
        }
        let mut statement = connection.prepare_cached(sql::EVICT)?;
        let mut ended = statement.query(params![user, record.id.as_bytes(), kept_besides, now])?;
        let mut alive = 0;
        while let Some(row) = ended.next()? {
            alive += u64::from(row.get::<_, bool>(0)?);
        }
        Ok(alive)
    };
    evict().map_err(failure)
}

pub(super) fn load(
    connection: &Connection,
    schema: &Schema,
    id: SessionId,
) -> Result<Option<SessionRecord>, StoreError> {
    connection.guarded(&schema.guard, sql::LOAD, |statement| {
        let found =
            statement.query_row([id.as_bytes()], |row| Ok(record(row, schema.key_type, id)));
        found.optional().map_err(failure)?.transpose()
    })
}

/// Each row by itself: one that cannot be read hides no other.
pub(super) fn list(
    connection: &Connection,
    schema: &Schema,
    user: &UserId,
    now: Timestamp,
) -> Result<Vec<Result<SessionRecord, StoreError>>, StoreError> {
    let Some(user) = schema.key_type.key(user) else {
        return Ok(Vec::new());
    };
    connection.guarded(&schema.guard, sql::LIST, |statement| {
        let records = statement.query_map(params![user, now.as_millis()], |row| {
            let id = SessionId::from_bytes(row.get(0)?);
            Ok(record(row, schema.key_type, id))
        });
        records.and_then(Iterator::collect).map_err(failure)
    })
}

pub(super) fn update(connection: &Connection, update: &SessionUpdate) -> Result<bool, StoreError> {
    let columns = UpdateColumns::of(update);
    let changed = execute(
        connection,
        sql::UPDATE,
        params![
            update.session.id.as_bytes(),
            update.session.secret_hash.as_bytes(),
            columns.read_active_until,
            columns.renewed_at,
            columns.active_until,
            columns.idle_until,
            columns.secret_hash,
            columns.authenticated_at,
            columns.nonce,
            columns.promoted_at,
        ],
    );
    Ok(changed.map_err(failure)? > 0)
}

pub(super) fn end(connection: &Connection, sessions: &[SessionId]) -> Result<u64, StoreError> {
    let mut ended = 0;
    for id in sessions {
        ended += u64::from(delete(connection, *id)?);
    }
    Ok(ended)
}

pub(super) fn delete_by_external_ref(
    connection: &Connection,
    external_ref: &str,
) -> Result<u64, StoreError> {
    let deleted = count(execute(
        connection,
        sql::DELETE_BY_EXTERNAL_REF,
        [external_ref],
    ))?;
    let mut left = connection
        .prepare_cached(sql::ANY_OF_EXTERNAL_REF)
        .map_err(failure)?;
    if left.exists([external_ref]).map_err(failure)? {
        return Err(ignored());
    }
    Ok(deleted)
}

pub(super) fn delete(connection: &Connection, id: SessionId) -> Result<bool, StoreError> {
    let deleted = count(execute(connection, sql::DELETE, [id.as_bytes()]))? > 0;
    if !deleted && is_there(connection, id).map_err(failure)? {
        return Err(ignored());
    }
    Ok(deleted)
}

fn is_there(connection: &Connection, id: SessionId) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(sql::SESSION_EXISTS)?;
    statement.query_row([id.as_bytes()], |row| row.get(0))
}

pub(super) fn delete_of_user(
    connection: &Connection,
    schema: &Schema,
    user: &UserId,
    which: UserSessions,
) -> Result<u64, StoreError> {
    let Some(user) = schema.key_type.key(user) else {
        return Ok(0);
    };
    let (but, only) = match &which {
        UserSessions::All => (None, None),
        UserSessions::AllBut(id) => (Some(id.as_bytes()), None),
        UserSessions::Only(id) => (None, Some(id.as_bytes())),
    };
    let deleted = count(execute(
        connection,
        sql::DELETE_OF_USER,
        params![user, but, only],
    ))?;
    // Under the guard: a key that has become another user's ends nothing.
    let are_left = connection.guarded(&schema.guard, sql::ANY_OF_USER, |statement| {
        let are_left = statement.query_row(params![user, but, only], |row| row.get(0));
        are_left.map_err(failure)
    })?;
    if are_left {
        return Err(ignored());
    }
    Ok(deleted)
}

pub(super) fn delete_expired(
    connection: &Connection,
    deadline: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let parameters = params![deadline.as_millis(), limit];
    count(execute(connection, sql::DELETE_EXPIRED, parameters))
}

pub(super) fn ping(connection: &Connection, schema: &Schema) -> Result<(), StoreError> {
    let rows: i64 = connection.guarded(&schema.guard, sql::PING, |statement| {
        statement.query_row([], |row| row.get(0)).map_err(failure)
    })?;
    if rows == 0 {
        return Err(StoreError::unavailable("the session tables are gone"));
    }
    Ok(())
}

/// The session in a row whose first columns are those of a session.
pub(super) fn record(
    row: &Row<'_>,
    key_type: KeyType,
    id: SessionId,
) -> Result<SessionRecord, StoreError> {
    let read = || -> rusqlite::Result<Option<SessionRecord>> {
        let time = |column| row.get(column).map(Timestamp::from_millis);
        let version: i64 = row.get(10)?;
        let Some(user_id) = key_type.read(row.get_ref(2)?).filter(|_| version == 1) else {
            return Ok(None);
        };
        let mut record = SessionRecord {
            id,
            secret_hash: SecretHash::from_bytes(row.get(1)?),
            user_id,
            created_at: time(3)?,
            authenticated_at: time(4)?,
            renewed_at: time(5)?,
            deadlines: Deadlines {
                active_until: time(6)?,
                idle_until: time(7)?,
                expires_at: time(8)?,
            },
            device: row.get(9)?,
            former_hash: row
                .get::<_, Option<_>>(11)?
                .map(|hash| Box::new(SecretHash::from_bytes(hash))),
            periods: PeriodColumns {
                active: row.get(12)?,
                idle: row.get(13)?,
            }
            .periods(),
            browser_session: row.get(14)?,
            assurance: None,
            external_ref: None,
            user_stamp: None,
            succession: None,
        };
        if row.get(15)? {
            record.assurance = row.get(16)?;
            record.external_ref = row.get(17)?;
            record.user_stamp = row.get::<_, Option<_>>(18)?.map(SecretHash::from_bytes);
            let succession = SuccessionColumns {
                nonce: row.get(19)?,
                promoted_at: row.get(20)?,
            };
            record.succession = succession.succession();
        }
        Ok(Some(record))
    };
    read()
        .map_err(|error| corrupt(id, &error))?
        .ok_or_else(|| corrupt(id, &"an unknown version or kind of user id"))
}

fn execute(
    connection: &Connection,
    statement: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<usize> {
    connection.prepare_cached(statement)?.execute(parameters)
}

fn count(changed: rusqlite::Result<usize>) -> Result<u64, StoreError> {
    let changed = changed.map_err(failure)?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}
