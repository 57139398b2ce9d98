//! The guard of the users table: what promises that a session opens the account it was made for.
//!
//! A foreign key and four triggers end a user's sessions with the user and move them with the key.
//! They hold only if they were in force all the time: SQLite gives the next user a freed key. A table
//! that is made again has lost its triggers; a trigger that is dropped and made again may have missed
//! anything. So the guard ends with a view, made after the triggers, in which stands a random
//! generation: as long as the texts are these and the view is the last of them, there was no gap.
//! Where that cannot be shown, [`schema`](super::schema) ends every session and makes the guard anew.

use super::{error::failure, sql};
use crate::{
    error::StoreError,
    store::sql::{UsersTable, quoted},
};
use rusqlite::Connection;
use std::sync::atomic::{AtomicU64, Ordering};

/// What one handle to the store relies on.
#[derive(Debug)]
pub(super) struct UsersGuard {
    /// Whose keys the sessions have; none without a users table.
    users: Option<UsersTable>,
    generation: i64,
    /// Of this value alone: what one handle has found in force says nothing of another.
    id: u64,
}

/// The guard as the file has it.
pub(super) struct FoundGuard {
    pieces: Vec<(String, String)>,
    /// What `user_id` refers to, and whether it cascades.
    references: Vec<(UsersTable, bool)>,
}

impl FoundGuard {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare_cached(sql::READ_GUARD)?;
        let pieces = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let pieces = pieces.collect::<Result<_, _>>()?;
        let mut statement = connection.prepare_cached(sql::READ_REFERENCE)?;
        let references = statement.query_map([], |row| {
            let users = UsersTable::new(row.get::<_, String>(0)?).key(row.get::<_, String>(1)?);
            Ok((users, row.get(2)?))
        })?;
        Ok(Self {
            pieces,
            references: references.collect::<Result<_, _>>()?,
        })
    }

    /// The users table that the sessions refer to.
    pub(super) fn users(&self) -> Option<&UsersTable> {
        self.references.first().map(|(users, _)| users)
    }

    /// The guard of the users that the sessions refer to, if it is whole; else what is wrong with it.
    pub(super) fn whole(&self) -> Result<UsersGuard, String> {
        let guard = UsersGuard::new(self.users().cloned(), self.generation()?);
        match guard.flaw_of(self) {
            None => Ok(guard),
            Some(flaw) => Err(flaw),
        }
    }

    fn generation(&self) -> Result<i64, String> {
        let view = self.pieces.iter().find(|(name, _)| name == VIEW);
        let (_, text) = view.ok_or_else(|| missing(VIEW))?;
        let (before, after) = sql::GUARD_VIEW
            .split_once("{generation}")
            .expect("the view holds a generation");
        text.strip_prefix(before)
            .and_then(|text| text.strip_suffix(after)?.parse().ok())
            .ok_or_else(|| changed(VIEW))
    }
}

const VIEW: &str = "locals_guard";

impl UsersGuard {
    fn new(users: Option<UsersTable>, generation: i64) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            users,
            generation,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Makes the guard where none is; the tables are there.
    pub(super) fn create(
        connection: &Connection,
        users: Option<UsersTable>,
    ) -> Result<Self, StoreError> {
        let guard = Self::new(users, random_generation()?);
        for (_, piece) in guard.pieces() {
            connection.execute_batch(&piece).map_err(failure)?;
        }
        Ok(guard)
    }

    /// The same guard, which whoever relied on it finds changed.
    pub(super) fn of_another_generation(self, connection: &Connection) -> Result<Self, StoreError> {
        let guard = Self::new(self.users, random_generation()?);
        let remade = [sql::DROP_GUARD_VIEW, &guard.view()];
        for statement in remade {
            connection.execute_batch(statement).map_err(failure)?;
        }
        Ok(guard)
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// What is wrong with the guard as it stands in the file now.
    pub(super) fn flaw(&self, connection: &Connection) -> rusqlite::Result<Option<String>> {
        Ok(self.flaw_of(&FoundGuard::read(connection)?))
    }

    fn flaw_of(&self, found: &FoundGuard) -> Option<String> {
        self.flaw_of_reference(&found.references)
            .or_else(|| self.flaw_of_pieces(&found.pieces))
    }

    fn flaw_of_reference(&self, found: &[(UsersTable, bool)]) -> Option<String> {
        match (&self.users, found) {
            (None, []) => None,
            (Some(users), [(referred, true)]) if users.is(referred) => None,
            (_, []) => Some("`locals_sessions` refers to no users table".to_owned()),
            (_, [(referred, _), ..]) => Some(format!(
                "`locals_sessions` refers to the column `{}` of table `{}`",
                referred.key, referred.table
            )),
        }
    }

    fn flaw_of_pieces(&self, found: &[(String, String)]) -> Option<String> {
        let wanted = self.pieces();
        for (name, text) in &wanted {
            match found.iter().find(|(piece, _)| piece == name) {
                None => return Some(missing(name)),
                Some((_, kept)) if kept != text => return Some(changed(name)),
                Some(_) => {}
            }
        }
        let in_order = wanted.iter().zip(found).all(|((w, _), (f, _))| w == f);
        (!in_order || wanted.len() != found.len())
            .then(|| "a trigger of ours was dropped and made again".to_owned())
    }

    /// Names and texts, in the order in which they are made.
    fn pieces(&self) -> Vec<(&'static str, String)> {
        let triggers = self.users.iter().flat_map(|users| {
            sql::GUARD_TRIGGERS.map(|(name, text)| (name, for_users(text, users)))
        });
        triggers.chain([(VIEW, self.view())]).collect()
    }

    fn view(&self) -> String {
        sql::GUARD_VIEW.replace("{generation}", &self.generation.to_string())
    }

    /// The answer of a handle whose guard is not in force any more.
    pub(super) fn lost(&self, flaw: &str) -> StoreError {
        let users = self.users.as_ref().map_or_else(
            || "the session tables were".to_owned(),
            |users| format!("the users table `{}`, or what guards it, was", users.table),
        );
        StoreError::Setup(format!(
            "{users} made again while this program ran ({flaw}): nobody can tell whose account a \
             session would open; start the program again"
        ))
    }
}

fn random_generation() -> Result<i64, StoreError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(StoreError::unavailable)?;
    Ok(i64::from_le_bytes(random) & i64::MAX)
}

fn missing(name: &str) -> String {
    format!("`{name}` is missing")
}

fn changed(name: &str) -> String {
    format!("`{name}` is not as it was made")
}

/// A statement about the users table.
pub(super) fn for_users(statement: &str, users: &UsersTable) -> String {
    statement
        .replace("{table}", &quoted(&users.table))
        .replace("{key}", &quoted(&users.key))
}
