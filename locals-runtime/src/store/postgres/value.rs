//! A cell of a row, out of PostgreSQL's binary form.

mod clock;
mod numeric;
mod select;

pub(super) use select::{SqlType, select_expression};

use crate::store::sql::{OwnedRow, RowError, uuid_text};
use serde::de;
use std::{error::Error, fmt::Display};
use tokio_postgres::{
    Row,
    types::{FromSql, Type},
};

/// The bytes of a cell, whatever their type; `None` is NULL.
pub(super) struct Raw<'a>(pub(super) Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Copies a column, which was selected by its [`select_expression`].
pub(super) fn copy(row: &Row, column: usize, into: &mut OwnedRow) -> Result<(), RowError> {
    let (Some(described), Ok(Raw(raw))) = (row.columns().get(column), row.try_get(column)) else {
        return Err(unfit("no such column"));
    };
    match raw {
        Some(raw) => push(described.type_(), raw, into),
        None => {
            into.push_null();
            Ok(())
        }
    }
}

/// The types that come as they are; [`select_expression`] casts every other to one of these.
fn push(ty: &Type, raw: &[u8], into: &mut OwnedRow) -> Result<(), RowError> {
    match *ty {
        Type::BOOL => into.push_bool(u8::from_be_bytes(sized(raw)?) != 0),
        Type::INT2 => into.push_integer(i16::from_be_bytes(sized(raw)?).into()),
        Type::INT4 => into.push_integer(i32::from_be_bytes(sized(raw)?).into()),
        Type::INT8 => into.push_integer(i64::from_be_bytes(sized(raw)?)),
        Type::OID => into.push_integer(u32::from_be_bytes(sized(raw)?).into()),
        Type::FLOAT4 => into.push_real(f32::from_be_bytes(sized(raw)?).into()),
        Type::FLOAT8 => into.push_real(f64::from_be_bytes(sized(raw)?)),
        Type::NUMERIC => into.push_number(&numeric::digits(raw).ok_or_else(malformed)?),
        Type::TEXT | Type::VARCHAR | Type::NAME => into.push_text(raw),
        Type::UUID => into.push_text(uuid_text(&sized(raw)?).as_bytes()),
        Type::BYTEA => into.push_blob(raw),
        Type::JSON => into.push_json(raw),
        Type::JSONB => into.push_json(jsonb(raw)?),
        Type::DATE => into.push_text(clock::date(raw)?.as_bytes()),
        Type::TIME => into.push_text(clock::time(raw)?.as_bytes()),
        Type::TIMETZ => into.push_text(clock::timetz(raw)?.as_bytes()),
        Type::TIMESTAMP => into.push_text(clock::timestamp(raw)?.as_bytes()),
        Type::TIMESTAMPTZ => into.push_text(clock::timestamptz(raw)?.as_bytes()),
        _ => return Err(unfit(format_args!("of type {ty}, and of another at start"))),
    }
    Ok(())
}

/// The text behind the version of the form, of which there is one.
fn jsonb(raw: &[u8]) -> Result<&[u8], RowError> {
    match raw.split_first() {
        Some((1, text)) => Ok(text),
        _ => Err(malformed()),
    }
}

fn sized<const N: usize>(raw: &[u8]) -> Result<[u8; N], RowError> {
    raw.try_into().map_err(|_| malformed())
}

fn malformed() -> RowError {
    unfit("a value in no binary form of PostgreSQL")
}

fn unfit(reason: impl Display) -> RowError {
    de::Error::custom(reason)
}

#[cfg(test)]
mod tests;
