//! The tables: made once, checked at every start, and made anew where the guard may have had a gap.

use super::{
    columns::UsersTableSpec,
    connection::Connection,
    error::failure,
    guard::{FoundGuard, UsersGuard, for_users},
    sql,
};
use crate::{
    error::StoreError,
    event::TARGET,
    store::sql::{Column, KeyType, UsersTable, refuse},
};
use rusqlite::{OptionalExtension, params};

/// What one handle knows of the tables, as long as its guard is in force.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) key_type: KeyType,
    pub(super) guard: UsersGuard,
}

/// The users whose sessions are kept: none, or a table that was found fit.
type Users<'a> = Option<(&'a UsersTable, KeyType)>;

/// Makes the tables, or checks that those there are what is wanted.
///
/// Runs inside the writer's `BEGIN IMMEDIATE`: of two processes that start together, one makes the
/// tables and the other finds them; killed or refused in the middle, nothing is there.
pub(super) fn prepare(
    connection: &Connection,
    wanted: Option<&UsersTableSpec>,
) -> Result<(Schema, Vec<Column>), StoreError> {
    let columns = wanted.map_or_else(|| Ok(Vec::new()), |wanted| wanted.columns(connection))?;
    Ok((tables(connection, wanted)?, columns))
}

fn tables(connection: &Connection, wanted: Option<&UsersTableSpec>) -> Result<Schema, StoreError> {
    let users = wanted
        .map(|wanted| Ok::<_, StoreError>((&wanted.users, wanted.check(connection)?)))
        .transpose()?;
    if !exists(connection, "locals_meta")? {
        return create_first(connection, users);
    }
    let made = Made::read(connection)?;
    match users {
        Some(users) => made.serve(connection, users),
        None => made.serve_ids(connection),
    }
}

fn create_first(connection: &Connection, users: Users<'_>) -> Result<Schema, StoreError> {
    if exists(connection, "locals_sessions")? {
        return refuse(
            "there is a table `locals_sessions`, but no `locals_meta` beside it: rename it if it is \
             the application's own; if it is left over, drop it"
                .to_owned(),
        );
    }
    // The triggers may be left over from tables that were dropped by hand.
    connection.execute_batch(sql::DROP_ALL).map_err(failure)?;
    create(connection, users)
}

/// What an earlier start has made.
struct Made {
    /// Table and key for which the tables were made; `None` without a users table.
    users: Option<UsersTable>,
    key_type: KeyType,
    version: i64,
    has_sessions: bool,
    found: FoundGuard,
}

impl Made {
    fn read(connection: &Connection) -> Result<Self, StoreError> {
        let (version, users, key_type) = read_meta(connection)?;
        if version > sql::SCHEMA_VERSION {
            return refuse(format!(
                "the session tables have version {version}, this program knows version {}: a newer \
                 release of `locals` made them; run that release, or restore a backup",
                sql::SCHEMA_VERSION
            ));
        }
        let any = connection.query_row(sql::ANY_SESSION, [], |row| row.get(0));
        let has_sessions = any.or_else(|error| {
            refuse(format!(
                "table `locals_sessions` cannot be read ({error}): restore it from a backup, or \
                 {START_ANEW}"
            ))
        })?;
        Ok(Self {
            users,
            key_type,
            version,
            has_sessions,
            found: FoundGuard::read(connection).map_err(failure)?,
        })
    }

    /// The users table that the sessions follow: SQLite's reference moves with a renamed table.
    fn followed(&self) -> Option<&UsersTable> {
        self.found.users().or(self.users.as_ref())
    }

    fn serve(
        self,
        connection: &Connection,
        (users, key_type): (&UsersTable, KeyType),
    ) -> Result<Schema, StoreError> {
        let Some(followed) = self.followed() else {
            if self.has_sessions {
                return refuse(format!(
                    "the sessions in this file were made for no users table, now they are wanted for \
                     `{}`: {START_ANEW}",
                    users.table
                ));
            }
            return self.make_anew(connection, Some((users, key_type)), "");
        };
        if !followed.is(users) {
            if is_there(connection, followed)? {
                return self.refuse_other(followed, users);
            }
            let gone = format!(
                "table `{}` with the key `{}` is gone",
                followed.table, followed.key
            );
            return self.make_anew(connection, Some((users, key_type)), &gone);
        }
        let flaw = match self.whole(key_type) {
            Ok(guard) => {
                let guard = self.migrated(connection, guard)?;
                check_reference(connection, users)?;
                let meta = params![sql::SCHEMA_VERSION, users.table, users.key];
                connection
                    .execute(sql::UPDATE_META, meta)
                    .map_err(failure)?;
                return Ok(Schema { key_type, guard });
            }
            Err(flaw) => flaw,
        };
        self.make_anew(connection, Some((users, key_type)), &flaw)
    }

    /// For handlers that need no user but the id: under the guard of whatever users there are.
    fn serve_ids(self, connection: &Connection) -> Result<Schema, StoreError> {
        let users = match self.followed() {
            Some(followed) if is_there(connection, followed)? => {
                if let Some(made_for) = self.users.as_ref().filter(|users| !users.is(followed)) {
                    // Where the application looks its users up is not known here.
                    return self.refuse_other(followed, made_for);
                }
                Some((
                    followed,
                    UsersTableSpec::key_of(followed.clone()).check(connection)?,
                ))
            }
            _ => None,
        };
        let key_type = users.map_or(KeyType::Text, |(_, key_type)| key_type);
        match self.whole(key_type) {
            Ok(guard) => {
                let guard = self.migrated(connection, guard)?;
                connection
                    .execute(sql::UPDATE_VERSION, [sql::SCHEMA_VERSION])
                    .map_err(failure)?;
                Ok(Schema { key_type, guard })
            }
            Err(flaw) => self.make_anew(connection, users, &flaw),
        }
    }

    /// The tables of an earlier release made into today's; its sessions stay.
    ///
    /// The guard, whole until now, is given another generation: a program of that release that runs
    /// beside this one finds it changed, refuses, and once it starts again sees the version.
    fn migrated(
        &self,
        connection: &Connection,
        guard: UsersGuard,
    ) -> Result<UsersGuard, StoreError> {
        if self.version == sql::SCHEMA_VERSION {
            return Ok(guard);
        }
        connection
            .execute_batch(sql::MIGRATE_FROM_2)
            .map_err(failure)?;
        tracing::info!(
            target: TARGET,
            from = self.version,
            to = sql::SCHEMA_VERSION,
            "the session tables were migrated; their sessions stay"
        );
        guard.of_another_generation(connection)
    }

    /// The guard, if it was in force without a gap; else what shows that it may not have been.
    fn whole(&self, key_type: KeyType) -> Result<UsersGuard, String> {
        if self.version < sql::MIGRATED_VERSION {
            return Err("an earlier release of `locals` made the tables".to_owned());
        }
        if self.key_type != key_type {
            return Err(format!(
                "its key was {}, and is {}",
                self.key_type.sql(),
                key_type.sql()
            ));
        }
        self.found.whole()
    }

    fn refuse_other<T>(&self, followed: &UsersTable, users: &UsersTable) -> Result<T, StoreError> {
        let renamed = match &self.users {
            Some(made_for) if !made_for.is(followed) => {
                format!(" (`{}`, before it was renamed)", made_for.table)
            }
            _ => String::new(),
        };
        refuse(format!(
            "the sessions in this file follow table `{}` with the key `{}`{renamed}, now they are \
             wanted for `{}` with the key `{}`: one file has the sessions of one users table; name \
             that one, use another file, or {START_ANEW}",
            followed.table, followed.key, users.table, users.key
        ))
    }

    /// Ends every session.
    fn make_anew(
        &self,
        connection: &Connection,
        users: Users<'_>,
        reason: &str,
    ) -> Result<Schema, StoreError> {
        if self.has_sessions {
            let count = connection.query_row(sql::COUNT_SESSIONS, [], |row| row.get::<_, i64>(0));
            tracing::warn!(
                target: TARGET,
                ended = count.map_err(failure)?,
                reason,
                "every session ended: it cannot be told that the users table was guarded all the time. \
                 A table that is dropped, copied or restored loses its triggers: change it by ALTER \
                 TABLE, and rename nothing in its place"
            );
        }
        connection.execute_batch(sql::DROP_ALL).map_err(failure)?;
        create(connection, users)
    }
}

/// The way out of whatever stands in the tables.
const START_ANEW: &str = "stop every program that uses this file and start anew by `DROP TABLE \
                          locals_sessions; DROP TABLE locals_meta` (everybody signs in again)";

fn exists(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    connection
        .query_row(sql::EXISTS, [name], |row| row.get(0))
        .map_err(failure)
}

/// Whether the table is there, with the column that was its key.
fn is_there(connection: &Connection, users: &UsersTable) -> Result<bool, StoreError> {
    connection
        .query_row(sql::HAS_COLUMN, [&users.table, &users.key], |row| {
            row.get(0)
        })
        .map_err(failure)
}

fn read_meta(connection: &Connection) -> Result<(i64, Option<UsersTable>, KeyType), StoreError> {
    let unreadable = |what: &str| {
        StoreError::Setup(format!(
            "table `locals_meta` cannot be read ({what}): a newer release of `locals`, or another \
             program, made it"
        ))
    };
    let meta = connection
        .query_row(sql::READ_META, [], |row| {
            let users = UsersTable::new(row.get::<_, String>(1)?).key(row.get::<_, String>(2)?);
            Ok((row.get(0)?, users, row.get::<_, String>(3)?))
        })
        .optional()
        .map_err(|error| unreadable(&error.to_string()))?;
    let (version, users, key_type) = meta.ok_or_else(|| unreadable("it is empty"))?;
    let key_type = KeyType::of_sql(&key_type).ok_or_else(|| unreadable("unknown key type"))?;
    Ok((
        version,
        Some(users).filter(|users| !users.table.is_empty()),
        key_type,
    ))
}

fn create(connection: &Connection, users: Users<'_>) -> Result<Schema, StoreError> {
    let key_type = users.map_or(KeyType::Text, |(_, key_type)| key_type);
    let users = users.map(|(users, _)| users);
    key_type.check_encoding(connection)?;
    let references = users.map(|users| for_users(sql::REFERENCES, users));
    let sessions = sql::CREATE_SESSIONS
        .replace("{key_type}", key_type.sql())
        .replace("{references}", &references.unwrap_or_default());
    let (table, key) = users.map_or(("", ""), |users| (&users.table, &users.key));
    connection
        .execute_batch(sql::CREATE_META)
        .and_then(|()| connection.execute_batch(&sessions))
        .and_then(|()| connection.execute_batch(sql::CREATE_INDEXES))
        .and_then(|()| {
            let meta = params![sql::SCHEMA_VERSION, table, key, key_type.sql()];
            connection.execute(sql::WRITE_META, meta)
        })
        .map_err(failure)?;
    if let Some(users) = users {
        check_reference(connection, users)?;
    }
    let guard = UsersGuard::create(connection, users.cloned())?;
    Ok(Schema { key_type, guard })
}

/// Fails if the key column is not unique: SQLite looks at that when it prepares a write.
fn check_reference(connection: &Connection, users: &UsersTable) -> Result<(), StoreError> {
    match connection.prepare(sql::INSERT) {
        Ok(_) => Ok(()),
        Err(error) => refuse(format!(
            "column `{}` of table `{}` cannot be referred to: make it the primary key, or UNIQUE; where the \
             primary key has several columns, name one that tells users apart by itself ({error})",
            users.key, users.table
        )),
    }
}
