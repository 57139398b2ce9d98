//! A row of the users table, read as the application's own type.

use super::{
    Moment, OwnedRow, RowError, Value,
    moment::{text_of_unix_millis, time_of_day},
    value::Cause,
};
use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess,
        Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A column that is read for a type.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    declared: Declared,
    /// In which form the field took a date last: it is tried first, for dates.
    usual: AtomicUsize,
}

/// What the declaration says of the values, where the values do not say it themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Bool,
    Json,
    Other,
}

impl Column {
    pub(crate) fn new(name: &str, declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        Self {
            name: name.to_owned(),
            declared: if declared.contains("BOOL") {
                Declared::Bool
            } else if declared.contains("JSON") {
                Declared::Json
            } else {
                Declared::Other
            },
            usual: AtomicUsize::new(0),
        }
    }
}

impl Column {
    /// The reading to begin with.
    fn usual_of(&self, value: Value<'_>) -> usize {
        match self.usual.load(Ordering::Relaxed) {
            0 => 0,
            usual if is_date(value) => usual,
            _ => 0,
        }
    }
}

fn is_date(value: Value<'_>) -> bool {
    matches!(value, Value::Text(text) if Moment::parse(text).is_some())
}

/// How a value may be read: first as it is, then as what the field may have meant by not taking it.
#[derive(Debug, PartialEq)]
enum Reading<'a> {
    Value(Value<'a>),
    Text(String),
    /// As if there were no such column: a field with `#[serde(default)]` takes no NULL.
    Absent,
}

fn readings<'a>(value: Value<'a>, declared: Declared) -> Vec<Reading<'a>> {
    let mut readings = vec![Reading::Value(as_declared(value, declared))];
    match value {
        Value::Null => readings.push(Reading::Absent),
        Value::Text(text) => {
            let moment = Moment::parse(text).map(|moment| moment.forms());
            readings.extend(moment.into_iter().flatten().map(Reading::Text));
            readings.extend(time_of_day(text).map(Reading::Text));
            if text.trim() == "null" {
                readings.push(Reading::Value(Value::Null));
            }
            readings.push(Reading::Value(Value::Word(text)));
        }
        _ => {}
    }
    readings
}

/// The first reading of a value, for which nothing is made.
fn as_declared(value: Value<'_>, declared: Declared) -> Value<'_> {
    match (value, declared) {
        (Value::Text(text), Declared::Json) => Value::Json(text),
        (Value::Integer(number @ (0 | 1)), Declared::Bool) => Value::Bool(number == 1),
        (value, _) => value,
    }
}

/// A date, of a type that is read from a text, in whichever form it takes; `None` is NULL.
pub(crate) fn date_of_unix_millis<T: DeserializeOwned>(millis: Option<i64>) -> Result<T, RowError> {
    let Some(millis) = millis else {
        return T::deserialize(Value::Null);
    };
    let text = text_of_unix_millis(millis);
    let text =
        text.ok_or_else(|| <RowError as de::Error>::custom("a time beyond the year 9999"))?;
    let mut refused = None;
    for reading in readings(Value::Text(&text), Declared::Other) {
        let date = match &reading {
            Reading::Value(value) => T::deserialize(*value),
            Reading::Text(text) => T::deserialize(Value::Text(text)),
            Reading::Absent => continue,
        };
        match date {
            Ok(date) => return Ok(date),
            Err(error) => _ = refused.get_or_insert(error),
        }
    }
    Err(refused.expect("a text has a reading"))
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
        let mut at = None;
        let error = match U::deserialize(Row {
            columns,
            row,
            attempts: &attempts,
            next: 0,
            at: &mut at,
        }) {
            Ok(user) => {
                attempts.remember(columns, row);
                return Ok(user);
            }
            Err(error) => error,
        };
        let earlier = |refused: Option<(usize, RowError)>| refused.map(|(_, error)| error);
        let Some(column) = at else {
            return Err(match error.cause {
                // A NULL that was left out, and the field has no default: it was the NULL.
                Cause::Missing(_) => earlier(refused).unwrap_or(error),
                _ => error,
            });
        };
        if refused.as_ref().is_none_or(|(known, _)| *known != column) {
            refused = Some((column, error));
        }
        if !attempts.another(column, columns, row) {
            return Err(earlier(refused).expect("what was refused last"));
        }
    }
}

/// Which reading of which column is tried; most rows never need another than the usual.
#[derive(Default)]
struct Attempts(Vec<(usize, usize)>);

impl Attempts {
    fn of(&self, column: usize) -> Option<usize> {
        let found = self.0.iter().find(|(other, _)| *other == column);
        found.map(|(_, attempt)| *attempt)
    }

    /// Goes on to the next reading; `false` if there is none.
    fn another(&mut self, column: usize, columns: &[Column], row: &OwnedRow) -> bool {
        let declared = columns[column].declared;
        let Ok(value) = row.value(column) else {
            return false;
        };
        let count = readings(value, declared).len();
        match self.0.iter_mut().find(|(other, _)| *other == column) {
            Some((_, attempt)) => {
                *attempt += 1;
                *attempt < count
            }
            None => {
                // Begins anew, also if the usual reading was another one.
                self.0.push((column, 0));
                columns[column].usual_of(value) > 0 || self.another(column, columns, row)
            }
        }
    }

    fn remember(&self, columns: &[Column], row: &OwnedRow) {
        for (column, attempt) in &self.0 {
            if row.value(*column).is_ok_and(is_date) {
                columns[*column].usual.store(*attempt, Ordering::Relaxed);
            }
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
    fn reading(&self, column: usize) -> Result<Reading<'r>, RowError> {
        let of = &self.columns[column];
        let declared = &of.declared;
        let value = self.row.value(column)?;
        let attempt = self.attempts.of(column);
        let attempt = attempt.unwrap_or_else(|| of.usual_of(value));
        if attempt == 0 {
            return Ok(Reading::Value(as_declared(value, *declared)));
        }
        let mut readings = readings(value, *declared);
        Ok(if attempt < readings.len() {
            readings.swap_remove(attempt)
        } else {
            Reading::Value(as_declared(value, *declared))
        })
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
