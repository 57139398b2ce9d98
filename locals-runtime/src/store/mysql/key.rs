//! A user's key in MySQL: what the column is, and how an id becomes a parameter.

mod repertoire;

use super::value::Declared;
use crate::{
    store::sql::{Key, KeyType, uuid_text},
    user_id::UserId,
};
use mysql_async::Value;
use repertoire::Repertoire;
use std::{borrow::Cow, ops::RangeInclusive};

/// As long as an index of InnoDB keeps.
const LONGEST: usize = 3072;

/// A column that keeps users' ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyColumn {
    kind: Kind,
    sql_type: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Integer(RangeInclusive<i128>),
    /// So many characters at most, of these.
    Text(u64, Repertoire),
    /// MariaDB's type, which is a text for whoever asks.
    Uuid,
    /// The 16 bytes of a UUID.
    UuidBytes,
    /// A text in UTF-8, where there is no users table.
    Bytes,
}

/// An id as a column keeps it.
enum Encoded<'a> {
    Integer(i128),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl KeyColumn {
    /// Any text, byte for byte.
    pub(super) fn without_users() -> Self {
        Self {
            kind: Kind::Bytes,
            sql_type: format!("varbinary({LONGEST})"),
        }
    }

    /// What refers to a column of this type: of the same length, sign, character set and collation, or the server
    /// makes no foreign key, and compares without an index. Neither a display width nor ZEROFILL matters to it.
    ///
    /// `None` if that type is no key.
    pub(super) fn of(declared: &Declared) -> Option<Self> {
        let data_type = declared.data_type.as_str();
        let (kind, sql_type) = match (data_type, declared.length) {
            ("char" | "varchar", Some(length)) => text(declared, length)?,
            ("binary", Some(16)) => (Kind::UuidBytes, "binary(16)".to_owned()),
            ("uuid", _) => (Kind::Uuid, "uuid".to_owned()),
            _ => integer(data_type, declared.is_unsigned())?,
        };
        Some(Self { kind, sql_type })
    }

    /// How a column that was made for [`sql_type`](Self::sql_type) keeps ids.
    pub(super) fn of_sessions(declared: &Declared) -> Option<Self> {
        let any = Self::without_users();
        if declared.column_type == any.sql_type {
            return Some(any);
        }
        Self::of(declared)
    }

    /// The type that a column is declared with to refer to this one.
    pub(super) fn sql_type(&self) -> &str {
        &self.sql_type
    }

    /// Whether there are characters of its character set of which we do not know.
    pub(super) fn takes_ascii_only(&self) -> bool {
        matches!(self.kind, Kind::Text(_, Repertoire::Ascii))
    }

    /// The id as a parameter; `None` if no user can have this id.
    pub(super) fn key(&self, id: &UserId) -> Option<Value> {
        match self.encoded(id)? {
            Encoded::Integer(number) => i64::try_from(number)
                .map(Value::Int)
                .or_else(|_| u64::try_from(number).map(Value::UInt))
                .ok(),
            Encoded::Text(text) => Some(Value::Bytes(text.into_owned().into_bytes())),
            Encoded::Bytes(bytes) => Some(Value::Bytes(bytes.into_owned())),
        }
    }

    /// The id as a session brings it; `None` if no user can have it.
    pub(super) fn canonical(&self, id: UserId) -> Option<UserId> {
        match self.kind {
            Kind::Uuid | Kind::UuidBytes => KeyType::Uuid.canonical(id),
            Kind::Integer(_) | Kind::Text(..) | Kind::Bytes => {
                let is_one = self.encoded(&id).is_some();
                is_one.then_some(id)
            }
        }
    }

    /// The id that a cell of the column keeps; `None` if it keeps none, or is of another type by now. A key may be
    /// widened while a program runs.
    pub(super) fn read(&self, cell: &Value) -> Option<UserId> {
        match (&self.kind, cell) {
            (Kind::Integer(_), Value::Int(number)) => Some(number.into()),
            (Kind::Integer(_), Value::UInt(number)) => Some(number.into()),
            (_, Value::Bytes(bytes)) => self.read_bytes(bytes),
            _ => None,
        }
    }

    /// An integer too, of a statement that is sent as text.
    fn read_bytes(&self, bytes: &[u8]) -> Option<UserId> {
        if self.kind == Kind::UuidBytes {
            return Some(uuid_text(bytes.try_into().ok()?).into());
        }
        let text = std::str::from_utf8(bytes).ok()?;
        match self.kind {
            // ZEROFILL has zeros before it.
            Kind::Integer(_) => text.parse::<i128>().ok().map(UserId::from),
            Kind::Uuid => KeyType::Uuid.canonical(text.into()),
            Kind::Text(..) | Kind::Bytes | Kind::UuidBytes => Some(text.into()),
        }
    }

    fn encoded<'a>(&self, id: &'a UserId) -> Option<Encoded<'a>> {
        let text = id.as_str();
        match &self.kind {
            Kind::Integer(range) => {
                let number: i128 = text.parse().ok()?;
                // `007` is not the user `7`.
                let is_one = range.contains(&number) && number.to_string() == text;
                is_one.then_some(Encoded::Integer(number))
            }
            Kind::Text(longest, repertoire) => {
                let fits = text.chars().count() as u64 <= *longest && repertoire.has(text);
                fits.then_some(Encoded::Text(text.into()))
            }
            Kind::Uuid => Some(Encoded::Text(uuid_text(&uuid_bytes(id)?).into())),
            Kind::UuidBytes => Some(Encoded::Bytes(uuid_bytes(id)?.to_vec().into())),
            Kind::Bytes => {
                (text.len() <= LONGEST).then_some(Encoded::Bytes(text.as_bytes().into()))
            }
        }
    }
}

fn uuid_bytes(id: &UserId) -> Option<[u8; 16]> {
    match KeyType::Uuid.key(id)? {
        Key::Uuid(bytes) => Some(bytes),
        Key::Integer(_) | Key::Text(_) => None,
    }
}

fn text(declared: &Declared, length: u64) -> Option<(Kind, String)> {
    let (charset, collation) = (declared.charset.as_ref()?, declared.collation.as_ref()?);
    let repertoire = Repertoire::of(charset)?;
    let sql_type = format!(
        "{}({length}) CHARACTER SET {charset} COLLATE {collation}",
        declared.data_type
    );
    Some((Kind::Text(length, repertoire), sql_type))
}

fn integer(data_type: &str, is_unsigned: bool) -> Option<(Kind, String)> {
    let bits = match data_type {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        "bigint" => 64,
        _ => return None,
    };
    Some(if is_unsigned {
        let range = 0..=(1_i128 << bits) - 1;
        (Kind::Integer(range), format!("{data_type} unsigned"))
    } else {
        let half = 1_i128 << (bits - 1);
        (Kind::Integer(-half..=half - 1), data_type.to_owned())
    })
}

#[cfg(test)]
mod tests;
