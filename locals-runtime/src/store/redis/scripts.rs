//! The scripts, and what they are called with.

use super::resp::{Command, Unexpected, Value};
use data_encoding::HEXLOWER;
use sha1::{Digest, Sha1};

/// A change that is more than one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Replace,
    Update,
    End,
    DeleteOfUser,
}

impl Script {
    const ALL: [Self; 4] = [Self::Replace, Self::Update, Self::End, Self::DeleteOfUser];

    fn body(self) -> &'static str {
        match self {
            Self::Replace => include_str!("replace.lua"),
            Self::Update => include_str!("update.lua"),
            Self::End => include_str!("end.lua"),
            Self::DeleteOfUser => include_str!("delete_of_user.lua"),
        }
    }

    /// An update puts a record in the place of another: a server that is full takes it, where it can be told so.
    /// Of the others, a sign-in is to be refused then, and what ends sessions never is.
    fn text(self, takes_flags: bool) -> String {
        let flags = if takes_flags && self == Self::Update {
            "#!lua flags=allow-oom\n"
        } else {
            ""
        };
        format!("{flags}{}", self.body())
    }
}

/// The name by which a server knows a script; that is all that the hash is for.
fn hash(text: &str) -> String {
    let hash: [u8; 20] = Sha1::digest(text).into();
    HEXLOWER.encode(&hash)
}

/// A script as one server knows it.
#[derive(Debug)]
struct Known {
    script: Script,
    text: String,
    hash: String,
}

/// The scripts as one server takes them.
#[derive(Debug)]
pub(super) struct Scripts(Vec<Known>);

/// A script with what it is called with.
pub(super) struct Call {
    script: Script,
    keys: Vec<String>,
    arguments: Vec<Vec<u8>>,
}

impl Call {
    pub(super) fn new(script: Script, keys: Vec<String>) -> Self {
        Self {
            script,
            keys,
            arguments: Vec::new(),
        }
    }

    /// The one that leads to the server.
    pub(super) fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }

    pub(super) fn arg(mut self, argument: impl Into<Vec<u8>>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Nothing where there is nothing.
    pub(super) fn maybe(self, argument: Option<impl Into<Vec<u8>>>) -> Self {
        let argument: Option<Vec<u8>> = argument.map(Into::into);
        self.arg(argument.unwrap_or_default())
    }

    pub(super) fn args<A: Into<Vec<u8>>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// The server may not have the script.
    pub(super) fn by_hash(&self, scripts: &Scripts) -> Command {
        self.command(
            "EVALSHA",
            scripts.known(self.script).map(|known| &known.hash),
        )
    }

    /// The server has the script from then on.
    pub(super) fn by_text(&self, scripts: &Scripts) -> Command {
        self.command("EVAL", scripts.known(self.script).map(|known| &known.text))
    }

    fn command(&self, verb: &str, script: Option<&String>) -> Command {
        let script = script.map_or("", String::as_str);
        Command::new(verb)
            .arg(script)
            .arg(self.keys.len().to_string())
            .args(&self.keys)
            .args(&self.arguments)
    }
}

impl Scripts {
    /// `takes_flags`: Redis 7.
    pub(super) fn new(takes_flags: bool) -> Self {
        let known = Script::ALL.map(|script| {
            let text = script.text(takes_flags);
            let hash = hash(&text);
            Known { script, text, hash }
        });
        Self(known.into())
    }

    fn known(&self, script: Script) -> Option<&Known> {
        self.0.iter().find(|known| known.script == script)
    }
}

/// What the script of a sign-in answers: how many sessions it has ended and how many evicted.
pub(super) fn replaced(answer: Value) -> Result<Option<(u64, u64)>, Unexpected> {
    if answer == Value::Nil {
        return Ok(None);
    }
    let [ended, evicted] = answer.list()?.try_into().map_err(|_| Unexpected)?;
    Ok(Some((ended.count()?, evicted.count()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_update_is_taken_by_a_full_server() {
        for script in Script::ALL {
            let is_flagged = script.text(true).starts_with("#!lua flags=allow-oom\n");
            assert_eq!(is_flagged, script == Script::Update, "{script:?}");
            assert_eq!(script.text(false), script.body());
        }
    }

    /// As `SCRIPT LOAD "return 1"` answers.
    #[test]
    fn a_script_has_the_hash_that_the_server_gives_it() {
        assert_eq!(hash("return 1"), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    }

    #[test]
    fn a_script_is_called_by_its_hash_or_its_text() {
        let scripts = Scripts::new(false);
        let name = hash(Script::End.body());
        let call = Call::new(Script::End, vec!["k".to_owned()])
            .arg(*b"f")
            .maybe(None::<Vec<u8>>);
        assert_eq!(
            call.by_hash(&scripts).words(),
            ["EVALSHA", &*name, "1", "k", "f", ""]
        );
        let text = &call.by_text(&scripts).words()[1];
        assert!(text.contains("-- Sessions end."), "{text}");
    }

    /// One key is one place in a cluster, and rights are given for keys.
    #[test]
    fn a_script_touches_no_key_that_it_was_not_given() {
        for script in Script::ALL {
            for (at, _) in script.body().match_indices("redis.call(") {
                let call = script.body()[at..].lines().next().unwrap();
                assert!(call.contains(", KEYS["), "{call}");
            }
            assert!(
                !script.body().contains("'TIME'"),
                "the clock is the caller's"
            );
        }
    }
}
