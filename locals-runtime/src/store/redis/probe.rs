//! Whether a server lets us run the scripts by which sessions are changed as a whole, asked once a connection: what is
//! refused in the midst of one would leave half a change.

use super::{
    error::Failed,
    opener::Opener,
    resp::{Command, Refusal, Value},
};
use crate::{error::StoreError, store::refuse};

const PROBE: &str = include_str!("probe.lua");

/// Answered with the names of the commands that may not be run. With a key, for some clusters take no script
/// without.
pub(super) fn question(key: &str) -> Command {
    Command::new("EVAL").arg(PROBE).arg("1").arg(key)
}

/// What came of it.
pub(super) fn check(opener: &Opener, answer: Result<Value, Failed>) -> Result<(), StoreError> {
    match answer.and_then(names) {
        Ok(missing) if missing.is_empty() => Ok(()),
        Ok(missing) => refuse(opener.at(format_args!(
            "its scripts may not run {}, which sessions are changed by: give the user all rights that the \
             documentation of RedisStore names",
            missing.join(", ")
        ))),
        Err(failed) if failed.refusal().is_some_and(is_elsewhere) => Ok(()),
        Err(failed) if failed.refusal().is_some_and(refuses_key) => refuse(opener.at(format_args!(
            "the user may not touch the keys that begin with our prefix: let its pattern of keys, `~..`, cover them ({})",
            failed.text()
        ))),
        Err(failed) if failed.refusal().is_some_and(refuses_scripts) => refuse(opener.at(format_args!(
            "it lets us run no scripts, by which sessions are changed as a whole: {}",
            failed.text()
        ))),
        Err(failed) => Err(opener.told(failed)),
    }
}

fn names(answer: Value) -> Result<Vec<String>, Failed> {
    let names = answer.list()?.into_iter().map(Value::text);
    Ok(names.collect::<Result<_, _>>()?)
}

/// The key is another node's, or nobody's just now: rights are looked at before.
fn is_elsewhere(refusal: &Refusal) -> bool {
    matches!(refusal.code.as_str(), "MOVED" | "ASK" | "CLUSTERDOWN")
}

/// Of an ACL, to which not the command but its key is wrong.
fn refuses_key(refusal: &Refusal) -> bool {
    refusal.code == "NOPERM" && refusal.detail.contains("key")
}

/// NOPERM, or a command that is not there or not allowed.
fn refuses_scripts(refusal: &Refusal) -> bool {
    let is_unknown = ["unknown command", "without any input keys"]
        .iter()
        .any(|reason| refusal.detail.contains(reason));
    is_unknown || refusal.code == "NOPERM"
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
            let failed = answered(line);
            let refusal = failed.refusal().expect("a refusal");
            assert!(is_elsewhere(refusal) && !refuses_scripts(refusal), "{line}");
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
            let failed = answered(line);
            let refusal = failed.refusal().expect("a refusal");
            assert!(!is_elsewhere(refusal), "{line}");
            assert_eq!(refuses_scripts(refusal), refuses, "{line}");
            assert!(!refuses_key(refusal), "{line}");
        }
        for line in [
            "NOPERM this user has no permissions to access one of the keys used as arguments",
            "NOPERM No permissions to access a key",
        ] {
            let failed = answered(line);
            assert!(refuses_key(failed.refusal().expect("a refusal")), "{line}");
        }
    }
}
