//! [`Declared`]: a column's type, as the table was made with it.

use super::SqlType;

/// A column's type as `information_schema.COLUMNS` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store::mysql) struct Declared {
    /// `varchar`
    pub(in crate::store::mysql) data_type: String,
    /// All of it: `varchar(64)`, `bigint(20) unsigned`.
    pub(in crate::store::mysql) column_type: String,
    /// Of a text in characters, of a binary in bytes.
    pub(in crate::store::mysql) length: Option<u64>,
    pub(in crate::store::mysql) charset: Option<String>,
    pub(in crate::store::mysql) collation: Option<String>,
    /// Whether a CHECK says that it is JSON, which MariaDB has no type for.
    pub(in crate::store::mysql) is_checked_json: bool,
}

impl Declared {
    pub(in crate::store::mysql) fn is_unsigned(&self) -> bool {
        self.column_type.contains(" unsigned")
    }

    /// What has to be known of it beside its rows.
    pub(in crate::store::mysql) fn sql_type(&self) -> SqlType {
        match self.data_type.as_str() {
            "json" => SqlType::Json,
            _ if self.is_checked_json => SqlType::Json,
            // What both servers make of BOOLEAN.
            "tinyint" if self.column_type == "tinyint(1)" => SqlType::Bool,
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
            | "multipolygon" | "geomcollection" | "geometrycollection" => SqlType::Geometry,
            _ => SqlType::Plain,
        }
    }
}
