//! A row of the users table, read as the application's own type.

mod attempts;
mod flattened;
mod reading;

pub(crate) use reading::date_of_unix_millis;

use super::{OwnedRow, RowError, Value, value::Cause};
use attempts::{Attempts, Usual};
use reading::{Declared, Reading};
use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
        value::StrDeserializer,
    },
    forward_to_deserialize_any,
};

/// A column that is read for a type.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    declared: Declared,
    usual: Usual,
}

impl Column {
    pub(crate) fn new(name: &str, declared: &str) -> Self {
        Self {
            name: name.to_owned(),
            declared: Declared::of(declared),
            usual: Usual::default(),
        }
    }
}

/// A `U` whose field `columns[i].name` has the value of the row's column `i`.
///
/// Serde takes a value or refuses it, so a row is read again, with another reading of the column that
/// was refused, until the type takes it or there is none left. What a column was taken as is tried
/// first the next time.
pub(crate) fn user<U: DeserializeOwned>(columns: &[Column], row: &OwnedRow) -> Result<U, RowError> {
    let mut attempts = Attempts::default();
    let mut refused: Option<(usize, RowError)> = None;
    loop {
        let (at, error) = match Row::read(columns, row, &attempts) {
            Ok(user) => {
                attempts.remember(columns, row);
                return Ok(user);
            }
            Err(refusal) => refusal,
        };
        let earlier = |refused: Option<(usize, RowError)>| refused.map(|(_, error)| error);
        let Some(column) = at else {
            return match error.cause {
                // A NULL that was left out, and the field has no default: it was the NULL.
                Cause::Missing(_) => Err(earlier(refused).unwrap_or(error)),
                Cause::Unfit => flattened::user(columns, row, attempts, error),
                Cause::Duplicate(_) | Cause::Marked => Err(error),
            };
        };
        if refused.as_ref().is_none_or(|(known, _)| *known != column) {
            refused = Some((column, error));
        }
        let value = row.value(column);
        if !value.is_ok_and(|value| attempts.another(column, &columns[column], value)) {
            return Err(earlier(refused).expect("what was refused last"));
        }
    }
}

struct Row<'r> {
    columns: &'r [Column],
    row: &'r OwnedRow,
    attempts: &'r Attempts,
    next: usize,
    /// The column whose value was refused.
    at: &'r mut Option<usize>,
}

impl<'r> Row<'r> {
    /// The value, or why there is none, and the column that was refused if serde was asked for it then.
    fn read<U: DeserializeOwned>(
        columns: &'r [Column],
        row: &'r OwnedRow,
        attempts: &'r Attempts,
    ) -> Result<U, (Option<usize>, RowError)> {
        let mut at = None;
        let user = U::deserialize(Row {
            columns,
            row,
            attempts,
            next: 0,
            at: &mut at,
        });
        user.map_err(|error| (at, error))
    }

    fn reading(&self, column: usize) -> Result<Reading<'r>, RowError> {
        let value = self.row.value(column)?;
        Ok(self.attempts.reading(column, &self.columns[column], value))
    }
}

impl<'de> Deserializer<'de> for Row<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Row<'_> {
    type Error = RowError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, RowError> {
        while let Some(column) = self.columns.get(self.next) {
            self.next += 1;
            if self
                .reading(self.next - 1)
                .is_ok_and(|reading| reading == Reading::Absent)
            {
                continue;
            }
            let name: StrDeserializer<'_, RowError> = column.name.as_str().into_deserializer();
            return seed.deserialize(name).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, RowError> {
        let column = self.next.saturating_sub(1);
        let value = self.reading(column).and_then(|reading| {
            let text;
            seed.deserialize(match reading {
                Reading::Value(value) => value,
                Reading::Text(form) => {
                    text = form;
                    Value::Text(&text)
                }
                Reading::Absent => Value::Null,
            })
        });
        value.map_err(|error| {
            *self.at = Some(column);
            error.in_column(&self.columns[column].name)
        })
    }
}

#[cfg(test)]
mod tests;
