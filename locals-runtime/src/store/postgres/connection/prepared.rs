//! [`Prepared`]: the statements that the server has on one connection.

use crate::store::postgres::statement::StatementId;
use std::{
    array::from_fn,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};
use tokio_postgres::Statement;

/// More than any program has: each type of users adds two. Those beyond are asked unprepared.
const MOST: usize = 128;

/// By [`StatementId`]. One that the server did not take is tried again: there was a migration perhaps, which is over
/// by then.
#[derive(Debug)]
pub(super) struct Prepared {
    statements: Box<[OnceLock<Statement>; MOST]>,
    is_missed: AtomicBool,
}

impl Prepared {
    pub(super) fn none() -> Self {
        Self {
            statements: Box::new(from_fn(|_| OnceLock::new())),
            is_missed: AtomicBool::new(false),
        }
    }

    pub(super) fn get(&self, id: StatementId) -> Option<&Statement> {
        let found = self.statements.get(id.index()).and_then(OnceLock::get);
        if found.is_none() {
            self.is_missed.store(true, Relaxed);
        }
        found
    }

    /// Whether one was asked for since this was last asked, and was not there.
    pub(super) fn is_missed(&self) -> bool {
        self.is_missed.swap(false, Relaxed)
    }

    /// The places where there is none.
    pub(super) fn missing(&self) -> impl Iterator<Item = usize> {
        let statements = self.statements.iter().enumerate();
        statements.filter_map(|(at, statement)| statement.get().is_none().then_some(at))
    }

    /// Of two who prepare at once, the second has made it for nothing.
    pub(super) fn put(&self, at: usize, statement: Statement) {
        if let Some(place) = self.statements.get(at) {
            place.get_or_init(|| statement);
        }
    }
}
