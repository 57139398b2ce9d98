//! [`Question`]: what is asked about one key, and [`Removal`], of the sessions under it.

use super::{
    keys::{Field, Keys, field},
    resp::Command,
    scripts::Call,
};
use crate::token::SessionId;
use std::collections::BTreeMap;

pub(super) enum Question {
    /// One command, and the key that it is about.
    Command(String, Command),
    /// A script, whose first key leads to the server.
    Script(Call),
}

impl Question {
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Command(key, _) => key,
            Self::Script(call) => call.key(),
        }
    }
}

/// Sessions that end under one key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Removal {
    key: String,
    fields: Vec<Field>,
}

impl Removal {
    /// One for each key.
    pub(super) fn of(keys: &Keys, ids: &[SessionId]) -> Vec<Self> {
        let mut removals: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for id in ids {
            removals.entry(keys.of(*id)).or_default().push(field(*id));
        }
        let removals = removals.into_iter();
        removals.map(|(key, fields)| Self { key, fields }).collect()
    }

    /// Whether its server answers; it changes nothing.
    pub(super) fn look(&self) -> Question {
        let command = Command::new("HGET")
            .arg(&self.key)
            .args(self.fields.iter().take(1));
        Question::Command(self.key.clone(), command)
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn question(self) -> Question {
        let command = Command::new("HDEL").arg(&self.key).args(&self.fields);
        Question::Command(self.key, command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_under_one_key_end_by_one_command() {
        let keys = Keys::new("locals").unwrap();
        let id =
            |user: &str, number| keys.new_id(&user.into(), SessionId::from_bytes([number; 16]));
        let ids = [id("ada", 1), id("eve", 2), id("ada", 3)];
        let removals = Removal::of(&keys, &ids);
        let mut counts: Vec<_> = removals.iter().map(|it| it.fields.len()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2]);
        for removal in removals {
            assert_eq!(removal.look().key(), removal.key());
            let (key, count) = (removal.key.clone(), removal.fields.len());
            let question = removal.question();
            assert_eq!(question.key(), key);
            let Question::Command(_, command) = question else {
                panic!("a command");
            };
            assert_eq!(command.words().len(), 2 + count);
        }
        assert!(Removal::of(&keys, &[]).is_empty());
    }
}
