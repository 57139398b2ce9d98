//! What the application's users table has to be like, found out before the first request.

use super::{
    error::{failure, refuse},
    key_type::KeyType,
    users::{UsersTable, quoted},
};
use crate::{
    error::StoreError,
    event::TARGET,
    store::sql::{Cause, Column as UserColumn, OwnedRow, RowError, Wants, probe, user},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// What is wanted of the users table.
pub(super) struct UsersTableSpec<'a> {
    pub(super) users: &'a UsersTable,
    pub(super) user: Option<UserType>,
}

/// What is asked of the application's type, whichever it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct UserType {
    pub(super) wants: Wants,
    /// For messages.
    name: &'static str,
    probe: fn(&[UserColumn]) -> Option<Cause>,
    read: fn(&[UserColumn], &OwnedRow) -> Result<(), RowError>,
}

impl UserType {
    pub(super) fn of<U: DeserializeOwned>() -> Result<Self, StoreError> {
        let name = std::any::type_name::<U>();
        let Some(wants) = Wants::of::<U>() else {
            return refuse(format!(
                "`{name}` does not tell which columns it wants: derive `Deserialize` for a struct \
                 with named fields"
            ));
        };
        Ok(Self {
            wants,
            name,
            probe: probe::<U>,
            read: |columns, row| user::<U>(columns, row).map(drop),
        })
    }

    /// Whether a row of these columns is one of this type.
    pub(super) fn check_row(&self, columns: &[UserColumn], row: &OwnedRow) {
        if let Err(error) = (self.read)(columns, row) {
            tracing::warn!(
                target: TARGET,
                %error,
                user = self.name,
                "there is a user that cannot be read: sign-ins of such users fail, and their requests are \
                 answered with 500"
            );
        }
    }
}

impl<'a> UsersTableSpec<'a> {
    /// Nothing but the key.
    pub(super) fn key_of(users: &'a UsersTable) -> Self {
        Self { users, user: None }
    }

    /// How the key column keeps ids, if all is as it has to be.
    pub(super) fn check(&self, connection: &Connection) -> Result<KeyType, StoreError> {
        self.users.check()?;
        let columns = columns(connection, &self.users.table)?;
        let key_type = self.key_type(&columns)?;
        key_type.check_encoding(connection)?;
        self.check_collation(connection)?;
        self.check_kept_ids(connection, key_type)?;
        self.check_expressions(connection)?;
        Ok(key_type)
    }

    /// The columns that are read for the application's type.
    pub(super) fn columns(&self, connection: &Connection) -> Result<Vec<UserColumn>, StoreError> {
        let Some(user) = self.user else {
            return Ok(Vec::new());
        };
        self.users.check()?;
        let table = columns(connection, &self.users.table)?;
        let computed = self.users.computed.iter().map(|(name, _)| Column {
            name: name.clone(),
            declared: String::new(),
        });
        let all: Vec<_> = table.into_iter().chain(computed).collect();
        self.check_computed(&all)?;
        let columns: Vec<_> = match user.wants {
            Wants::All => all
                .iter()
                .map(|column| UserColumn::new(&column.name, &column.declared))
                .collect(),
            Wants::These(names) => names
                .iter()
                .filter_map(|name| {
                    let column = all.iter().find(|column| column.is(name))?;
                    Some(UserColumn::new(name, &column.declared))
                })
                .collect(),
        };
        match (user.probe)(&columns) {
            Some(Cause::Missing(field)) => self.refuse_missing(field, user.name, &all),
            Some(Cause::Duplicate(field)) => self.refuse_two(field, user.name, &columns),
            Some(Cause::Unfit | Cause::Marked) | None => Ok(columns),
        }
    }

    fn key_type(&self, columns: &[Column]) -> Result<KeyType, StoreError> {
        let UsersTable { table, key, .. } = self.users;
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
        let UsersTable { table, key, .. } = self.users;
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
        let UsersTable { table, key, .. } = self.users;
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

    /// Each by itself, so that the message names the one that is wrong.
    fn check_expressions(&self, connection: &Connection) -> Result<(), StoreError> {
        let table = quoted(&self.users.table);
        let computed = self.users.computed.iter().map(|(_, expression)| expression);
        for expression in computed.chain(&self.users.conditions) {
            let statement = format!("SELECT ({expression}) FROM {table} WHERE 0");
            // No row is asked for: one comes all the same where the expression counts or sums up rows.
            let asked = connection
                .prepare(&statement)
                .and_then(|mut statement| statement.exists([]));
            let reason = match asked {
                Ok(false) => continue,
                Ok(true) => "it is about many rows: put it into a `(SELECT ..)`".to_owned(),
                Err(error) => error.to_string(),
            };
            return refuse(format!(
                "`{expression}` is no SQL expression over the columns of table `{}`: {reason}",
                self.users.table
            ));
        }
        Ok(())
    }

    fn check_computed(&self, columns: &[Column]) -> Result<(), StoreError> {
        let mut seen = BTreeSet::new();
        let twice = columns
            .iter()
            .find(|column| !seen.insert(column.name.to_ascii_lowercase()));
        match twice {
            None => Ok(()),
            Some(column) => refuse(format!(
                "`{}` is the name of two columns of table `{}`, of which `UsersTable::column` computes one: \
                 give that another name",
                column.name, self.users.table
            )),
        }
    }

    fn refuse_missing<T>(
        &self,
        field: &str,
        type_name: &str,
        columns: &[Column],
    ) -> Result<T, StoreError> {
        refuse(format!(
            "table `{}` has no column `{field}`, which `{type_name}` has as a field; it has {}: add the \
             column, or rename the field with `#[serde(rename = \"..\")]`, or let it do without by \
             `Option` or `#[serde(default)]`, or leave it out with `#[serde(skip)]`",
            self.users.table,
            list(columns)
        ))
    }

    fn refuse_two<T>(
        &self,
        field: &str,
        type_name: &str,
        columns: &[UserColumn],
    ) -> Result<T, StoreError> {
        let names: Vec<_> = columns
            .iter()
            .map(|column| format!("`{}`", column.name))
            .collect();
        refuse(format!(
            "table `{}` has two columns for the field `{field}` of `{type_name}`, by its `alias`; of those \
             it names there are {}: leave out the alias, or drop a column",
            self.users.table,
            names.join(", ")
        ))
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
                "there is no table `{table}` in `{}`: create it before `Auth::builder(..).build()`, or name \
                 the users table that is there",
                connection.path().unwrap_or("this database")
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
