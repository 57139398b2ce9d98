//! A session's row: its parameters, and the record that it is read as.

use super::{
    error::corrupt,
    key::{KeyColumn, KeyParam},
    param::{Param, params},
};
use crate::{
    error::StoreError,
    store::{
        Credential, Deadlines, SecretHash, SessionRecord, SessionUpdate, Timestamp,
        sql::{PeriodColumns, SuccessionColumns, UpdateColumns},
    },
    token::SessionId,
};
use std::sync::Arc;
use tokio_postgres::{Row, types::FromSql};

/// The parameters of `INSERT`.
pub(super) fn inserted(record: &SessionRecord, user: KeyParam) -> Vec<Param> {
    let periods = PeriodColumns::of(record.periods);
    let succession = SuccessionColumns::of(record.succession.as_ref());
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
        record.device.as_deref().map(str::as_bytes),
        record.former_hash.as_deref().map(SecretHash::as_bytes),
        periods.active,
        periods.idle,
        record.browser_session,
        record.assurance.as_deref().map(str::as_bytes),
        record.external_ref.as_deref().map(str::as_bytes),
        record.user_stamp.as_ref().map(SecretHash::as_bytes),
        succession.nonce.as_ref(),
        succession.promoted_at,
    ]
}

/// The parameters of `UPDATE`.
pub(super) fn updated(update: &SessionUpdate) -> Vec<Param> {
    let columns = UpdateColumns::of(update);
    params![
        update.session.id.as_bytes(),
        update.session.secret_hash.as_bytes(),
        columns.read_active_until,
        columns.renewed_at,
        columns.active_until,
        columns.idle_until,
        columns.secret_hash.as_ref(),
        columns.authenticated_at,
        columns.nonce.as_ref(),
        columns.promoted_at,
    ]
}

/// The session in a row whose first columns are those of a session.
pub(super) fn record(row: &Row, key: &KeyColumn) -> Result<SessionRecord, StoreError> {
    let id: [u8; 16] = bytes(row, 0)
        .map_err(|error| StoreError::unavailable(error.to_string()))?
        .ok_or_else(|| StoreError::unavailable("a session without an id"))?;
    let id = SessionId::from_bytes(id);
    read(row, key, id).map_err(|reason| corrupt(id, &reason))
}

fn read(row: &Row, key: &KeyColumn, id: SessionId) -> Result<SessionRecord, Unreadable> {
    let version: i16 = row.try_get(10)?;
    let user_id = key.read(row, 2).filter(|_| version == 1);
    let user_id = user_id.ok_or(Unreadable::Unknown)?;
    let time = |column| row.try_get(column).map(Timestamp::from_millis);
    let secret_hash = hash(row, 1)?.ok_or(Unreadable::Unknown)?;
    let credential = Credential { id, secret_hash };
    let deadlines = Deadlines {
        active_until: time(6)?,
        idle_until: time(7)?,
        expires_at: time(8)?,
    };
    let mut record = SessionRecord::new(credential, user_id, time(3)?, deadlines);
    record.authenticated_at = time(4)?;
    record.renewed_at = time(5)?;
    record.device = text(row, 9)?;
    record.former_hash = hash(row, 11)?.map(Box::new);
    let periods = PeriodColumns {
        active: row.try_get(12)?,
        idle: row.try_get(13)?,
    };
    record.periods = periods.periods();
    record.browser_session = row.try_get(14)?;
    record.assurance = text(row, 15)?;
    record.external_ref = text(row, 16)?;
    record.user_stamp = hash(row, 17)?;
    let succession = SuccessionColumns {
        nonce: bytes(row, 18)?,
        promoted_at: row.try_get(19)?,
    };
    record.succession = succession.succession();
    Ok(record)
}

/// Why a row is no session.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("{}", super::error::text(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error("an unknown version or kind of user id")]
    Unknown,
    #[error("a text that is no UTF-8")]
    Text(#[from] std::str::Utf8Error),
    #[error("{0} bytes where there are to be {1}")]
    Length(usize, usize),
}

fn text(row: &Row, column: usize) -> Result<Option<Arc<str>>, Unreadable> {
    let bytes: Option<&[u8]> = get(row, column)?;
    let text = bytes.map(std::str::from_utf8).transpose()?;
    Ok(text.map(Into::into))
}

fn hash(row: &Row, column: usize) -> Result<Option<SecretHash>, Unreadable> {
    Ok(bytes(row, column)?.map(SecretHash::from_bytes))
}

fn bytes<const N: usize>(row: &Row, column: usize) -> Result<Option<[u8; N]>, Unreadable> {
    let bytes: Option<&[u8]> = get(row, column)?;
    let fits = |bytes: &[u8]| {
        bytes
            .try_into()
            .map_err(|_| Unreadable::Length(bytes.len(), N))
    };
    bytes.map(fits).transpose()
}

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, tokio_postgres::Error> {
    row.try_get(column)
}
