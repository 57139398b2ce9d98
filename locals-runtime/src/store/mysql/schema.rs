//! The tables: made once, checked at every start, and emptied where the reference to the users may have had a gap.
//!
//! What promises that a session opens the account it was made for is the foreign key. Its name is random and
//! kept beside it: dropped by hand, it is not what is made in its place. But MySQL lets anybody switch the check off
//! (`foreign_key_checks = 0`): the users table can be dropped then, and the next one of its name is referred to as if
//! it had always been there. So that table has a mark, a trigger of the same name, which it loses when it is dropped.
//! And a session without a user tells that there was a gap.

mod anew;
mod ddl;
mod found;
mod marker;
mod reference;
mod refusals;

use super::{
    asking::{ask, texts},
    columns::{FoundUsers, key_of_sessions},
    error::{code, is_denied, number},
    key::KeyColumn,
    names::Names,
    record, sql,
};
use crate::{error::StoreError, event::TARGET, store::sql::refuse};
use found::{Found, Meta};
pub(super) use marker::Guard;
use mysql_async::{Conn, Params, prelude::Queryable};
use reference::Reference;

/// What is known of the tables.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) key: KeyColumn,
    pub(super) guard: Option<Guard>,
    pub(super) warnings: Vec<String>,
}

/// What the tables are to be.
pub(super) struct Wanted<'a> {
    pub(super) names: &'a Names,
    pub(super) users: Option<&'a FoundUsers>,
    /// Whether the application names their database, which is made with them.
    pub(super) names_database: bool,
    /// Whether they may be made and changed, and not only looked at.
    pub(super) migrates: bool,
    /// Whether the sessions refer to the users by a foreign key.
    pub(super) refers: bool,
    /// Whether the users table is given a mark.
    pub(super) marks: bool,
}

/// What the name begins with that stands for users to whom nothing refers; that of a reference does not.
const UNREFERRED: &str = "locals_users_";

/// What is amiss is found one after the other.
const MOST_STEPS: usize = 5;

/// What has to be done about what was found.
enum Verdict {
    Fine(Box<Schema>),
    /// Nothing is there yet, or what was begun was not ended.
    Make,
    /// Every session ends, for this reason.
    StartAnew(&'static str),
    /// This makes them what they are to be, and sessions stay.
    Mend(String),
}

const GONE: &str = "the reference to the users table is gone: the table was dropped, or made again";

const MADE_AGAIN: &str =
    "the users table was dropped and made again while foreign keys were not checked";

const ORPHANS: &str = "there are sessions of users who are gone: users were deleted while foreign keys were not \
                       checked, or their table was made again";

impl Wanted<'_> {
    /// Makes the tables, or checks that those there are what is wanted.
    ///
    /// Nothing is locked where all is well, so that nodes start while others serve.
    pub(super) async fn prepare(&self, conn: &mut Conn) -> Result<Schema, StoreError> {
        let schema = self.found_or_made(conn).await?;
        self.check_rights(conn).await?;
        Ok(schema)
    }

    async fn found_or_made(&self, conn: &mut Conn) -> Result<Schema, StoreError> {
        match self.verdict(conn).await? {
            Verdict::Fine(schema) if !self.wants_other_mark(conn, &schema).await? => {
                return Ok(*schema);
            }
            Verdict::Make if !self.migrates => return self.refuse_to_make(),
            Verdict::StartAnew(why) if !self.migrates => {
                let statements = self.anew_by_hand(conn).await?;
                return self.refuse_to_start_anew(why, &statements);
            }
            Verdict::Mend(mend) if !self.migrates => return self.refuse_to_mend(&mend),
            Verdict::Make | Verdict::StartAnew(_) | Verdict::Mend(_) | Verdict::Fine(_) => {}
        }
        self.take_turn(conn).await?;
        let schema = self.make_under_lock(conn).await;
        let lock = self.names.lock();
        let unlocked = ask(conn, sql::UNLOCK, texts([&lock])).await;
        let schema = schema?;
        unlocked?;
        Ok(schema)
    }

    /// The mark too: while one node makes it, another that looks could take it for missing.
    async fn make_under_lock(&self, conn: &mut Conn) -> Result<Schema, StoreError> {
        for _ in 0..MOST_STEPS {
            match self.verdict(conn).await? {
                // At first, if another node has made them meanwhile.
                Verdict::Fine(schema) => return self.marked(conn, *schema).await,
                Verdict::Make => self.make(conn).await?,
                Verdict::StartAnew(reason) => self.start_anew(conn, reason).await?,
                Verdict::Mend(mend) => self.change(conn, &mend).await?,
            }
        }
        refuse("the session tables were made, and are not what they were made as")
    }

    /// Who may read and not write would start, and sign nobody in. A statement that is only explained wants the rights
    /// that it would want.
    async fn check_rights(&self, conn: &mut Conn) -> Result<(), StoreError> {
        for write in sql::WRITES {
            match conn.query_drop(self.names.about(write)).await {
                Err(error) if code(&error).is_none_or(is_denied) => {
                    return self.refuse_to_look(error);
                }
                // A server that does not explain it says so, and one that does not write.
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Waits for other nodes: one may be rewriting the table.
    async fn take_turn(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let lock = self.names.lock();
        let rows = ask(conn, sql::LOCK, texts([&lock])).await?;
        match rows.first().and_then(|row| record::number(row, 0)) {
            Some(1) => Ok(()),
            _ => self.refuse_to_wait(),
        }
    }

    async fn verdict(&self, conn: &mut Conn) -> Result<Verdict, StoreError> {
        let found = Found::look(conn, self.names).await?;
        if !found.has_sessions {
            return Ok(Verdict::Make);
        }
        if !found.has_meta {
            return self.refuse_half();
        }
        let Some(key) = key_of_sessions(conn, self.names).await? else {
            return refuse(format!(
                "table {} has no column `user_id` of a type that is a key",
                self.names.sessions()
            ));
        };
        let meta = self.read_meta(conn).await?;
        let references = Reference::of_sessions(conn, self.names).await?;
        let guard = references
            .iter()
            .find(|reference| reference.name == meta.guard);
        let fine = |key, guard| {
            Ok(Verdict::Fine(Box::new(Schema {
                key,
                guard,
                warnings: found.warnings.clone(),
            })))
        };
        match (self.users, guard) {
            (None, None) if meta.guard.is_empty() || meta.names_users() => fine(key, None),
            // Whoever asks for no users has no need of the reference; it has to be there for the others.
            (None, Some(guard)) if guard.is_whole => fine(key, None),
            (Some(users), None) if !self.refers && meta.names_users() => {
                if meta.guard != self.name_of_users(users) {
                    return self.refuse_others(conn, users).await;
                }
                self.unreferred(users, key, &fine)
            }
            (Some(_), None) if !self.refers && meta.guard.is_empty() => Ok(Verdict::StartAnew(
                "its sessions were made for no users table",
            )),
            (Some(_), None) if meta.guard.is_empty() || meta.names_users() => Ok(
                Verdict::StartAnew("its sessions were made without a reference to the users table"),
            ),
            (_, None) => Ok(Verdict::StartAnew(GONE)),
            (_, Some(guard)) if !guard.is_whole => Ok(Verdict::StartAnew(
                "the reference to the users table does not end sessions with their user",
            )),
            (Some(users), Some(guard)) => {
                let ours = self.guard(users, &meta, &found);
                if !ours.users.is_referred_to(guard) {
                    return self.refuse_other(conn, users, guard).await;
                }
                if let Some(gap) = self.gap(conn, users, &ours).await? {
                    return Ok(Verdict::StartAnew(gap));
                }
                if key != users.key_type {
                    return self.retype(users, guard, &meta);
                }
                fine(key, Some(ours))
            }
            (None, Some(_)) => unreachable!("whole, or not"),
        }
    }

    /// Tables without a reference, as whoever set `foreign_key(false)` wants them.
    fn unreferred(
        &self,
        users: &FoundUsers,
        key: KeyColumn,
        fine: &dyn Fn(KeyColumn, Option<Guard>) -> Result<Verdict, StoreError>,
    ) -> Result<Verdict, StoreError> {
        if key == users.key_type {
            return fine(key, None);
        }
        let key_type = sql::SET_KEY_TYPE.replace("{key_type}", users.key_type.sql_type());
        Ok(Verdict::Mend(self.alter(&key_type)))
    }

    /// What tells that the reference was not in force all the time, if anything does.
    async fn gap(
        &self,
        conn: &mut Conn,
        users: &FoundUsers,
        guard: &Guard,
    ) -> Result<Option<&'static str>, StoreError> {
        let is_missing = guard.is_marked && !guard.has_mark(conn).await?;
        // Another start may be taking it away, and says so first.
        if is_missing && self.read_meta(conn).await?.is_marked {
            return Ok(Some(MADE_AGAIN));
        }
        match self.has_orphan(conn, users).await {
            Err(StoreError::Timeout) => {
                tracing::warn!(
                    target: TARGET,
                    "there are more sessions than could be looked through for one whose user is gone"
                );
                Ok(None)
            }
            is_there => Ok(is_there?.then_some(ORPHANS)),
        }
    }

    async fn read_meta(&self, conn: &mut Conn) -> Result<Meta, StoreError> {
        match self.find_meta(conn).await? {
            Some(meta) => Ok(meta),
            None => self.refuse_meta(),
        }
    }

    /// `None` if the row never came into the table.
    async fn find_meta(&self, conn: &mut Conn) -> Result<Option<Meta>, StoreError> {
        let read = self.names.about(sql::READ_META);
        let rows: Result<Vec<_>, _> = conn.exec(read, Params::Empty).await;
        let rows = match rows {
            Ok(rows) if rows.is_empty() => return Ok(None),
            Ok(rows) => rows,
            Err(error) if code(&error) == Some(number::NO_SUCH_COLUMN) => Vec::new(),
            Err(error) => return self.refuse_to_look(error),
        };
        match Meta::read(&rows) {
            Some(meta) if meta.version == sql::SCHEMA_VERSION => Ok(Some(meta)),
            Some(meta) if meta.version > sql::SCHEMA_VERSION => refuse(format!(
                "the session tables have version {}, this program knows version {}: a newer release of `locals` \
                 made them; run that release, or restore a backup",
                meta.version,
                sql::SCHEMA_VERSION
            )),
            _ => self.refuse_meta(),
        }
    }

    /// The key of the users table was given another type: ours follows. If that is stopped in between, the reference is
    /// gone, and every session ends.
    fn retype(
        &self,
        users: &FoundUsers,
        guard: &Reference,
        meta: &Meta,
    ) -> Result<Verdict, StoreError> {
        let changes = self.changes(std::slice::from_ref(guard), Some(users.key_type.sql_type()))?;
        let unmark = self.drop_marker(meta).unwrap_or_default();
        // A start that may change the tables marks it itself.
        let by_hand = (!self.migrates).then(|| self.mark_by_hand(&changes.name));
        let mark = by_hand.flatten().unwrap_or_default();
        let statements = [
            changes.statements,
            self.set_guard(&changes.name),
            unmark,
            mark,
        ];
        Ok(Verdict::Mend(statements.concat()))
    }

    /// Runs statements that answer nothing, one after the other.
    async fn change(&self, conn: &mut Conn, statements: &str) -> Result<(), StoreError> {
        match conn.query_drop(statements).await {
            Ok(()) => Ok(()),
            Err(error) => self.refuse_failed(&error, statements),
        }
    }
}
