//! A [`Connection`] that answers only while the guard of the users table is known to be in force.

use super::{error::failure, guard::UsersGuard};
use crate::error::StoreError;
use rusqlite::{CachedStatement, StatementStatus};
use std::{cell::RefCell, ops::Deref};

/// A connection, and the guards that were found in force since the schema last changed.
pub(super) struct Connection {
    sqlite: rusqlite::Connection,
    in_force: RefCell<Vec<u64>>,
}

impl Connection {
    pub(super) fn new(sqlite: rusqlite::Connection) -> Self {
        Self {
            sqlite,
            in_force: RefCell::default(),
        }
    }

    /// Runs a statement whose answer counts only under this guard.
    ///
    /// SQLite compares the schema's version each time a statement runs, and prepares the statement
    /// again if it has changed: that tells when the guard has to be looked at again. A gap leaves its
    /// trace in the guard for good, so looking right after the statement is soon enough.
    pub(super) fn guarded<T>(
        &self,
        guard: &UsersGuard,
        statement: &str,
        run: impl FnOnce(&mut CachedStatement<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let prepared = self.sqlite.prepare_cached(statement);
        let answer = prepared.map_err(failure).and_then(|mut statement| {
            let answer = run(&mut statement);
            if is_new(&statement) {
                self.in_force.borrow_mut().clear();
            }
            answer
        });
        // A statement may fail because the users table is not what it was.
        if answer.is_err() || !self.in_force.borrow().contains(&guard.id()) {
            match (guard.flaw(self), &answer) {
                (Ok(Some(flaw)), _) => return Err(guard.lost(&flaw)),
                (Ok(None), Ok(_)) => self.in_force.borrow_mut().push(guard.id()),
                (Err(error), Ok(_)) => return Err(failure(error)),
                (_, Err(_)) => {}
            }
        }
        answer
    }
}

/// Whether the statement was prepared for this run: for the first time, or again.
fn is_new(statement: &CachedStatement<'_>) -> bool {
    statement.reset_status(StatementStatus::RePrepare) > 0
        || matches!(statement.get_status(StatementStatus::Run), 0 | 1)
}

impl Deref for Connection {
    type Target = rusqlite::Connection;

    fn deref(&self) -> &rusqlite::Connection {
        &self.sqlite
    }
}
