//! [`Names`]: what our tables are called, and where they are.

use crate::{
    error::StoreError,
    store::sql::{quoted, refuse},
};
use sha2::{Digest, Sha256};

/// The schema and the beginning of the names of our tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) schema: String,
    pub(super) prefix: String,
}

impl Names {
    pub(super) fn sessions(&self) -> String {
        self.qualified("sessions")
    }

    pub(super) fn meta(&self) -> String {
        self.qualified("meta")
    }

    /// The outer of [`CREATE_GUARD_FUNCTIONS`](super::sql::CREATE_GUARD_FUNCTIONS).
    pub(super) fn guard_function(&self) -> String {
        self.qualified("guard")
    }

    /// The inner one.
    pub(super) fn guard_lookup(&self) -> String {
        self.qualified("guard_lookup")
    }

    fn qualified(&self, table: &str) -> String {
        format!(
            "{}.{}",
            quoted(&self.schema),
            quoted(&format!("{}{table}", self.prefix))
        )
    }

    /// The statement that makes the schema.
    pub(super) fn create_schema(&self) -> String {
        let schema = quoted(&self.schema);
        filled(super::sql::CREATE_SCHEMA, &[("schema", &schema)])
    }

    /// A statement about these tables.
    pub(super) fn about(&self, statement: &str) -> String {
        let (sessions, meta, function) = (self.sessions(), self.meta(), self.guard_function());
        let values = [
            ("guard_function", function.as_str()),
            ("guard_lookup", &self.guard_lookup()),
            ("sessions", &sessions),
            ("meta", &meta),
            ("prefix", &self.prefix),
        ];
        filled(statement, &values)
    }

    /// The advisory lock of whatever this is about, among these tables: 64 bits of SHA-256.
    pub(super) fn lock(&self, about: &[u8]) -> i64 {
        let hash = Sha256::new()
            .chain_update(self.sessions())
            .chain_update([0])
            .chain_update(about)
            .finalize();
        let (first, _) = hash.split_first_chunk().expect("32 bytes");
        i64::from_be_bytes(*first)
    }
}

/// A statement with what stands in braces filled in, once: whatever the application says is left as it is.
pub(super) fn filled(statement: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(2 * statement.len());
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        rest = match value {
            Some((value, after)) => {
                filled.push_str(value);
                after
            }
            None => {
                filled.push('{');
                after
            }
        };
    }
    filled.push_str(rest);
    filled
}

/// A text as a statement writes it.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `[A-Za-z_][A-Za-z0-9_]*`, short enough for the names that begin with it.
pub(super) fn check_name(what: &str, name: &str, longest: usize) -> Result<(), StoreError> {
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = (1..=longest).contains(&name.len())
        && name.bytes().next().is_some_and(begins)
        && name
            .bytes()
            .all(|byte| begins(byte) || byte.is_ascii_digit());
    if is_name {
        return Ok(());
    }
    refuse(format!(
        "`{}` cannot be {what}: use 1 to {longest} ASCII letters, digits and underscores, beginning with no \
         digit",
        name.escape_debug()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        let values = [("key", "id"), ("source", "(SELECT '{key}')")];
        let statement = "SELECT {key} FROM {source} WHERE x = '{none}' AND y = '{";
        assert_eq!(
            filled(statement, &values),
            "SELECT id FROM (SELECT '{key}') WHERE x = '{none}' AND y = '{"
        );
        assert_eq!(literal("o'hara"), "'o''hara'");
    }
}
