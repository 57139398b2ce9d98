//! A user's key in SQLite: what the column is declared as, and what it keeps.

use super::{error::failure, sql};
use crate::{
    error::StoreError,
    store::sql::{Key, KeyType, refuse},
    user_id::UserId,
};
use rusqlite::{
    Connection, ToSql,
    types::{ToSqlOutput, ValueRef},
};

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

    /// The id that the column keeps; `None` if it keeps something else.
    pub(super) fn read(self, value: ValueRef<'_>) -> Option<UserId> {
        self.user_id(match value {
            ValueRef::Integer(number) => Key::Integer(number),
            ValueRef::Text(text) => Key::Text(std::str::from_utf8(text).ok()?),
            ValueRef::Blob(bytes) => Key::Uuid(bytes.try_into().ok()?),
            ValueRef::Null | ValueRef::Real(_) => return None,
        })
    }
}

impl ToSql for Key<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Integer(number) => (*number).into(),
            Self::Text(text) => (*text).into(),
            Self::Uuid(bytes) => bytes.as_slice().into(),
        })
    }
}
