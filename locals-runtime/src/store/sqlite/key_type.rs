//! [`KeyType`]: how a [`UserId`] stands in the key column of the users table.

use super::{
    error::{failure, refuse},
    sql,
};
use crate::{error::StoreError, user_id::UserId};
use rusqlite::{
    Connection,
    types::{ToSqlOutput, ValueRef},
};

/// How the key column keeps a user's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    Integer,
    Text,
    /// The 16 bytes of a UUID; as a [`UserId`] its hyphenated text.
    Uuid,
}

impl KeyType {
    /// By SQLite's rules of affinity (<https://www.sqlite.org/datatype3.html> §3.1).
    pub(super) fn of_declared(declared: &str) -> Option<Self> {
        let declared = declared.to_ascii_uppercase();
        let has = |word| declared.contains(word);
        if has("INT") {
            Some(Self::Integer)
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Some(Self::Text)
        } else if has("BLOB") {
            Some(Self::Uuid)
        } else {
            None
        }
    }

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
            Self::Uuid => "BLOB",
        }
    }

    pub(super) fn of_sql(name: &str) -> Option<Self> {
        [Self::Integer, Self::Text, Self::Uuid]
            .into_iter()
            .find(|known| known.sql() == name)
    }

    /// In a UTF-16 file two texts may become one (around U+FFFE), and two users with them.
    pub(super) fn check_encoding(self, connection: &Connection) -> Result<(), StoreError> {
        if self != Self::Text {
            return Ok(());
        }
        let encoding = connection.query_row(sql::ENCODING, [], |row| row.get::<_, String>(0));
        match encoding.map_err(failure)?.as_str() {
            "UTF-8" => Ok(()),
            other => refuse(format!(
                "this database file keeps text as {other}, in which two user ids may become one: use \
                 an integer or UUID key, or another file for the sessions (SQLite's default encoding \
                 is UTF-8)"
            )),
        }
    }

    /// The id as the column keeps it; `None` if no user can have this id.
    pub(super) fn to_sql(self, id: &UserId) -> Option<ToSqlOutput<'_>> {
        let text = id.as_str();
        match self {
            Self::Integer => {
                let number: i64 = text.parse().ok()?;
                // `007` is not the user `7`.
                (number.to_string() == text).then_some(number.into())
            }
            Self::Text => Some(text.into()),
            Self::Uuid => Some(uuid_bytes(text)?.into()),
        }
    }

    /// The id as a session brings it; `None` if no user can have it.
    pub(super) fn canonical(self, id: UserId) -> Option<UserId> {
        match self {
            Self::Uuid => Some(uuid_text(&uuid_bytes(id.as_str())?)?.into()),
            Self::Integer | Self::Text => self.to_sql(&id).is_some().then_some(id),
        }
    }

    /// The id that the column keeps; `None` if it keeps something else.
    pub(super) fn read(self, value: ValueRef<'_>) -> Option<UserId> {
        match (self, value) {
            (Self::Integer, ValueRef::Integer(number)) => Some(number.into()),
            (Self::Text, ValueRef::Text(text)) => Some(std::str::from_utf8(text).ok()?.into()),
            (Self::Uuid, ValueRef::Blob(bytes)) => Some(uuid_text(bytes)?.into()),
            _ => None,
        }
    }
}

/// The bytes of a UUID in any usual form: hyphenated or 32 digits, of either case, also in braces or as a
/// URN (RFC 9562 §4).
fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_prefix("urn:uuid:").unwrap_or(&text);
    let bare = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let text = bare.unwrap_or(text);
    let digits = text.replace('-', "");
    let digit = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..32).step_by(2).map(digit).collect();
    let bytes = bytes?;
    let whole = digits == text || uuid_text(&bytes)? == text;
    (whole && digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(bytes)
}

/// 8-4-4-4-12 (RFC 9562 §4).
fn uuid_text(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; 16] = bytes.try_into().ok()?;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_the_same_in_every_usual_form() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let bytes = uuid_bytes(uuid).unwrap();
        for form in [
            uuid.to_uppercase(),
            uuid.replace('-', ""),
            uuid.replace('-', "").to_uppercase(),
            format!("{{{uuid}}}"),
            format!("urn:uuid:{uuid}"),
            format!("URN:UUID:{}", uuid.to_uppercase()),
        ] {
            assert_eq!(uuid_bytes(&form).as_ref(), Some(&bytes), "{form}");
        }
        assert_eq!(uuid_text(&bytes).as_deref(), Some(uuid));
    }

    #[test]
    fn an_id_has_one_form_in_each_kind_of_key() {
        let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        for (key_type, id, round_trips) in [
            (KeyType::Integer, "-7", true),
            (KeyType::Integer, "007", false),
            (KeyType::Integer, "+7", false),
            (KeyType::Integer, "ada", false),
            (KeyType::Integer, "9223372036854775808", false),
            (KeyType::Text, "Ada\u{0}", true),
            (KeyType::Uuid, uuid, true),
            (KeyType::Uuid, &uuid[1..], false),
            (KeyType::Uuid, &format!("{uuid}0"), false),
            (KeyType::Uuid, &uuid.replace("-4", "4-"), false),
            (KeyType::Uuid, &format!("{{{uuid}"), false),
            (KeyType::Uuid, "é", false),
            (KeyType::Uuid, "", false),
        ] {
            let id = UserId::from(id);
            let back = key_type.to_sql(&id).map(|value| match value {
                ToSqlOutput::Borrowed(value) => key_type.read(value),
                ToSqlOutput::Owned(value) => key_type.read((&value).into()),
                other => panic!("{other:?}"),
            });
            assert_eq!(back, round_trips.then_some(Some(id)));
        }
    }
}
