//! What an error of MySQL means to whoever asked the store.

use crate::{
    error::StoreError,
    store::{link::one_line, sql::expression_failed},
    token::SessionId,
};
use mysql_async::Error;
use std::fmt::Display;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    MySql(Error),
    Store(StoreError),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::MySql(error)
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
            Failed::MySql(error) => failure(error),
            Failed::Store(error) => error,
        }
    }
}

/// The numbers of errors that mean something here. MySQL's and MariaDB's own where two stand for one thing.
pub(super) mod number {
    /// A database, a table, a column; a privilege of the server.
    pub(in crate::store::mysql) const DENIED: [u16; 4] = [1044, 1142, 1143, 1227];
    pub(in crate::store::mysql) const NO_SUCH_COLUMN: u16 = 1054;
    pub(in crate::store::mysql) const DUPLICATE: u16 = 1062;
    pub(in crate::store::mysql) const LOCK_WAIT: u16 = 1205;
    pub(in crate::store::mysql) const DEADLOCK: u16 = 1213;
    pub(in crate::store::mysql) const MIXED_COLLATIONS: u16 = 1267;
    pub(in crate::store::mysql) const TOO_LONG: u16 = 1406;
    pub(in crate::store::mysql) const NO_SUCH_USER: [u16; 2] = [1216, 1452];
    /// A query that took too long: MySQL's, MariaDB's.
    pub(in crate::store::mysql) const STATEMENT_TIME: [u16; 2] = [3024, 1969];
    /// A text that is none in the column's character set.
    pub(in crate::store::mysql) const UNFIT_TEXT: [u16; 2] = [1366, 3988];
}

/// The server's number of an error.
pub(super) fn code(error: &Error) -> Option<u16> {
    match error {
        Error::Server(refusal) => Some(refusal.code),
        _ => None,
    }
}

/// A failure of MySQL that has no meaning of its own here.
pub(super) fn failure(error: Error) -> StoreError {
    let Some(code) = code(&error) else {
        return StoreError::ConnectionLost(text(&error).into());
    };
    if number::STATEMENT_TIME.contains(&code) {
        StoreError::Timeout
    } else if code == number::LOCK_WAIT {
        StoreError::unavailable(
            "waited for a lock: does a transaction of this program hold the user, or a migration the \
             table? commit before you sign in",
        )
    } else if is_of_a_row(code) {
        expression_failed(&text(&error))
    } else if breaks_connection(code) || is_outdated(code) {
        StoreError::ConnectionLost(text(&error).into())
    } else {
        StoreError::unavailable(text(&error))
    }
}

/// Why MySQL takes no new session.
pub(super) fn refused(failed: Failed) -> StoreError {
    let Failed::MySql(error) = &failed else {
        return failed.into();
    };
    match code(error) {
        Some(number::DUPLICATE) => StoreError::DuplicateId,
        Some(code) if number::NO_SUCH_USER.contains(&code) => StoreError::UnknownUser,
        Some(code) if is_no_id(code) => StoreError::UnknownUser,
        _ => failed.into(),
    }
}

/// Whether what is computed of a row fails there: several rows where one was to be, a number out of range, no JSON.
fn is_of_a_row(code: u16) -> bool {
    matches!(code, 1242 | 1690 | 3140..=3157)
}

/// Whether it says that the user may not do this.
pub(super) fn is_denied(code: u16) -> bool {
    number::DENIED.contains(&code)
}

/// Whether it says that the column of keys can hold no such id.
pub(super) fn is_no_id(code: u16) -> bool {
    matches!(code, number::TOO_LONG | number::MIXED_COLLATIONS)
        || number::UNFIT_TEXT.contains(&code)
}

/// Whether the connection is of no use any more: the server shuts down, has left its cluster, or writes no longer.
pub(super) fn breaks_connection(code: u16) -> bool {
    matches!(
        code,
        // Shut down, killed, gone.
        1053 | 1317 | 1927 | 2006 | 2013 | 4031
        // Read-only: by an option, by the engine, by the transaction; a replica.
        | 1290 | 1836 | 1792 | 1874 | 3101
        // Not in its cluster: Galera, group replication.
        | 1047 | 3092 | 3098 | 3100
    )
}

/// Whether a prepared statement is no longer what the tables are, or is not known: it is prepared anew on a new
/// connection.
pub(super) fn is_outdated(code: u16) -> bool {
    matches!(code, 1243 | 1461 | 1615)
}

/// Whether it was undone for the sake of another, as long as there is time, or not begun, and may be tried again after so
/// many attempts.
pub(super) fn may_be_tried_again(failed: &Failed, attempts: u32, has_time: bool) -> bool {
    let Failed::MySql(error) = failed else {
        return false;
    };
    match code(error) {
        Some(number::DEADLOCK) => has_time,
        // It was not begun: once more, on a connection that prepares it anew.
        Some(code) if is_outdated(code) => attempts < 2,
        _ => false,
    }
}

/// The message and what is behind it, in one line.
pub(super) fn text(error: &Error) -> String {
    if let Error::Server(refusal) = error {
        let (message, code) = (one_line(&refusal.message), refusal.code);
        return format!("{} (error {code})", without_values(&message, code));
    }
    let mut text = innermost(error);
    if text.is_empty() {
        text = error.to_string();
    }
    one_line(&text)
}

/// What the driver says of itself, without its own words around it.
fn innermost(error: &Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// A message that quotes what was to be stored ends before that (N-01).
fn without_values(message: &str, code: u16) -> &str {
    let quotes = [number::DUPLICATE, 1264, 1292, 1366, 1411, 1525, 1918, 3988];
    if !quotes.contains(&code) && !is_of_a_row(code) {
        return message;
    }
    let end = message.find('\'').unwrap_or(message.len());
    message[..end].trim_end()
}

/// A row that is there and cannot be read.
pub(super) fn corrupt(id: SessionId, reason: &impl Display) -> StoreError {
    StoreError::corrupt(&id, reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mysql_async::ServerError;

    fn refusal(code: u16, message: &str) -> Error {
        Error::Server(ServerError {
            code,
            message: message.to_owned(),
            state: "HY000".to_owned(),
        })
    }

    #[test]
    fn l_03_a_server_that_writes_no_longer_loses_its_connection() {
        for code in [1290, 1836, 1792, 1927, 2006, 2013, 1053, 1047] {
            let error = failure(refusal(code, "no"));
            assert!(matches!(error, StoreError::ConnectionLost(_)), "{code}");
        }
        for code in [1040, 1203, 1226, 1021, 1114, 1114] {
            let error = failure(refusal(code, "no"));
            assert!(matches!(error, StoreError::Unavailable(_)), "{code}");
        }
    }

    #[test]
    fn l_04_a_deadlock_is_tried_again_and_not_for_ever() {
        let deadlock = || Failed::MySql(refusal(1213, "Deadlock found"));
        for attempts in [1, 5, 100] {
            assert!(may_be_tried_again(&deadlock(), attempts, true));
            assert!(!may_be_tried_again(&deadlock(), attempts, false));
        }
        let taken = Failed::MySql(refusal(1062, ""));
        assert!(!may_be_tried_again(&taken, 1, true));
    }

    #[test]
    fn n_01_a_message_quotes_no_value() {
        for (code, message) in [
            (1062, "Duplicate entry 'ada@example.com' for key 'PRIMARY'"),
            (1366, "Incorrect string value: 'ada\\xF0' for column"),
        ] {
            let text = text(&refusal(code, message));
            assert!(!text.contains("ada"), "{text}");
        }
    }

    #[test]
    fn n_04_a_servers_words_are_one_line() {
        let text = text(&refusal(1000, "one\ntwo\r\nthree"));
        assert_eq!(text, "one two  three (error 1000)");
    }

    #[test]
    fn an_answer_that_means_something_to_a_sign_in() {
        for (code, is_expected) in [
            (1062, StoreError::DuplicateId.to_string()),
            (1452, StoreError::UnknownUser.to_string()),
            (1406, StoreError::UnknownUser.to_string()),
        ] {
            let error = refused(Failed::MySql(refusal(code, "no")));
            assert_eq!(error.to_string(), is_expected);
        }
        assert!(
            refused(Failed::MySql(refusal(1205, "")))
                .to_string()
                .contains("commit before you sign in")
        );
    }
}
