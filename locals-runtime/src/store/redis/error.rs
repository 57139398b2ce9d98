//! What an error of Redis means to whoever asked the store.

use crate::{error::StoreError, store::link::one_line};
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    Redis(RedisError),
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Redis(error) => failure(&error),
            Failed::Store(error) => error,
        }
    }
}

/// An error that has no meaning of its own to whoever asked.
fn failure(error: &RedisError) -> StoreError {
    if is_full(error) {
        return StoreError::unavailable(format!(
            "Redis is full, and takes no new session: raise its `maxmemory` ({})",
            text(error)
        ));
    }
    if is_answer(error) {
        StoreError::unavailable(text(error))
    } else {
        StoreError::ConnectionLost(text(error).into())
    }
}

/// Why a server cannot be connected to: trying again is of no use where only whoever runs the program can mend
/// it.
pub(super) fn refused(error: &RedisError) -> StoreError {
    let text = text(error);
    let is_refusal = REFUSALS.iter().any(|code| says(error, code));
    match error.kind() {
        ErrorKind::RESP3NotSupported => StoreError::Setup(TOO_OLD.to_owned()),
        ErrorKind::AuthenticationFailed | ErrorKind::InvalidClientConfig => StoreError::Setup(text),
        _ if is_refusal || REFUSED_DATABASE.iter().any(|reason| text.contains(reason)) => {
            StoreError::Setup(text)
        }
        _ => StoreError::unavailable(text),
    }
}

pub(super) const TOO_OLD: &str =
    "this server is too old: sessions are kept in Redis 6.2 or later, or in Valkey";

/// The driver leaves out the code of these.
const REFUSED_DATABASE: [&str; 2] = ["DB index is out of range", "no permissions"];

const REFUSALS: [&str; 3] = ["WRONGPASS", "NOAUTH", "NOPERM"];

/// Nothing was written, for the server's memory is used up.
pub(super) fn is_full(error: &RedisError) -> bool {
    says(error, "OOM")
}

/// Whether the server does not know a script by its hash (any more).
pub(super) fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

/// Whether another connection may be of more use: this one leads to a replica, or is no longer let in.
pub(super) fn breaks_connection(error: &RedisError) -> bool {
    !is_answer(error)
        || ["READONLY", "MASTERDOWN", "NOAUTH"]
            .iter()
            .any(|code| says(error, code))
}

/// Whether the server has answered, and said no.
pub(super) fn is_answer(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Server(_) | ErrorKind::Extension | ErrorKind::UnexpectedReturnType
    )
}

/// Redis 6.2 quotes the code of an error inside a script.
fn says(error: &RedisError, code: &str) -> bool {
    let quoted = format!("-{code} ");
    error.code() == Some(code)
        || error
            .detail()
            .is_some_and(|detail| detail.contains(&quoted))
}

/// Without what was sent or answered: a server that does not know a command quotes its arguments, and the driver a
/// value that it cannot convert (N-01). One line (N-04).
pub(super) fn text(error: &RedisError) -> String {
    let text = match (error.kind(), error.code(), error.detail()) {
        (ErrorKind::Parse | ErrorKind::UnexpectedReturnType, _, _) => {
            "Redis gave another kind of answer than was asked for".to_owned()
        }
        (_, Some(code), Some(detail)) => format!("{code} {}", without_arguments(detail)),
        _ => error.to_string(),
    };
    one_line(&text)
}

fn without_arguments(detail: &str) -> &str {
    let end = detail.find(", with args beginning").unwrap_or(detail.len());
    detail.get(..end).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What the server says no with.
    pub(in crate::store::redis) fn answered(line: &str) -> RedisError {
        let answer = redis::parse_redis_value(format!("-{line}\r\n").as_bytes());
        let answer = answer.and_then(redis::Value::extract_error);
        answer.expect_err("an error")
    }

    #[test]
    fn i_01_a_full_server_says_so_in_every_version() {
        for line in [
            "OOM command not allowed when used memory > 'maxmemory'. script: 0c33, on @user_script:13.",
            "ERR Error running script (call to f_0c33): @user_script:13: @user_script: 13: -OOM command not \
             allowed when used memory > 'maxmemory'.",
        ] {
            let error = answered(line);
            assert!(is_full(&error));
            let text = StoreError::from(Failed::Redis(error)).to_string();
            assert!(
                text.contains("full") && text.contains("maxmemory"),
                "{text}"
            );
        }
        assert!(!is_full(&answered("ERR unknown command 'OOM'")));
    }

    #[test]
    fn i_01_what_the_server_refuses_is_an_outage_and_no_broken_connection() {
        for line in [
            "LOADING Redis is loading the dataset in memory",
            "READONLY You can't write against a read only replica.",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "CLUSTERDOWN The cluster is down",
            "TRYAGAIN Multiple keys request during rehashing of slot",
            "BUSY Redis is busy running a script.",
            "NOAUTH Authentication required.",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
        ] {
            let error = StoreError::from(Failed::Redis(answered(line)));
            assert!(matches!(error, StoreError::Unavailable(_)), "{line}");
            let code = line.split(' ').next().expect("a code");
            assert!(error.to_string().contains(code), "{error}");
        }
    }

    #[test]
    fn a_connection_to_a_replica_is_given_up() {
        for (line, breaks) in [
            (
                "READONLY You can't write against a read only replica.",
                true,
            ),
            (
                "ERR Error running script: -READONLY You can't write against a read only replica.",
                true,
            ),
            ("NOAUTH Authentication required.", true),
            ("LOADING Redis is loading the dataset in memory", false),
            (
                "OOM command not allowed when used memory > 'maxmemory'.",
                false,
            ),
        ] {
            assert_eq!(breaks_connection(&answered(line)), breaks, "{line}");
        }
        assert!(breaks_connection(
            &std::io::Error::from(std::io::ErrorKind::BrokenPipe).into()
        ));
    }

    #[test]
    fn i_03_a_broken_connection_is_told_from_an_answer() {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let error = StoreError::from(Failed::Redis(broken.into()));
        assert!(matches!(error, StoreError::ConnectionLost(_)));
    }

    #[test]
    fn n_01_no_argument_of_a_command_stands_in_an_error() {
        let error =
            answered("ERR unknown command 'EVALSHA', with args beginning with: 'c333' 'secret' ");
        let text = StoreError::from(Failed::Redis(error)).to_string();
        assert!(
            text.contains("EVALSHA") && !text.contains("secret"),
            "{text}"
        );
        let value = redis::Value::BulkString(b"secret".to_vec());
        let unread: RedisError = redis::from_redis_value::<i64>(value)
            .expect_err("no number")
            .into();
        assert!(!super::text(&unread).contains("secret"));
    }

    #[test]
    fn a_password_that_is_refused_is_for_whoever_runs_the_program() {
        for line in [
            "WRONGPASS invalid username-password pair or user is disabled.",
            "NOAUTH HELLO must be called with the client already authenticated",
            "NOPERM this user has no permissions to run the 'hello' command",
            "ERR DB index is out of range",
        ] {
            assert!(
                matches!(refused(&answered(line)), StoreError::Setup(_)),
                "{line}"
            );
        }
        let loading = refused(&answered("LOADING Redis is loading the dataset in memory"));
        assert!(matches!(loading, StoreError::Unavailable(_)));
    }
}
