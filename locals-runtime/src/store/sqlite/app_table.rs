//! What the application's users table has to be like, found out before the first request.

use super::{
    error::{failure, refuse},
    users::{KeyType, UsersTable, quoted},
};
use crate::error::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

/// What is wanted of the users table.
pub(super) struct Wanted<'a> {
    pub(super) users: &'a UsersTable,
    /// The columns that the application's type names.
    pub(super) fields: &'static [&'static str],
    /// The name of that type, for messages.
    pub(super) type_name: &'static str,
}

impl<'a> Wanted<'a> {
    /// Nothing but the key.
    pub(super) fn key_of(users: &'a UsersTable) -> Self {
        Self {
            users,
            fields: &[],
            type_name: "",
        }
    }

    /// How the key column keeps ids, if all is as it has to be.
    pub(super) fn check(&self, connection: &Connection) -> Result<KeyType, StoreError> {
        self.users.check()?;
        let columns = columns(connection, &self.users.table)?;
        let key_type = self.key_type(&columns)?;
        key_type.check_encoding(connection)?;
        self.check_collation(connection)?;
        self.check_kept_ids(connection, key_type)?;
        self.check_fields(&columns)?;
        Ok(key_type)
    }

    fn key_type(&self, columns: &[Column]) -> Result<KeyType, StoreError> {
        let UsersTable { table, key } = self.users;
        let Some(column) = columns.iter().find(|column| column.is(key)) else {
            return refuse(format!(
                "table `{table}` has no column `{key}` to be its key; it has {}: name the key with \
                 `UsersTable::new(\"{table}\").key(\"..\")`",
                list(columns)
            ));
        };
        KeyType::of_declared(&column.declared).map_or_else(
            || {
                refuse(format!(
                    "the key column `{key}` of table `{table}` is declared as `{}`: it has to be \
                     an INTEGER, a TEXT, or a BLOB that holds a UUID",
                    column.declared
                ))
            },
            Ok,
        )
    }

    /// Under another collation one user would have several ids, and ending the sessions of one
    /// would miss those of the others.
    fn check_collation(&self, connection: &Connection) -> Result<(), StoreError> {
        let UsersTable { table, key } = self.users;
        let other: Option<String> = connection
            .query_row(
                "SELECT x.coll FROM pragma_index_list(?1) i, pragma_index_xinfo(i.name) x
                 WHERE i.\"unique\" AND x.key AND x.name = ?2 COLLATE NOCASE AND x.coll <> 'BINARY'",
                params![table, key],
                |row| row.get(0),
            )
            .optional()
            .map_err(failure)?;
        match other {
            None => Ok(()),
            Some(collation) => refuse(format!(
                "the key column `{key}` of table `{table}` has the collation {collation}: a user \
                 would have several ids; use BINARY, SQLite's default, for the key"
            )),
        }
    }

    /// SQLite keeps a text in an integer column if it is not STRICT.
    fn check_kept_ids(&self, connection: &Connection, key_type: KeyType) -> Result<(), StoreError> {
        let UsersTable { table, key } = self.users;
        let (quoted_table, quoted_key) = (quoted(table), quoted(key));
        let kept: Option<String> = connection
            .query_row(
                &format!("SELECT typeof({quoted_key}) FROM {quoted_table} WHERE {quoted_key} IS NOT NULL LIMIT 1"),
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(failure)?;
        match kept {
            Some(kept) if !kept.eq_ignore_ascii_case(key_type.sql()) => refuse(format!(
                "the key column `{key}` of table `{table}` is declared as {}, but keeps {kept}: \
                 declare what it keeps",
                key_type.sql()
            )),
            _ => Ok(()),
        }
    }

    fn check_fields(&self, columns: &[Column]) -> Result<(), StoreError> {
        let has = |field: &str| columns.iter().any(|column| column.is(field));
        match self.fields.iter().find(|field| !has(field)) {
            None => Ok(()),
            Some(field) => refuse(format!(
                "table `{}` has no column `{field}`, which `{}` has as a field; it has {}: add the \
                 column, or rename the field with `#[serde(rename = \"..\")]`, or leave it out \
                 with `#[serde(skip)]`",
                self.users.table,
                self.type_name,
                list(columns)
            )),
        }
    }
}

struct Column {
    name: String,
    declared: String,
}

impl Column {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>, StoreError> {
    let kind: Option<String> = connection
        .query_row(
            "SELECT type FROM sqlite_schema
             WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')",
            [table],
            |row| row.get(0),
        )
        .optional()
        .map_err(failure)?;
    match kind.as_deref() {
        Some("table") => {}
        Some(_) => {
            return refuse(format!(
                "`{table}` is a view: name the table behind it, so that deleting a user ends the \
                 user's sessions"
            ));
        }
        None => {
            return refuse(format!(
                "there is no table `{table}` in this database: create it before \
                 `Auth::builder(..).build()`, or name the users table that is there"
            ));
        }
    }
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_xinfo(?1)")
        .map_err(failure)?;
    let columns = statement.query_map([table], |row| {
        Ok(Column {
            name: row.get(0)?,
            declared: row.get(1)?,
        })
    });
    columns.and_then(Iterator::collect).map_err(failure)
}

fn list(columns: &[Column]) -> String {
    let names: Vec<_> = columns
        .iter()
        .map(|column| format!("`{}`", column.name))
        .collect();
    names.join(", ")
}
