//! What is asked once, on a connection that serves nobody: a statement, its parameters, and the cells of its rows.

use super::error::failure;
use crate::error::StoreError;
use mysql_async::{Conn, Params, Row, Value, prelude::Queryable};

/// Prepares it for this one time.
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

/// A text as a statement without parameters has it, whatever is in it.
pub(super) fn literal(text: &str) -> String {
    let digits: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
    format!("_utf8mb4 X'{digits}'")
}
