//! The tables: made once, checked at every start, refused if a newer version made them.

use super::{
    app_table::Wanted,
    failure, sql,
    users::{KeyType, UsersTable, quoted},
};
use crate::error::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

/// What the tables of this file are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema {
    pub(super) key_type: KeyType,
}

/// Makes the tables, or checks that those there are what is wanted.
///
/// Runs inside the writer's `BEGIN IMMEDIATE`: of two processes that start together, one makes the
/// tables and the other finds them; killed or refused in the middle, nothing is there.
pub(super) fn prepare(
    connection: &Connection,
    wanted: Option<&Wanted<'_>>,
) -> Result<Schema, StoreError> {
    let users = wanted
        .map(|wanted| wanted.check(connection).map(|key| (wanted.users, key)))
        .transpose()?;
    let exists: bool = connection
        .query_row(sql::META_EXISTS, [], |row| row.get(0))
        .map_err(failure)?;
    let made = if exists {
        checked(connection, users)?
    } else {
        create(connection, users)?
    };
    if let Some((users, _)) = users {
        // Fails if the key column is not unique: SQLite looks at that when it prepares a write.
        connection.prepare(sql::INSERT).map_err(|error| {
            StoreError::Setup(format!(
                "column `{}` of table `{}` cannot be referred to: make it the primary key, or \
                 UNIQUE ({error})",
                users.key, users.table
            ))
        })?;
        ensure_triggers(connection, users).map_err(failure)?;
    }
    Ok(Schema {
        key_type: made.key_type,
    })
}

/// What `locals_meta` says.
struct Meta {
    version: i64,
    /// Table and key; both empty without a users table.
    users: (String, String),
    key_type: KeyType,
}

impl Meta {
    fn is_for(&self, users: &UsersTable, key_type: KeyType) -> bool {
        self.users.0.eq_ignore_ascii_case(&users.table)
            && self.users.1.eq_ignore_ascii_case(&users.key)
            && self.key_type == key_type
    }

    fn describe(&self) -> String {
        let (table, key) = &self.users;
        if table.is_empty() {
            return "no users table".to_owned();
        }
        format!("`{table}` with the {} key `{key}`", self.key_type.sql())
    }
}

/// The tables that are there, if they fit; those without a session are made anew if they do not.
fn checked(
    connection: &Connection,
    users: Option<(&UsersTable, KeyType)>,
) -> Result<Meta, StoreError> {
    let made = read_meta(connection)?;
    if made.version > sql::SCHEMA_VERSION {
        return Err(StoreError::Setup(format!(
            "the session tables have version {}, this program knows version {}: a newer release \
             of `locals` made them; run that release, or restore a backup",
            made.version,
            sql::SCHEMA_VERSION
        )));
    }
    let count = connection.query_row(sql::ANY_SESSION, [], |row| row.get::<_, bool>(0));
    let has_sessions = count.map_err(|error| {
        StoreError::Setup(format!(
            "table `locals_sessions` cannot be read ({error}): restore it from a backup, or drop \
             {OURS} to start anew (everybody signs in again)"
        ))
    })?;
    let Some((users, key_type)) = users else {
        return Ok(made);
    };
    let referred = referred_table(connection)?;
    let refers = referred.is_some_and(|table| table.eq_ignore_ascii_case(&users.table));
    if made.is_for(users, key_type) && refers {
        return Ok(made);
    }
    if !has_sessions {
        connection.execute_batch(sql::DROP_ALL).map_err(failure)?;
        return create(connection, Some((users, key_type)));
    }
    let is_for = if made.is_for(users, key_type) {
        "a table that was renamed".to_owned()
    } else {
        made.describe()
    };
    Err(StoreError::Setup(format!(
        "the sessions in this file were made for {is_for}, now they are wanted for `{}` with the \
         {} key `{}`: name the former table, or drop {OURS} to start anew (everybody signs in \
         again)",
        users.table,
        key_type.sql(),
        users.key
    )))
}

/// What there is to drop.
const OURS: &str = "the triggers `locals_user_created`, `locals_user_deleted`, `locals_user_moved` and \
                    `locals_user_moving` and the tables `locals_sessions` and `locals_meta`";

fn referred_table(connection: &Connection) -> Result<Option<String>, StoreError> {
    connection
        .query_row(sql::REFERRED_TABLE, [], |row| row.get(0))
        .optional()
        .map_err(failure)
}

fn read_meta(connection: &Connection) -> Result<Meta, StoreError> {
    let unreadable = |what: &str| {
        StoreError::Setup(format!(
            "table `locals_meta` cannot be read ({what}): a newer release of `locals`, or another \
             program, made it"
        ))
    };
    let meta = connection
        .query_row(sql::READ_META, [], |row| {
            let key_type: String = row.get(3)?;
            Ok((row.get(0)?, (row.get(1)?, row.get(2)?), key_type))
        })
        .optional()
        .map_err(|error| unreadable(&error.to_string()))?;
    let (version, users, key_type) = meta.ok_or_else(|| unreadable("it is empty"))?;
    let key_type = KeyType::of_sql(&key_type).ok_or_else(|| unreadable("unknown key type"))?;
    Ok(Meta {
        version,
        users,
        key_type,
    })
}

fn create(
    connection: &Connection,
    users: Option<(&UsersTable, KeyType)>,
) -> Result<Meta, StoreError> {
    let key_type = users.map_or(KeyType::Text, |(_, key_type)| key_type);
    let references = users.map(|(users, _)| for_users(sql::REFERENCES, users));
    let sessions = sql::CREATE_SESSIONS
        .replace("{key_type}", key_type.sql())
        .replace("{references}", &references.unwrap_or_default());
    let users = users.map_or_else(Default::default, |(users, _)| {
        (users.table.clone(), users.key.clone())
    });
    let version = sql::SCHEMA_VERSION;
    connection
        .execute_batch(sql::CREATE_META)
        .and_then(|()| connection.execute_batch(&sessions))
        .and_then(|()| connection.execute_batch(sql::CREATE_INDEXES))
        .and_then(|()| {
            let meta = params![version, users.0, users.1, key_type.sql()];
            connection.execute(sql::WRITE_META, meta)
        })
        .map_err(failure)?;
    Ok(Meta {
        version,
        users,
        key_type,
    })
}

/// The triggers, on the users table of today. Where they were missing, users may have gone
/// unnoticed, so sessions without a user go too.
fn ensure_triggers(connection: &Connection, users: &UsersTable) -> rusqlite::Result<()> {
    let on: i64 = connection.query_row(sql::COUNT_TRIGGERS, [&users.table], |row| row.get(0))?;
    if on == 4 {
        return Ok(());
    }
    connection.execute_batch(sql::DROP_TRIGGERS)?;
    connection.execute_batch(&for_users(sql::CREATE_TRIGGERS, users))?;
    connection.execute_batch(&for_users(sql::DELETE_ORPHANS, users))
}

/// A statement about the users table.
fn for_users(statement: &str, users: &UsersTable) -> String {
    statement
        .replace("{table}", &quoted(&users.table))
        .replace("{key}", &quoted(&users.key))
}
