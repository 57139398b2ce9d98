//! What an error of Redis means to whoever asked the store.

use super::resp::{Refusal, Unexpected};
use crate::{error::StoreError, store::link::one_line};
use std::sync::Arc;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// The server has answered, and said no.
    Refused(Refusal),
    /// The server has answered something else than it was asked.
    Unexpected,
    /// The connection broke: nobody knows whether a question that was sent has arrived.
    Broken(Arc<str>),
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Unexpected> for Failed {
    fn from(Unexpected: Unexpected) -> Self {
        Self::Unexpected
    }
}

impl From<Unexpected> for StoreError {
    fn from(unexpected: Unexpected) -> Self {
        Failed::from(unexpected).into()
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Store(error) => error,
            Failed::Refused(ref refusal) if is_full(refusal) => Self::unavailable(format!(
                "Redis is full, and takes no new session: raise its `maxmemory` ({})",
                failed.text()
            )),
            Failed::Refused(_) | Failed::Unexpected => Self::unavailable(failed.text()),
            Failed::Broken(_) => Self::ConnectionLost(failed.text().into()),
        }
    }
}

impl Failed {
    /// Why a server cannot be connected to: trying again is of no use where only whoever runs the program can mend
    /// it.
    pub(super) fn on_connecting(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Refused(ref refusal) if is_too_old(refusal) => {
                StoreError::Setup(TOO_OLD.to_owned())
            }
            Self::Refused(ref refusal) if is_for_whoever_runs_it(refusal) => {
                StoreError::Setup(self.text())
            }
            Self::Refused(_) | Self::Unexpected | Self::Broken(_) => {
                StoreError::unavailable(self.text())
            }
        }
    }

    pub(super) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Unexpected | Self::Broken(_) | Self::Store(_) => None,
        }
    }

    /// Whether another connection may be of more use: this one leads to a replica, or is no longer let in.
    pub(super) fn breaks_connection(&self) -> bool {
        match self {
            Self::Broken(_) => true,
            Self::Refused(refusal) => ["READONLY", "MASTERDOWN", "NOAUTH"]
                .iter()
                .any(|code| says(refusal, code)),
            Self::Unexpected | Self::Store(_) => false,
        }
    }

    /// Without what was sent or answered: a server that does not know a command quotes its arguments (N-01). One line
    /// (N-04).
    pub(super) fn text(&self) -> String {
        let text = match self {
            Self::Refused(Refusal { code, detail }) => {
                format!("{code} {}", without_arguments(detail))
            }
            Self::Unexpected => "Redis gave another kind of answer than was asked for".to_owned(),
            Self::Broken(cause) => cause.to_string(),
            Self::Store(error) => error.to_string(),
        };
        one_line(&text)
    }
}

pub(super) const TOO_OLD: &str =
    "this server is too old: sessions are kept in Redis 6.2 or later, or in Valkey";

/// It does not know the greeting, or not this protocol. Proxies have words of their own.
fn is_too_old(Refusal { code, detail }: &Refusal) -> bool {
    let text = format!("{code} {detail}").to_ascii_lowercase();
    let is_unknown = ["unknown", "unsupported"]
        .iter()
        .any(|word| text.contains(word));
    code == "NOPROTO" || (is_unknown && text.contains("hello"))
}

fn is_for_whoever_runs_it(refusal: &Refusal) -> bool {
    ["DENIED", "WRONGPASS", "NOAUTH", "NOPERM"]
        .iter()
        .any(|code| says(refusal, code))
        || refusal.detail.contains("DB index is out of range")
}

/// Nothing was written, for the server's memory is used up.
pub(super) fn is_full(refusal: &Refusal) -> bool {
    says(refusal, "OOM")
}

/// Redis 6.2 quotes the code of an error inside a script.
fn says(refusal: &Refusal, code: &str) -> bool {
    refusal.code == code || refusal.detail.contains(&format!("-{code} "))
}

fn without_arguments(detail: &str) -> &str {
    let end = detail.find(", with args beginning").unwrap_or(detail.len());
    detail.get(..end).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::redis::resp::{Decoder, Value};

    /// What the server says no with.
    pub(in crate::store::redis) fn answered(line: &str) -> Failed {
        let bytes = format!("-{line}\r\n");
        match Decoder::default().next(bytes.as_bytes()) {
            Ok((_, Some(Value::Refused(refusal)))) => Failed::Refused(refusal),
            other => panic!("{other:?}"),
        }
    }

    fn refusal(line: &str) -> Refusal {
        answered(line).refusal().cloned().expect("a refusal")
    }

    #[test]
    fn i_01_a_full_server_says_so_in_every_version() {
        for line in [
            "OOM command not allowed when used memory > 'maxmemory'. script: 0c33, on @user_script:13.",
            "ERR Error running script (call to f_0c33): @user_script:13: @user_script: 13: -OOM command not \
             allowed when used memory > 'maxmemory'.",
        ] {
            assert!(is_full(&refusal(line)));
            let text = StoreError::from(answered(line)).to_string();
            assert!(
                text.contains("full") && text.contains("maxmemory"),
                "{text}"
            );
        }
        assert!(!is_full(&refusal("ERR unknown command 'OOM'")));
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
            let error = StoreError::from(answered(line));
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
            assert_eq!(answered(line).breaks_connection(), breaks, "{line}");
        }
        assert!(Failed::Broken("reset".into()).breaks_connection());
    }

    #[test]
    fn i_03_a_broken_connection_is_told_from_an_answer() {
        let error = StoreError::from(Failed::Broken("reset".into()));
        assert!(matches!(error, StoreError::ConnectionLost(_)));
    }

    #[test]
    fn n_01_no_argument_of_a_command_stands_in_an_error() {
        let error =
            answered("ERR unknown command 'EVALSHA', with args beginning with: 'c333' 'secret' ");
        let text = StoreError::from(error).to_string();
        assert!(
            text.contains("EVALSHA") && !text.contains("secret"),
            "{text}"
        );
    }

    #[test]
    fn a_password_that_is_refused_is_for_whoever_runs_the_program() {
        for line in [
            "WRONGPASS invalid username-password pair or user is disabled.",
            "NOAUTH HELLO must be called with the client already authenticated",
            "NOPERM this user has no permissions to run the 'hello' command",
            "ERR DB index is out of range",
            "DENIED Redis is running in protected mode",
        ] {
            assert!(
                matches!(answered(line).on_connecting(), StoreError::Setup(_)),
                "{line}"
            );
        }
        let loading = answered("LOADING Redis is loading the dataset in memory").on_connecting();
        assert!(matches!(loading, StoreError::Unavailable(_)));
    }

    #[test]
    fn a_server_that_does_not_know_the_greeting_is_too_old() {
        for line in [
            "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `secret`, ",
            "ERR unknown command 'HELLO'",
            "NOPROTO unsupported protocol version",
            "unsupported command 'HELLO'",
            "ERR unsupported command `hello`",
        ] {
            let error = answered(line).on_connecting();
            assert!(
                matches!(&error, StoreError::Setup(text) if text == TOO_OLD),
                "{error}"
            );
        }
        let other = answered("ERR unknown command 'SELECT'").on_connecting();
        assert!(matches!(other, StoreError::Unavailable(_)), "{other}");
    }
}
