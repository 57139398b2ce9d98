//! One question at the start of a program: what is asked, and the texts of the answer.

use super::error::failure;
use crate::error::StoreError;
use mysql_async::{Conn, Params, Row, Value, prelude::Queryable};

/// Asks with a statement of which no answer is waited for but this.
pub(super) async fn ask(
    conn: &mut Conn,
    statement: &str,
    params: Params,
) -> Result<Vec<Row>, StoreError> {
    conn.exec(statement, params).await.map_err(failure)
}

/// Texts as the parameters of a statement.
pub(super) fn texts<const N: usize>(texts: [&str; N]) -> Params {
    Params::Positional(texts.into_iter().map(Value::from).collect())
}

/// A text that stands in a row.
pub(super) fn text_in(row: &Row, column: usize) -> Option<String> {
    match row.as_ref(column)? {
        Value::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    }
}
