//! The statements of [`sql`](super::sql), run: each function is one of them or a few in a row.

use super::{failure, sql, users::KeyType};
use crate::{
    error::StoreError,
    store::{
        Credential, Deadlines, Extension, NewSession, Rotation, SecretHash, SessionRecord,
        Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use rusqlite::{Connection, OptionalExtension, Row, ffi, params};
use std::fmt::Display;

pub(super) fn insert(
    connection: &Connection,
    key_type: KeyType,
    record: &SessionRecord,
) -> Result<(), StoreError> {
    let user = key_type
        .to_sql(&record.user_id)
        .ok_or(StoreError::UnknownUser)?;
    let inserted = execute(
        connection,
        sql::INSERT,
        params![
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
        ],
    );
    inserted
        .map(drop)
        .map_err(|error| match error.sqlite_error() {
            Some(cause) if cause.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                StoreError::DuplicateId
            }
            Some(cause) if cause.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY => {
                StoreError::UnknownUser
            }
            _ => failure(error),
        })
}

/// Ends the sessions beyond the limit that the new one has brought about.
pub(super) fn evict(
    connection: &Connection,
    key_type: KeyType,
    NewSession { record, limit }: &NewSession,
) -> Result<(), StoreError> {
    let user = key_type.to_sql(&record.user_id);
    let kept_besides = i64::from(limit.saturating_sub(1));
    let parameters = params![user, record.id.as_bytes(), kept_besides];
    execute(connection, sql::EVICT, parameters)
        .map(drop)
        .map_err(failure)
}

pub(super) fn load(
    connection: &Connection,
    key_type: KeyType,
    id: SessionId,
) -> Result<Option<SessionRecord>, StoreError> {
    let mut statement = connection.prepare_cached(sql::LOAD).map_err(failure)?;
    let found = statement
        .query_row([id.as_bytes()], |row| Ok(record(row, key_type, id)))
        .optional()
        .map_err(failure)?;
    found.transpose()
}

pub(super) fn list(
    connection: &Connection,
    key_type: KeyType,
    user: &UserId,
    now: Timestamp,
) -> Result<Vec<SessionRecord>, StoreError> {
    let Some(user) = key_type.to_sql(user) else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(sql::LIST).map_err(failure)?;
    let mut rows = statement
        .query(params![user, now.as_millis()])
        .map_err(failure)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        let id = SessionId::from_bytes(row.get(0).map_err(failure)?);
        match record(row, key_type, id) {
            Ok(record) => records.push(record),
            Err(error) => tracing::error!(%error, "left out of a list of sessions"),
        }
    }
    Ok(records)
}

pub(super) fn extend(connection: &Connection, extension: &Extension) -> Result<bool, StoreError> {
    let changed = execute(
        connection,
        sql::EXTEND,
        params![
            extension.session.id.as_bytes(),
            extension.session.secret_hash.as_bytes(),
            extension.read_active_until.as_millis(),
            extension.renewed_at.as_millis(),
            extension.deadlines.active_until.as_millis(),
            extension.deadlines.idle_until.as_millis(),
        ],
    );
    Ok(changed.map_err(failure)? > 0)
}

pub(super) fn rotate(connection: &Connection, rotation: &Rotation) -> Result<bool, StoreError> {
    let changed = execute(
        connection,
        sql::ROTATE,
        params![
            rotation.session.id.as_bytes(),
            rotation.session.secret_hash.as_bytes(),
            rotation.secret_hash.as_bytes(),
            rotation.authenticated_at.map(Timestamp::as_millis),
        ],
    );
    Ok(changed.map_err(failure)? > 0)
}

pub(super) fn end(connection: &Connection, sessions: &[Credential]) -> Result<u64, StoreError> {
    let mut ended = 0;
    for session in sessions {
        let parameters = params![session.id.as_bytes(), session.secret_hash.as_bytes()];
        ended += count(execute(connection, sql::END, parameters))?;
    }
    Ok(ended)
}

pub(super) fn delete(connection: &Connection, id: SessionId) -> Result<bool, StoreError> {
    Ok(count(execute(connection, sql::DELETE, [id.as_bytes()]))? > 0)
}

pub(super) fn delete_of_user(
    connection: &Connection,
    key_type: KeyType,
    user: &UserId,
    which: UserSessions,
) -> Result<u64, StoreError> {
    let Some(user) = key_type.to_sql(user) else {
        return Ok(0);
    };
    count(match which {
        UserSessions::All => execute(connection, sql::DELETE_OF_USER, [user]),
        UserSessions::AllBut(id) => execute(
            connection,
            sql::DELETE_OTHERS_OF_USER,
            params![user, id.as_bytes()],
        ),
        UserSessions::Only(id) => execute(
            connection,
            sql::DELETE_ONE_OF_USER,
            params![user, id.as_bytes()],
        ),
    })
}

pub(super) fn delete_expired(
    connection: &Connection,
    deadline: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let parameters = params![deadline.as_millis(), limit];
    count(execute(connection, sql::DELETE_EXPIRED, parameters))
}

pub(super) fn ping(connection: &Connection) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql::PING).map_err(failure)?;
    let rows: i64 = statement.query_row([], |row| row.get(0)).map_err(failure)?;
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
        Ok(Some(SessionRecord {
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
        }))
    };
    read()
        .map_err(|error| corrupt(id, &error))?
        .ok_or_else(|| corrupt(id, &"an unknown version or kind of user id"))
}

pub(super) fn corrupt(id: SessionId, reason: &impl Display) -> StoreError {
    StoreError::Corrupt {
        id: id.prefix(),
        reason: reason.to_string(),
    }
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
