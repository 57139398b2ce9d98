//! [`Names`]: what our tables are called, and where they are.

use crate::store::sql::{backquoted, filled};
use sha2::{Digest, Sha256};

/// The database and the beginning of the names of our tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) database: String,
    pub(super) prefix: String,
}

impl Names {
    /// As a statement names it.
    pub(super) fn sessions(&self) -> String {
        self.qualified(&self.sessions_name())
    }

    /// As a statement names it.
    pub(super) fn meta(&self) -> String {
        self.qualified(&self.meta_name())
    }

    /// As the catalogue has it.
    pub(super) fn sessions_name(&self) -> String {
        format!("{}sessions", self.prefix)
    }

    /// As the catalogue has it.
    pub(super) fn meta_name(&self) -> String {
        format!("{}meta", self.prefix)
    }

    fn qualified(&self, table: &str) -> String {
        format!("{}.{}", backquoted(&self.database), backquoted(table))
    }

    /// A statement about these tables.
    pub(super) fn about(&self, statement: &str) -> String {
        let (sessions, meta) = (self.sessions(), self.meta());
        let columns = super::sql::session_columns();
        let values = [
            ("columns", columns.as_str()),
            ("sessions", &sessions),
            ("meta", &meta),
            ("prefix", &self.prefix),
        ];
        filled(statement, &values)
    }

    /// The name of the lock under which these tables are made: the server's names are of 64 characters at most.
    pub(super) fn lock(&self) -> String {
        let hash = Sha256::digest(self.sessions());
        let (first, _) = hash.split_first_chunk().expect("32 bytes");
        format!("locals migrations {:016x}", u64::from_be_bytes(*first))
    }
}
