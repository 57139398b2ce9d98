//! The tables: made once, checked at every start, refused if a newer version made them.

use super::{
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
/// tables and the other finds them; killed in the middle, nothing is there.
pub(super) fn prepare(
    connection: &Connection,
    users: Option<&UsersTable>,
) -> Result<Schema, StoreError> {
    let key = users.map(|users| key_type(connection, users)).transpose()?;
    let exists: bool = connection
        .query_row(sql::META_EXISTS, [], |row| row.get(0))
        .map_err(failure)?;
    let made = if exists {
        read_meta(connection)?
    } else {
        create(connection, users.zip(key))?
    };
    if made.version > sql::SCHEMA_VERSION {
        return Err(StoreError::Setup(format!(
            "the session tables have version {}, this program knows version {}: a newer release \
             of `locals` made them; run that release, or restore a backup",
            made.version,
            sql::SCHEMA_VERSION
        )));
    }
    connection.prepare(sql::LOAD).map_err(|error| {
        StoreError::Setup(format!(
            "table `locals_sessions` cannot be read ({error}): restore it from a backup, or drop \
             {OURS} to start anew (everybody signs in again)"
        ))
    })?;
    if let Some((users, key)) = users.zip(key) {
        made.check(users, key)?;
        // Fails if the key column is not unique: SQLite looks at that when it prepares a write.
        connection.prepare(sql::INSERT).map_err(|error| {
            StoreError::Setup(format!(
                "column `{}` of table `{}` cannot be referred to: make it the primary key, or \
                 UNIQUE ({error})",
                users.key, users.table
            ))
        })?;
        ensure_trigger(connection, users).map_err(failure)?;
    }
    Ok(Schema {
        key_type: made.key_type,
    })
}

/// What there is to drop.
const OURS: &str = "the trigger `locals_end_sessions_of_deleted_user` and the tables \
                    `locals_sessions` and `locals_meta`";

/// The trigger, on the users table of today.
fn ensure_trigger(connection: &Connection, users: &UsersTable) -> rusqlite::Result<()> {
    let on: Option<String> = connection
        .query_row(sql::TRIGGER_TABLE, [], |row| row.get(0))
        .optional()?;
    if on.is_some_and(|table| table.eq_ignore_ascii_case(&users.table)) {
        return Ok(());
    }
    connection.execute_batch(sql::DROP_TRIGGER)?;
    connection.execute_batch(&for_users(sql::CREATE_TRIGGER, users))
}

/// A statement about the users table.
fn for_users(statement: &str, users: &UsersTable) -> String {
    statement
        .replace("{table}", &quoted(&users.table))
        .replace("{key}", &quoted(&users.key))
}

/// What `locals_meta` says.
struct Meta {
    version: i64,
    /// Table and key; both empty without a users table.
    users: (String, String),
    key_type: KeyType,
}

impl Meta {
    fn check(&self, users: &UsersTable, key_type: KeyType) -> Result<(), StoreError> {
        let (table, key) = &self.users;
        if (table, key, self.key_type) == (&users.table, &users.key, key_type) {
            return Ok(());
        }
        let made_for = if table.is_empty() {
            "no users table".to_owned()
        } else {
            format!("`{table}` with the {} key `{key}`", self.key_type.sql())
        };
        Err(StoreError::Setup(format!(
            "the sessions in this file were made for {made_for}, now they are wanted for `{}` with \
             the {} key `{}`: name the former table, or drop {OURS} to start anew (everybody signs \
             in again)",
            users.table,
            key_type.sql(),
            users.key
        )))
    }
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

/// How the key column of the users table keeps ids.
fn key_type(connection: &Connection, users: &UsersTable) -> Result<KeyType, StoreError> {
    users.check()?;
    let columns = columns(connection, &users.table)?;
    let Some((_, declared)) = columns
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&users.key))
    else {
        let listed = list(&columns);
        return Err(StoreError::Setup(format!(
            "table `{}` has no column `{}` to be its key; it has {listed}: name the key with \
             `UsersTable::new(\"{}\").key(\"..\")`",
            users.table, users.key, users.table
        )));
    };
    KeyType::of_declared(declared).ok_or_else(|| {
        StoreError::Setup(format!(
            "the key column `{}` of table `{}` is declared as `{declared}`: it has to be an \
             INTEGER, a TEXT, or a BLOB that holds a UUID",
            users.key, users.table
        ))
    })
}

/// Whether a users table has a column for each field of the application's type.
pub(super) fn check_columns(
    connection: &Connection,
    table: &str,
    fields: &[&str],
    type_name: &str,
) -> Result<(), StoreError> {
    let columns = columns(connection, table)?;
    let has = |field: &str| {
        columns
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(field))
    };
    match fields.iter().find(|field| !has(field)) {
        None => Ok(()),
        Some(field) => Err(StoreError::Setup(format!(
            "table `{table}` has no column `{field}`, which `{type_name}` has as a field; it has \
             {}: add the column, or rename the field with `#[serde(rename = \"..\")]`, or leave it \
             out with `#[serde(skip)]`",
            list(&columns)
        ))),
    }
}

/// Name and declared type of each column.
fn columns(connection: &Connection, table: &str) -> Result<Vec<(String, String)>, StoreError> {
    let kind: Option<String> = connection
        .query_row(
            "SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')",
            [table],
            |row| row.get(0),
        )
        .optional()
        .map_err(failure)?;
    match kind.as_deref() {
        Some("table") => {}
        Some(_) => {
            return Err(StoreError::Setup(format!(
                "`{table}` is a view: name the table behind it, so that deleting a user ends the \
                 user's sessions"
            )));
        }
        None => {
            return Err(StoreError::Setup(format!(
                "there is no table `{table}` in this database: create it before \
                 `Auth::builder(..).build()`, or name the users table that is there"
            )));
        }
    }
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_xinfo(?1)")
        .map_err(failure)?;
    let columns = statement
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(failure)?;
    columns.collect::<Result<_, _>>().map_err(failure)
}

fn list(columns: &[(String, String)]) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    names.join(", ")
}
