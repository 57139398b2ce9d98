//! What an error of PostgreSQL means to whoever asked the store.

use crate::{
    error::StoreError,
    store::{
        link::one_line,
        sql::{expression_failed, without_quoted},
    },
    token::SessionId,
};
use std::{error::Error, fmt::Display};
use tokio_postgres::error::{DbError, Severity, SqlState};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    Postgres(tokio_postgres::Error),
    Store(StoreError),
}

impl Failed {
    /// See [`is_outdated`].
    pub(super) fn is_outdated(&self) -> bool {
        match self {
            Self::Postgres(error) => error.as_db_error().is_some_and(is_outdated),
            Self::Store(_) => false,
        }
    }
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Postgres(error) => failure(error),
            Failed::Store(error) => error,
        }
    }
}

/// A failure of PostgreSQL that has no meaning of its own here.
pub(super) fn failure(error: tokio_postgres::Error) -> StoreError {
    let Some(refusal) = error.as_db_error() else {
        return if is_of_our_side(&error) {
            StoreError::unavailable(text(&error))
        } else {
            lost(&error)
        };
    };
    let code = refusal.code();
    if *code == SqlState::QUERY_CANCELED {
        StoreError::Timeout
    } else if *code == SqlState::LOCK_NOT_AVAILABLE {
        StoreError::unavailable(
            "waited for a lock: does a transaction of this program hold the user, or a migration the \
             table? commit before you sign in",
        )
    } else if is_of_a_row(code) {
        expression_failed(&text(&error))
    } else if breaks_connection(refusal) || is_outdated(refusal) || tells_of_a_pooler(refusal) {
        StoreError::ConnectionLost(text(&error).into())
    } else {
        StoreError::unavailable(text(&error))
    }
}

/// Whether what is computed of a row fails there: a value that is none of its type, a division by zero, several rows
/// where one was to be. Not what a text of ours cannot be in the database's encoding.
fn is_of_a_row(code: &SqlState) -> bool {
    let is_of_text = *code == SqlState::CHARACTER_NOT_IN_REPERTOIRE
        || *code == SqlState::UNTRANSLATABLE_CHARACTER;
    let class = code.code().get(..2).unwrap_or_default();
    ["21", "22"].contains(&class) && !is_of_text
}

/// Why PostgreSQL takes no new session.
pub(super) fn refused(failed: Failed) -> StoreError {
    let Failed::Postgres(error) = &failed else {
        return failed.into();
    };
    match error.code() {
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => StoreError::DuplicateId,
        Some(code) if *code == SqlState::FOREIGN_KEY_VIOLATION => StoreError::UnknownUser,
        // A user id that no index can keep.
        Some(code) if *code == SqlState::PROGRAM_LIMIT_EXCEEDED => StoreError::UnknownUser,
        _ => failed.into(),
    }
}

/// The connection is gone, and with it whatever was asked on it.
fn lost(error: &tokio_postgres::Error) -> StoreError {
    StoreError::ConnectionLost(text(error).into())
}

/// Whether it was not sent at all, or its answer not understood here: the connection is as it was. The driver has
/// no type for these.
pub(super) fn is_of_our_side(error: &tokio_postgres::Error) -> bool {
    const BEGINNINGS: [&str; 6] = [
        "error serializing parameter",
        "error encoding message",
        "error deserializing column",
        "invalid column",
        "expected ",
        "query returned an unexpected number",
    ];
    let text = error.to_string();
    BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning))
}

/// The message and what is behind it, in one line: tokio-postgres says "db error" alone. No detail, which quotes
/// values.
pub(super) fn text(error: &tokio_postgres::Error) -> String {
    if let Some(refusal) = error.as_db_error() {
        let code = refusal.code();
        let message = one_line(refusal.message());
        let message = if is_of_a_row(code) {
            without_quoted(&message)
        } else {
            message
        };
        return format!("{message} (SQLSTATE {})", code.code());
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    one_line(&text)
}

/// Whether the connection is of no use any more: the server shuts down, or writes no longer.
pub(super) fn breaks_connection(refusal: &DbError) -> bool {
    if matches!(
        refusal.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    ) {
        return true;
    }
    let code = refusal.code();
    let ends = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        // A primary that has become a standby.
        SqlState::READ_ONLY_SQL_TRANSACTION,
    ];
    code.code().starts_with("08") || ends.contains(code)
}

/// Whether a prepared statement is no longer what the tables are: it is prepared anew on a new
/// connection.
pub(super) fn is_outdated(refusal: &DbError) -> bool {
    // The message is in the server's language.
    *refusal.code() == SqlState::FEATURE_NOT_SUPPORTED
        && refusal.routine() == Some("RevalidateCachedQuery")
}

/// Whether another server answers than the one that a statement was prepared on: there is a transaction
/// pooler in between.
pub(super) fn tells_of_a_pooler(refusal: &DbError) -> bool {
    let code = refusal.code();
    *code == SqlState::INVALID_SQL_STATEMENT_NAME
        || *code == SqlState::DUPLICATE_PSTATEMENT
        || (*code == SqlState::PROTOCOL_VIOLATION && refusal.message().contains("options"))
}

/// How often a transaction is tried that was undone for the sake of another.
const ATTEMPTS: usize = 4;

/// Whether the transaction was undone for the sake of another, and may be tried again after so many attempts. Of two
/// that wait for each other, one gives up its wait before the server looks for such pairs: once more, then.
pub(super) fn may_be_tried_again(failed: &Failed, attempts: usize) -> bool {
    let Failed::Postgres(error) = failed else {
        return false;
    };
    match error.code() {
        Some(code) if *code == SqlState::LOCK_NOT_AVAILABLE => attempts < 2,
        Some(code) if *code == SqlState::T_R_DEADLOCK_DETECTED => attempts < ATTEMPTS,
        Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE => attempts < ATTEMPTS,
        _ => false,
    }
}

/// A row that is there and cannot be read.
pub(super) fn corrupt(id: SessionId, reason: &impl Display) -> StoreError {
    StoreError::corrupt(&id, reason.to_string())
}
