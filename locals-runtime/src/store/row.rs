//! A row of the application's users table, read as the application's own type.
//!
//! [`columns`] asks a type for the names of its fields; [`user`] builds a value from the columns of
//! those names. Both go through serde, so `rename`, `default`, `Option` and unit enums work as they
//! do for JSON.

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer,
        MapAccess, Unexpected, Visitor,
        value::{SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use std::{fmt, ops::Range};

/// One column of one row, as the database has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

/// The columns of one row, copied out of the database in two allocations.
#[derive(Debug)]
pub(crate) struct OwnedRow {
    cells: Vec<Cell>,
    /// The texts and blobs, one after the other.
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(Range<usize>),
    Blob(Range<usize>),
}

impl OwnedRow {
    pub(crate) fn with_capacity(columns: usize) -> Self {
        Self {
            cells: Vec::with_capacity(columns),
            bytes: Vec::new(),
        }
    }

    pub(crate) fn push_null(&mut self) {
        self.cells.push(Cell::Null);
    }

    pub(crate) fn push_integer(&mut self, number: i64) {
        self.cells.push(Cell::Integer(number));
    }

    pub(crate) fn push_real(&mut self, number: f64) {
        self.cells.push(Cell::Real(number));
    }

    /// Whether it is UTF-8 is seen when it is read.
    pub(crate) fn push_text(&mut self, text: &[u8]) {
        let text = self.keep(text);
        self.cells.push(Cell::Text(text));
    }

    pub(crate) fn push_blob(&mut self, bytes: &[u8]) {
        let bytes = self.keep(bytes);
        self.cells.push(Cell::Blob(bytes));
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    /// The value of a column, counted from zero.
    pub(crate) fn value(&self, column: usize) -> Result<Value<'_>, RowError> {
        let missing = || de::Error::custom("no such column");
        let bytes = |range: &Range<usize>| self.bytes.get(range.clone()).ok_or_else(missing);
        Ok(match self.cells.get(column).ok_or_else(missing)? {
            Cell::Null => Value::Null,
            Cell::Integer(number) => Value::Integer(*number),
            Cell::Real(number) => Value::Real(*number),
            Cell::Text(range) => {
                Value::Text(std::str::from_utf8(bytes(range)?).map_err(de::Error::custom)?)
            }
            Cell::Blob(range) => Value::Blob(bytes(range)?),
        })
    }
}

/// The field names of `U`; `None` if it has none to tell, such as a map or a number.
pub(crate) fn columns<U: DeserializeOwned>() -> Option<&'static [&'static str]> {
    let mut fields = None;
    // Ends with an error in any case, and with the names if there are any.
    let _ = U::deserialize(FieldNames(&mut fields));
    fields
}

/// A `U` whose field `names[i]` has the value `value(i)`.
pub(crate) fn user<'a, U, F>(names: &'static [&'static str], value: F) -> Result<U, RowError>
where
    U: DeserializeOwned,
    F: FnMut(usize) -> Result<Value<'a>, RowError>,
{
    U::deserialize(Row {
        names,
        value,
        next: 0,
    })
}

/// Why a row is no `U`.
#[derive(Debug)]
pub(crate) struct RowError(String);

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RowError {}

/// The messages name kinds and expectations but no values: they go to the log, and a column may
/// hold anything.
impl de::Error for RowError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string().escape_debug().to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("{}, expected {expected}", kind(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!(
            "{} that does not fit, expected {expected}",
            kind(found)
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("an unknown variant, expected one of {expected:?}"))
    }
}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
        Unexpected::Float(_) => "floating point number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Bytes(_) => "blob",
        Unexpected::Unit => "NULL",
        _ => "value of another kind",
    }
}

struct FieldNames<'n>(&'n mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, RowError> {
        Err(de::Error::custom("no field names"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, RowError> {
        *self.0 = Some(fields);
        Err(de::Error::custom("the names are known"))
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
        unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Row<F> {
    names: &'static [&'static str],
    value: F,
    next: usize,
}

impl<'de, 'a, F> Deserializer<'de> for Row<F>
where
    F: FnMut(usize) -> Result<Value<'a>, RowError>,
{
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

impl<'de, 'a, F> MapAccess<'de> for Row<F>
where
    F: FnMut(usize) -> Result<Value<'a>, RowError>,
{
    type Error = RowError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, RowError> {
        let Some(name) = self.names.get(self.next) else {
            return Ok(None);
        };
        self.next += 1;
        let name: StrDeserializer<'_, RowError> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, RowError> {
        let column = self.next.saturating_sub(1);
        let value = (self.value)(column).and_then(|value| seed.deserialize(value));
        value.map_err(|RowError(reason)| {
            let name = self.names.get(column).copied().unwrap_or_default();
            RowError(format!("column `{name}`: {reason}"))
        })
    }
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Integer(number) => visitor.visit_i64(number),
            Self::Real(number) => visitor.visit_f64(number),
            Self::Text(text) => visitor.visit_str(text),
            Self::Blob(bytes) => visitor.visit_bytes(bytes),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    /// Databases without booleans keep 0 and 1.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Integer(0) => visitor.visit_bool(false),
            Self::Integer(1) => visitor.visit_bool(true),
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Blob(bytes) => visitor.visit_seq(SeqDeserializer::new(bytes.iter().copied())),
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        match self {
            Self::Text(text) => {
                let text: StrDeserializer<'_, RowError> = text.into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            value => value.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, RowError> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests;
