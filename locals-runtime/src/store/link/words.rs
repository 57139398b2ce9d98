//! What is said of servers in the same words, whichever they are.

#[cfg(any(feature = "postgres", feature = "mysql"))]
use std::io;
use std::time::Duration;

/// A server's words add no line to a log (N-04).
pub(crate) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// The server has said nothing for so long.
pub(crate) fn silent(since: Duration) -> String {
    format!("the server has said nothing for {} ms", since.as_millis())
}

/// Why its socket could not be connected to.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn unreached(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused: nothing listens there".to_owned(),
        io::ErrorKind::NotFound => {
            "there is no socket: does the server have it elsewhere?".to_owned()
        }
        _ => error.to_string(),
    }
}
