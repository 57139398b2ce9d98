//! [`Value`]: one column of one row, as whatever the field asks serde for.

mod json;
mod number;

pub(crate) use json::from_json;
pub(super) use number::{plain_number, whole};

use json::json;
use number::{visit_real, visit_whole};
use serde::{
    de::{
        self, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor,
        value::{SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use std::fmt;

/// One column of one row, as the database has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    /// One that is too large for the former.
    Unsigned(u64),
    Real(f64),
    /// A decimal number of any size and precision: a field that takes anything takes its digits.
    Number(&'a str),
    Text(&'a str),
    Blob(&'a [u8]),
    /// A boolean, or 0 or 1 in a column that is declared BOOLEAN: a field that takes anything takes a
    /// boolean.
    Bool(bool),
    /// Text in a column that is declared JSON: a field that takes anything takes what it says.
    Json(&'a str),
    /// Text and nothing else, also where a field asks for a list.
    Word(&'a str),
    /// A blob as the list of its bytes.
    Bytes(&'a [u8]),
    /// Stands for a value to see whether it is looked at: no field takes it, at this many levels of
    /// newtypes.
    Mark(u8),
}

impl Value<'_> {
    /// More levels than anybody wraps a column in.
    pub(super) const MARK: Self = Self::Mark(8);
}

/// Why a row is no value of the application's type.
#[derive(Debug)]
pub(crate) struct RowError {
    pub(crate) cause: Cause,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A field has no column, and cannot do without.
    Missing(&'static str),
    /// A field has two columns.
    Duplicate(&'static str),
    /// A column has a value that does not fit.
    Unfit,
    /// A [`Value::Mark`] was looked at.
    Marked,
}

impl RowError {
    pub(super) fn unfit(text: String) -> Self {
        Self {
            cause: Cause::Unfit,
            text,
        }
    }

    /// The same, of this column.
    pub(crate) fn in_column(self, name: &str) -> Self {
        Self {
            text: format!("column `{name}`: {}", self.text),
            ..self
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for RowError {}

/// The messages name kinds and expectations but no values: they go to the log, and a column may
/// hold anything.
impl de::Error for RowError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::unfit(message.to_string().escape_debug().to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self {
            cause: match found {
                Unexpected::NewtypeStruct => Cause::Marked,
                _ => Cause::Unfit,
            },
            text: format!("{}, expected {expected}", kind(found)),
        }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::unfit(format!(
            "{} that does not fit, expected {expected}",
            kind(found)
        ))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::unfit(format!("an unknown variant, expected one of {expected:?}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            cause: Cause::Missing(field),
            text: format!("no column for the field `{field}`"),
        }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self {
            cause: Cause::Duplicate(field),
            text: format!("two columns for the field `{field}`"),
        }
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

/// What may have been meant by a number where a text is asked for, unless any text would do.
fn with_dates(error: RowError) -> RowError {
    if error.text.ends_with("expected a string") {
        return error;
    }
    RowError::unfit(format!(
        "{error} (a date in seconds since 1970 is read by `#[serde(with = \"locals::column::unix_seconds\")]`, in \
         milliseconds by `unix_millis`)"
    ))
}

/// What databases without booleans keep as a word.
pub(super) fn truth(text: &str) -> Option<bool> {
    let is = |word| text.eq_ignore_ascii_case(word);
    is("true").then_some(true).or(is("false").then_some(false))
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        /// A whole number in a REAL column is one.
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
            match self {
                Self::Bool(bool) => visitor.visit_i64(bool.into()),
                Self::Real(number) => match whole(number) {
                    Some(number) => visitor.visit_i64(number),
                    None => visitor.visit_f64(number),
                },
                Self::Number(digits) => visit_whole(digits, visitor),
                value => value.deserialize_any(visitor),
            }
        }
    )*};
}

macro_rules! reals {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
            match self {
                Self::Number(digits) => visit_real(digits, visitor),
                value => value.deserialize_any(visitor),
            }
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
            match self {
                Self::Text(text) | Self::Json(text) => visitor.visit_str(text),
                Self::Integer(number) => visitor.visit_i64(number).map_err(with_dates),
                value => value.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = RowError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Integer(number) => visitor.visit_i64(number),
            Self::Unsigned(number) => visitor.visit_u64(number),
            Self::Real(number) => visitor.visit_f64(number),
            Self::Text(text) if is_json_list_or_object(text) => {
                json(text, |json| json.deserialize_any(visitor))
            }
            Self::Text(text) | Self::Word(text) | Self::Number(text) => visitor.visit_str(text),
            Self::Blob(bytes) => visitor.visit_bytes(bytes),
            Self::Bool(bool) => visitor.visit_bool(bool),
            Self::Json(text) => json(text, |json| json.deserialize_any(visitor)),
            Self::Bytes(bytes) => list(bytes, visitor),
            Self::Mark(0) => visitor.visit_unit(),
            Self::Mark(levels) => visitor.visit_newtype_struct(Self::Mark(levels - 1)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    /// Databases without booleans keep 0 and 1, or the words.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Integer(0) => visitor.visit_bool(false),
            Self::Integer(1) => visitor.visit_bool(true),
            Self::Text(text) => match truth(text) {
                Some(truth) => visitor.visit_bool(truth),
                None => self.deserialize_any(visitor),
            },
            value => value.deserialize_any(visitor),
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    reals! { deserialize_f32 deserialize_f64 }

    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Blob(bytes) => list(bytes, visitor),
            Self::Text(text) | Self::Json(text) => json(text, |json| json.deserialize_seq(visitor)),
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

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, RowError> {
        match self {
            Self::Text(text) | Self::Json(text) => json(text, |json| json.deserialize_map(visitor)),
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        match self {
            Self::Text(text) | Self::Json(text) => {
                json(text, |json| json.deserialize_struct(name, fields, visitor))
            }
            value => value.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, RowError> {
        visitor.visit_newtype_struct(self)
    }

    /// The name of a variant; one with fields is the JSON that serde makes of it.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, RowError> {
        match self {
            Self::Text(text) | Self::Json(text) if is_json_list_or_object(text) => {
                json(text, |json| json.deserialize_enum(name, variants, visitor))
            }
            Self::Json(text) if text.starts_with('"') => {
                json(text, |json| json.deserialize_enum(name, variants, visitor))
            }
            Self::Text(text) | Self::Json(text) | Self::Word(text) => {
                let text: StrDeserializer<'_, RowError> = text.into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            value => value.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct ignored_any
    }
}

/// All of them: an array that has no room for one takes none.
fn list<'de, V: Visitor<'de>>(bytes: &[u8], visitor: V) -> Result<V::Value, RowError> {
    let mut bytes = SeqDeserializer::new(bytes.iter().copied());
    let list = visitor.visit_seq(&mut bytes)?;
    bytes.end()?;
    Ok(list)
}

/// Where a field takes anything, a JSON scalar is a text like any other.
fn is_json_list_or_object(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

impl IntoDeserializer<'_, RowError> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
