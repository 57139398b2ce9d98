//! What the application's users table has to be like, found out before the first request.

use super::{error::failure, sql};
use crate::{
    error::StoreError,
    store::sql::{Column, KeyType, TableColumn, UserType, UsersTable, names, quoted, refuse},
};
use rusqlite::{Connection, OptionalExtension, params};

/// What is wanted of the users table.
pub(super) struct UsersTableSpec {
    pub(super) users: UsersTable,
    pub(super) user: Option<UserType>,
}

impl UsersTableSpec {
    /// Nothing but the key.
    pub(super) fn key_of(users: UsersTable) -> Self {
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

    /// Fails if two users may have the same id. Where sessions refer to the key, SQLite looks at that.
    pub(super) fn check_unique(&self, connection: &Connection) -> Result<(), StoreError> {
        let UsersTable { table, key, .. } = &self.users;
        if self.holds(connection, sql::IS_UNIQUE)? {
            return Ok(());
        }
        refuse(format!(
            "column `{key}` of table `{table}` does not tell users apart: make it the primary key, or UNIQUE; \
             where the primary key has several columns, name one that tells users apart by itself"
        ))
    }

    /// Whether a user may come to the key of one who is deleted.
    pub(super) fn gives_keys_again(&self, connection: &Connection) -> Result<bool, StoreError> {
        self.holds(connection, sql::IS_REUSED)
    }

    /// What a statement about the table and its key says.
    fn holds(&self, connection: &Connection, statement: &str) -> Result<bool, StoreError> {
        let UsersTable { table, key, .. } = &self.users;
        let holds = connection.query_row(statement, params![table, key], |row| row.get(0));
        holds.map_err(failure)
    }

    /// The columns that are read for the application's type.
    pub(super) fn columns(&self, connection: &Connection) -> Result<Vec<Column>, StoreError> {
        let Some(user) = self.user else {
            return Ok(Vec::new());
        };
        self.users.check()?;
        let table = columns(connection, &self.users.table)?;
        user.columns(&self.users, table)
    }

    fn key_type(&self, columns: &[TableColumn]) -> Result<KeyType, StoreError> {
        let UsersTable { table, key, .. } = &self.users;
        let Some(column) = columns.iter().find(|column| column.is(key)) else {
            return refuse(format!(
                "table `{table}` has no column `{key}` to be its key; it has {}: name the key with \
                 `UsersTable::new(\"{table}\").key(\"..\")`",
                names(columns)
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
        let UsersTable { table, key, .. } = &self.users;
        let other: Option<String> = connection
            .query_row(sql::OTHER_COLLATION, params![table, key], |row| row.get(0))
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
        let UsersTable { table, key, .. } = &self.users;
        let typed = sql::KEPT_KEY.replace("{table}", &quoted(table));
        let typed = typed.replace("{key}", &quoted(key));
        let kept: Option<String> = connection
            .query_row(&typed, [], |row| row.get(0))
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
            let statement = sql::EXPRESSION.replace("{table}", &table);
            let statement = statement.replace("{expression}", expression);
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
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<TableColumn>, StoreError> {
    let kind: Option<String> = connection
        .query_row(sql::TABLE_OR_VIEW, [table], |row| row.get(0))
        .optional()
        .map_err(failure)?;
    match kind.as_deref() {
        Some("table") => {}
        Some(_) => {
            return refuse(format!(
                "`{table}` is a view, of which nothing says that a key is of one user: name the table behind it; \
                 the fields of the type choose its columns, `.only_if(..)` its rows"
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
    let mut statement = connection.prepare(sql::TABLE_COLUMNS).map_err(failure)?;
    let columns = statement.query_map([table], |row| {
        Ok(TableColumn {
            name: row.get(0)?,
            declared: row.get(1)?,
        })
    });
    columns.and_then(Iterator::collect).map_err(failure)
}
