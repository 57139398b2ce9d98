//! [`Statements`]: what is prepared on every connection, known by its place.

use std::sync::{Arc, PoisonError, RwLock};
use tokio_postgres::types::Type;

/// The texts of a statement, and the types of its parameters.
#[derive(Debug, PartialEq)]
pub(super) struct StatementText {
    pub(super) text: String,
    /// Where it is not prepared, and nothing was set for the connection.
    pub(super) text_with_limits: String,
    pub(super) types: Vec<Type>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatementId(usize);

impl StatementId {
    pub(super) fn index(self) -> usize {
        self.0
    }
}

/// Grows at the start of a program, and never shrinks: each connection prepares what it has not yet.
#[derive(Debug, Default)]
pub(super) struct Statements(RwLock<Vec<Arc<StatementText>>>);

impl Statements {
    /// The place of this statement, which is a new one only if it is not known yet.
    pub(super) fn add(&self, text: String, types: Vec<Type>) -> StatementId {
        self.add_text(StatementText {
            text_with_limits: text.clone(),
            text,
            types,
        })
    }

    pub(super) fn add_text(&self, statement: StatementText) -> StatementId {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|known| **known == statement);
        StatementId(known.unwrap_or_else(|| {
            all.push(Arc::new(statement));
            all.len() - 1
        }))
    }

    pub(super) fn get(&self, index: usize) -> Option<Arc<StatementText>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(index).cloned()
    }
}
