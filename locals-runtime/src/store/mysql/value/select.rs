//! How a column stands in a SELECT list, so that its value comes in a form that is read.

use mysql_async::{
    Column,
    consts::{ColumnFlags, ColumnType},
};

/// What a column or an expression is, as far as its rows do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store::mysql) enum SqlType {
    /// What the rows say.
    Plain,
    /// An integer, of which 0 and 1 are a boolean.
    Bool,
    /// A text of which the server knows that it is JSON.
    Json,
    /// Bytes that nobody reads.
    Geometry,
}

impl SqlType {
    /// Of an expression, by what the server says of its result.
    pub(in crate::store::mysql) fn of_result(column: &Column) -> Self {
        match column.column_type() {
            ColumnType::MYSQL_TYPE_JSON => Self::Json,
            ColumnType::MYSQL_TYPE_GEOMETRY => Self::Geometry,
            // A comparison is an integer of one digit.
            ColumnType::MYSQL_TYPE_TINY
            | ColumnType::MYSQL_TYPE_LONG
            | ColumnType::MYSQL_TYPE_LONGLONG
                if column.column_length() == 1
                    && !column.flags().contains(ColumnFlags::UNSIGNED_FLAG) =>
            {
                Self::Bool
            }
            _ => Self::Plain,
        }
    }
}

/// What is selected of a column, ``u.`name` ``.
pub(in crate::store::mysql) fn select_expression(column: &str, ty: SqlType) -> String {
    match ty {
        SqlType::Geometry => format!("ST_AsText({column})"),
        SqlType::Plain | SqlType::Bool | SqlType::Json => column.to_owned(),
    }
}
