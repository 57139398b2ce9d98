//! A cell of a row, out of the binary protocol of MySQL.

mod clock;
mod declared;
mod select;

pub(super) use declared::Declared;
pub(super) use select::{SqlType, select_expression};

use crate::store::sql::{OwnedRow, RowError};
use mysql_async::{Column, Row, Value, consts::ColumnType};
use serde::de;
use std::fmt::Display;

/// The number of the collation `binary`, which is that of bytes and no text.
const BINARY: u16 = 63;

/// Copies a column, which was selected by its [`select_expression`].
pub(super) fn copy(
    row: &Row,
    column: usize,
    ty: SqlType,
    into: &mut OwnedRow,
) -> Result<(), RowError> {
    match (row.columns_ref().get(column), row.as_ref(column)) {
        (Some(described), Some(value)) => push(described, ty, value, into),
        _ => Err(unfit("no such column")),
    }
}

fn push(
    described: &Column,
    ty: SqlType,
    value: &Value,
    into: &mut OwnedRow,
) -> Result<(), RowError> {
    match value {
        Value::NULL => into.push_null(),
        Value::Int(number @ (0 | 1)) if ty == SqlType::Bool => into.push_bool(*number == 1),
        Value::Int(number) => into.push_integer(*number),
        Value::UInt(number) => into.push_unsigned(*number),
        Value::Float(number) => into.push_real((*number).into()),
        Value::Double(number) => into.push_real(*number),
        Value::Bytes(bytes) => push_bytes(described, ty, bytes, into)?,
        Value::Date(..) | Value::Time(..) => {
            into.push_text(moment(described, value)?.as_bytes());
        }
    }
    Ok(())
}

/// Texts come as UTF-8, whatever the character set of their column.
fn push_bytes(
    described: &Column,
    ty: SqlType,
    bytes: &[u8],
    into: &mut OwnedRow,
) -> Result<(), RowError> {
    match described.column_type() {
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => {
            into.push_number(std::str::from_utf8(bytes).map_err(|_| malformed())?);
        }
        ColumnType::MYSQL_TYPE_BIT if described.column_length() == 1 => {
            into.push_bool(bits(bytes)? == 1);
        }
        ColumnType::MYSQL_TYPE_BIT => into.push_unsigned(bits(bytes)?),
        ColumnType::MYSQL_TYPE_GEOMETRY => return Err(changed()),
        // MySQL says that its JSON is binary.
        ColumnType::MYSQL_TYPE_JSON => into.push_json(bytes),
        _ if described.character_set() == BINARY => into.push_blob(bytes),
        _ if ty == SqlType::Json => into.push_json(bytes),
        _ => into.push_text(bytes),
    }
    Ok(())
}

/// The most significant first.
fn bits(bytes: &[u8]) -> Result<u64, RowError> {
    if bytes.len() > 8 {
        return Err(malformed());
    }
    Ok(bytes
        .iter()
        .fold(0, |bits, byte| (bits << 8) | u64::from(*byte)))
}

/// A TIMESTAMP comes as the session has its clock set, which is UTC.
fn moment(described: &Column, value: &Value) -> Result<String, RowError> {
    match *value {
        Value::Date(year, month, day, hours, minutes, seconds, micros) => {
            let date = clock::date(year, month, day)?;
            let time = clock::time(hours.into(), minutes, seconds, micros);
            match described.column_type() {
                ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Ok(date),
                ColumnType::MYSQL_TYPE_DATETIME => Ok(format!("{date}T{time}")),
                ColumnType::MYSQL_TYPE_TIMESTAMP => Ok(format!("{date}T{time}Z")),
                _ => Err(malformed()),
            }
        }
        Value::Time(is_negative, days, hours, minutes, seconds, micros) => {
            let sign = if is_negative { "-" } else { "" };
            let hours = u64::from(days) * 24 + u64::from(hours);
            Ok(format!(
                "{sign}{}",
                clock::time(hours, minutes, seconds, micros)
            ))
        }
        _ => Err(malformed()),
    }
}

fn changed() -> RowError {
    unfit("a geometry, where the column was of another type at start")
}

fn malformed() -> RowError {
    unfit("a value in no binary form of MySQL")
}

fn unfit(reason: impl Display) -> RowError {
    de::Error::custom(reason)
}

#[cfg(test)]
mod tests;
