//! [`Statements`]: what is prepared on every connection, known by its place.

use std::sync::{Arc, PoisonError, RwLock};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatementId(usize);

impl StatementId {
    pub(super) fn index(self) -> usize {
        self.0
    }
}

/// Grows at the start of a program, and never shrinks: each connection prepares what it is asked for first.
#[derive(Debug, Default)]
pub(super) struct Statements(RwLock<Vec<Arc<str>>>);

impl Statements {
    /// The place of this statement, which is a new one only if it is not known yet.
    pub(super) fn add(&self, text: String) -> StatementId {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|known| **known == *text);
        StatementId(known.unwrap_or_else(|| {
            all.push(text.into());
            all.len() - 1
        }))
    }

    pub(super) fn text(&self, id: StatementId) -> Option<Arc<str>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(id.index()).cloned()
    }

    /// The places of all of them, as far as they are known now.
    pub(super) fn all(&self) -> impl Iterator<Item = StatementId> + use<> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (0..all.len()).map(StatementId)
    }
}
