//! What an error of SQLite means to whoever asked the store.

use crate::{
    error::StoreError,
    store::sql::{expression_failed, without_quoted},
    token::SessionId,
};
use rusqlite::ffi::SQLITE_ERROR;
use std::fmt::Display;

/// A failure of SQLite that has no meaning of its own here.
pub(super) fn failure(error: rusqlite::Error) -> StoreError {
    if is_busy(&error) {
        StoreError::Timeout
    } else {
        StoreError::unavailable(error)
    }
}

/// The same of a statement that reads a user: a condition or a computed column may fail on the row.
pub(super) fn failure_of_user(error: rusqlite::Error) -> StoreError {
    match &error {
        rusqlite::Error::SqliteFailure(code, Some(said))
            if code.extended_code == SQLITE_ERROR && !is_of_tables(said) =>
        {
            expression_failed(&without_quoted(said))
        }
        _ => failure(error),
    }
}

/// Where the tables have changed, a statement is compiled anew when it is run: what it then does not find, no row has
/// to do with.
fn is_of_tables(said: &str) -> bool {
    ["no such ", "ambiguous "]
        .iter()
        .any(|beginning| said.starts_with(beginning))
}

/// Another connection holds the lock.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

/// A row that is there and cannot be read.
pub(super) fn corrupt(id: SessionId, reason: &impl Display) -> StoreError {
    StoreError::corrupt(&id, reason.to_string())
}
