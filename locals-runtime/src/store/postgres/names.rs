//! [`Names`]: what our tables are called, and where they are.

use crate::store::sql::{filled, quoted};
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

/// A text as a statement writes it.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        assert_eq!(literal("o'hara"), "'o''hara'");
    }
}
