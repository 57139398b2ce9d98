//! A session's row: its parameters, and the record that it is read as.

use super::{error::corrupt, key::KeyColumn};
use crate::{
    error::StoreError,
    store::{
        Credential, Deadlines, SecretHash, SessionRecord, SessionUpdate, Timestamp,
        sql::{PeriodColumns, SuccessionColumns, UpdateColumns},
    },
    token::SessionId,
};
use mysql_async::{Row, Value};
use std::{fmt::Write as _, sync::Arc};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What sessions are swept by, day after day.
pub(super) fn day_of(idle_until: i64) -> i64 {
    idle_until.div_euclid(DAY)
}

pub(super) fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

fn maybe_bytes<B: AsRef<[u8]>>(value: Option<B>) -> Value {
    value.map_or(Value::NULL, |value| bytes(value.as_ref()))
}

fn maybe(number: Option<i64>) -> Value {
    number.map_or(Value::NULL, Value::Int)
}

/// The parameters of `INSERT`.
pub(super) fn inserted(record: &SessionRecord, user: Value) -> Vec<Value> {
    let periods = PeriodColumns::of(record.periods);
    let succession = SuccessionColumns::of(record.succession.as_ref());
    let text = |text: &Option<Arc<str>>| maybe_bytes(text.as_deref());
    let time = |time: Timestamp| Value::Int(time.as_millis());
    vec![
        bytes(record.id.as_bytes()),
        bytes(record.secret_hash.as_bytes()),
        user,
        time(record.created_at),
        time(record.authenticated_at),
        time(record.renewed_at),
        time(record.deadlines.active_until),
        time(record.deadlines.idle_until),
        time(record.deadlines.expires_at),
        text(&record.device),
        maybe_bytes(record.former_hash.as_deref().map(SecretHash::as_bytes)),
        maybe(periods.active),
        maybe(periods.idle),
        Value::Int(record.browser_session.into()),
        text(&record.assurance),
        text(&record.external_ref),
        maybe_bytes(record.user_stamp.as_ref().map(SecretHash::as_bytes)),
        maybe_bytes(succession.nonce),
        maybe(succession.promoted_at),
        Value::Int(day_of(record.deadlines.idle_until.as_millis())),
    ]
}

/// The parameters of `UPDATE`.
pub(super) fn updated(update: &SessionUpdate) -> Vec<Value> {
    let columns = UpdateColumns::of(update);
    let is_rotation = columns.secret_hash.is_some();
    let ends_succession = is_rotation || columns.promoted_at.is_some();
    let flag = |flag: bool| Value::Int(flag.into());
    vec![
        maybe(columns.renewed_at),
        maybe(columns.active_until),
        maybe(columns.idle_until),
        maybe(columns.idle_until.map(day_of)),
        flag(is_rotation),
        maybe_bytes(columns.secret_hash),
        maybe(columns.authenticated_at),
        flag(ends_succession),
        maybe(columns.promoted_at),
        flag(ends_succession),
        maybe_bytes(columns.nonce),
        bytes(update.session.id.as_bytes()),
        bytes(update.session.secret_hash.as_bytes()),
        Value::Int(columns.read_active_until.unwrap_or(0)),
        flag(columns.read_active_until.is_none()),
        flag(columns.promoted_at.is_none()),
    ]
}

/// The session in a row whose first columns are those of a session.
pub(super) fn record(row: &Row, key: &KeyColumn) -> Result<SessionRecord, StoreError> {
    let id = id(row)?;
    read(&Cells(row), key, id).map_err(|reason| corrupt(id, &reason))
}

/// The session's id, which is the first column.
pub(super) fn id(row: &Row) -> Result<SessionId, StoreError> {
    let id = Cells(row).array(0);
    let id = id.map_err(|error| StoreError::unavailable(error.to_string()))?;
    let id = id.ok_or_else(|| StoreError::unavailable("a session without an id"))?;
    Ok(SessionId::from_bytes(id))
}

/// In one order, so that two who end the same wait for each other and not for ever.
pub(super) fn literals(sessions: &[SessionId]) -> String {
    let mut ids: Vec<_> = sessions.iter().map(SessionId::as_bytes).collect();
    ids.sort_unstable();
    let mut literals = String::with_capacity(36 * ids.len());
    for (at, id) in ids.into_iter().enumerate() {
        literals.push_str(if at == 0 { "X'" } else { ",X'" });
        for byte in id {
            let _ = write!(literals, "{byte:02X}");
        }
        literals.push('\'');
    }
    literals
}

/// A number that stands in a row; as text, where the statement was not prepared.
pub(super) fn number(row: &Row, column: usize) -> Option<i64> {
    match row.as_ref(column)? {
        Value::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
        _ => Cells(row).number(column).ok().flatten(),
    }
}

fn read(row: &Cells<'_>, key: &KeyColumn, id: SessionId) -> Result<SessionRecord, Unreadable> {
    let version = row.number(10)?;
    let user_id = key.read(row.cell(2)?).filter(|_| version == Some(1));
    let user_id = user_id.ok_or(Unreadable::Unknown)?;
    let time = |column| {
        let millis = row.number(column)?.ok_or(Unreadable::Kind(column))?;
        Ok::<_, Unreadable>(Timestamp::from_millis(millis))
    };
    let secret_hash = row.hash(1)?.ok_or(Unreadable::Unknown)?;
    let credential = Credential { id, secret_hash };
    let deadlines = Deadlines {
        active_until: time(6)?,
        idle_until: time(7)?,
        expires_at: time(8)?,
    };
    let mut record = SessionRecord::new(credential, user_id, time(3)?, deadlines);
    record.authenticated_at = time(4)?;
    record.renewed_at = time(5)?;
    record.device = row.text(9)?;
    record.former_hash = row.hash(11)?.map(Box::new);
    let periods = PeriodColumns {
        active: row.number(12)?,
        idle: row.number(13)?,
    };
    record.periods = periods.periods();
    record.browser_session = row.number(14)? == Some(1);
    record.assurance = row.text(15)?;
    record.external_ref = row.text(16)?;
    record.user_stamp = row.hash(17)?;
    let succession = SuccessionColumns {
        nonce: row.array(18)?,
        promoted_at: row.number(19)?,
    };
    record.succession = succession.succession();
    Ok(record)
}

/// Why a row is no session.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("an unknown version or kind of user id")]
    Unknown,
    #[error("column {0} is of another kind")]
    Kind(usize),
    #[error("a text that is no UTF-8")]
    Text(#[from] std::str::Utf8Error),
    #[error("{0} bytes where there are to be {1}")]
    Length(usize, usize),
}

struct Cells<'r>(&'r Row);

impl Cells<'_> {
    fn cell(&self, column: usize) -> Result<&Value, Unreadable> {
        self.0.as_ref(column).ok_or(Unreadable::Kind(column))
    }

    fn number(&self, column: usize) -> Result<Option<i64>, Unreadable> {
        match self.cell(column)? {
            Value::NULL => Ok(None),
            Value::Int(number) => Ok(Some(*number)),
            Value::UInt(number) => {
                let number = i64::try_from(*number).map_err(|_| Unreadable::Kind(column))?;
                Ok(Some(number))
            }
            _ => Err(Unreadable::Kind(column)),
        }
    }

    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Unreadable> {
        match self.cell(column)? {
            Value::NULL => Ok(None),
            Value::Bytes(bytes) => Ok(Some(bytes)),
            _ => Err(Unreadable::Kind(column)),
        }
    }

    fn text(&self, column: usize) -> Result<Option<Arc<str>>, Unreadable> {
        let text = self.bytes(column)?.map(std::str::from_utf8).transpose()?;
        Ok(text.map(Into::into))
    }

    fn array<const N: usize>(&self, column: usize) -> Result<Option<[u8; N]>, Unreadable> {
        let fits = |bytes: &[u8]| {
            bytes
                .try_into()
                .map_err(|_| Unreadable::Length(bytes.len(), N))
        };
        self.bytes(column)?.map(fits).transpose()
    }

    fn hash(&self, column: usize) -> Result<Option<SecretHash>, Unreadable> {
        Ok(self.array(column)?.map(SecretHash::from_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_10_a_list_of_ids_is_hex_in_one_order() {
        let ids = [
            SessionId::from_bytes([0xAB; 16]),
            SessionId::from_bytes([0; 16]),
        ];
        let hex = |digits: &str| format!("X'{}'", digits.repeat(16));
        assert_eq!(literals(&ids), format!("{},{}", hex("00"), hex("AB")));
        assert_eq!(literals(&[]), "");
    }
}
