//! Whether a server lets us run the scripts by which sessions are changed as a whole, asked once a connection: what is
//! refused in the midst of one would leave half a change.

use super::{error::text, opener::Opener};
use crate::{error::StoreError, store::refuse};
use redis::{Cmd, ErrorKind, RedisError, ServerErrorKind};

const PROBE: &str = include_str!("probe.lua");

/// Answered with the names of the commands that may not be run. With a key, for some clusters take no script
/// without.
pub(super) fn question(key: &str) -> Cmd {
    let mut question = redis::cmd("EVAL");
    question.arg(PROBE).arg(1).arg(key);
    question
}

/// What came of it.
pub(super) fn check(
    opener: &Opener,
    answer: Result<Vec<String>, RedisError>,
) -> Result<(), StoreError> {
    match answer {
        Ok(missing) if missing.is_empty() => Ok(()),
        Ok(missing) => refuse(opener.at(format_args!(
            "its scripts may not run {}, which sessions are changed by: give the user all rights that the \
             documentation of RedisStore names",
            missing.join(", ")
        ))),
        Err(error) if is_elsewhere(&error) => Ok(()),
        Err(error) if refuses_scripts(&error) => refuse(opener.at(format_args!(
            "it lets us run no scripts, by which sessions are changed as a whole: {}",
            text(&error)
        ))),
        Err(error) => Err(opener.told(&error)),
    }
}

/// The key is another node's, or nobody's just now: rights are looked at before.
fn is_elsewhere(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Server(
            ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::ClusterDown
        )
    )
}

/// NOPERM, or a command that is not there or not allowed.
fn refuses_scripts(error: &RedisError) -> bool {
    let detail = error.detail().unwrap_or_default();
    let is_unknown = ["unknown command", "without any input keys"]
        .iter()
        .any(|reason| detail.contains(reason));
    is_unknown || error.code() == Some("NOPERM")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::redis::error::tests::answered;

    #[test]
    fn m_07_a_node_without_the_key_of_nobody_lets_us_run_scripts() {
        for line in [
            "MOVED 3999 127.0.0.1:6381",
            "ASK 3999 127.0.0.1:6381",
            "CLUSTERDOWN The cluster is down",
        ] {
            let error = answered(line);
            assert!(is_elsewhere(&error) && !refuses_scripts(&error), "{line}");
        }
        for (line, refuses) in [
            (
                "NOPERM this user has no permissions to run the 'eval' command",
                true,
            ),
            (
                "ERR unknown command 'EVAL', with args beginning with: ",
                true,
            ),
            ("ERR scripts without any input keys are not supported", true),
            ("LOADING Redis is loading the dataset in memory", false),
        ] {
            let error = answered(line);
            assert!(!is_elsewhere(&error), "{line}");
            assert_eq!(refuses_scripts(&error), refuses, "{line}");
        }
    }
}
