//! What an error of SQLite means to whoever asked the store.

use crate::{error::StoreError, token::SessionId};
use std::fmt::Display;

/// A failure of SQLite that has no meaning of its own here.
pub(super) fn failure(error: rusqlite::Error) -> StoreError {
    if is_busy(&error) {
        StoreError::Timeout
    } else {
        StoreError::unavailable(error)
    }
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
