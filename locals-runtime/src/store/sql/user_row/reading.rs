//! [`Reading`]: what a field may have meant by not taking a column's value as it is.

use super::super::{
    Moment, RowError, Value,
    moment::{text_of_unix_millis, time_of_day},
    value::{plain_number, truth, whole},
};
use serde::de::{self, DeserializeOwned};

/// What the declaration of a column says of its values, where they do not say it themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    Bool,
    Json,
    Other,
}

impl Declared {
    pub(super) fn of(sql_type: &str) -> Self {
        let sql_type = sql_type.to_ascii_uppercase();
        if sql_type.contains("BOOL") {
            Self::Bool
        } else if sql_type.contains("JSON") {
            Self::Json
        } else {
            Self::Other
        }
    }
}

/// How a value may be read: first as it is, then as what the field may have meant by not taking it.
#[derive(Debug, PartialEq)]
pub(super) enum Reading<'a> {
    Value(Value<'a>),
    Text(String),
    /// As if there were no such column: a field with `#[serde(default)]` takes no NULL.
    Absent,
}

pub(super) fn readings(value: Value<'_>, declared: Declared) -> Vec<Reading<'_>> {
    let mut readings = vec![Reading::Value(as_declared(value, declared))];
    match value {
        Value::Null => readings.push(Reading::Absent),
        Value::Text(text) | Value::Json(text) => {
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

/// The readings, and then those of a value that serde takes before it knows for which field: elsewhere
/// the field says that it wants them.
pub(super) fn flattened_readings(value: Value<'_>, declared: Declared) -> Vec<Reading<'_>> {
    let wanted = match value {
        Value::Integer(number @ (0 | 1)) => Some(Value::Bool(number == 1)),
        Value::Real(number) => whole(number).map(Value::Integer),
        Value::Number(digits) => plain_number(digits),
        Value::Bool(bool) => Some(Value::Integer(bool.into())),
        Value::Blob(bytes) => Some(Value::Bytes(bytes)),
        Value::Text(text) => truth(text).map(Value::Bool),
        _ => None,
    };
    let mut readings = readings(value, declared);
    readings.extend(wanted.map(Reading::Value));
    readings
}

/// The first reading of a value, for which nothing is made.
pub(super) fn as_declared(value: Value<'_>, declared: Declared) -> Value<'_> {
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
