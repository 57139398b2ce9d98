//! What the application's users table has to be like, found out before the first request.

mod catalog;
mod column;
mod expressions;
mod key_column;
mod selection;
mod table;

use super::{error::failure, key::KeyColumn, names::Names, sql, value::SqlType};
use crate::{
    error::StoreError,
    store::sql::{Column, UserType, UsersTable, backquoted, filled},
};
use column::{TypedColumn, check_readable, columns_of, mark_json, named};
use mysql_async::{
    Conn, Params, Row,
    prelude::{FromValue, Queryable},
};
use selection::{Selection, Texts};
use table::Table;

/// A users table that is as it has to be.
#[derive(Debug)]
pub(super) struct FoundUsers {
    pub(super) database: String,
    pub(super) table: String,
    /// As a statement names it: `` `auth`.`accounts` ``.
    pub(super) qualified: String,
    /// The key column, as the table has its name.
    pub(super) key: String,
    pub(super) key_type: KeyColumn,
    /// What is read for the application's type, in the order of `selected`.
    pub(super) columns: Vec<Column>,
    /// What those are.
    pub(super) types: Vec<SqlType>,
    /// How they are read.
    texts: Texts,
    /// What an operator has to know.
    pub(super) warnings: Vec<String>,
    /// Why no foreign key can refer to the users, if none can.
    unreferenced: Option<String>,
}

impl FoundUsers {
    /// A statement about these users.
    pub(super) fn about(&self, statement: &str) -> String {
        self.filled(statement, &[])
    }

    /// The statement that brings a user with a session of this table.
    pub(super) fn load_with_session(&self, sessions: &str) -> String {
        let Texts { u, conditions, .. } = &self.texts;
        let key = format!("{u}.{}", backquoted(&self.key));
        if self.texts.has_expressions {
            let (columns, renamed) = sql::renamed_session_columns_beside(&key);
            let values = [
                ("sessions", sessions),
                ("columns", &columns),
                ("renamed", &renamed),
            ];
            return self.filled(sql::LOAD_WITH_COMPUTED_USER, &values);
        }
        debug_assert!(conditions.is_empty(), "conditions are expressions");
        let columns = sql::session_columns_beside(&key);
        let values = [("sessions", sessions), ("columns", &columns)];
        self.filled(sql::LOAD_WITH_USER, &values)
    }

    fn filled(&self, statement: &str, others: &[(&str, &str)]) -> String {
        let key = backquoted(&self.key);
        let values = [
            ("users", self.qualified.as_str()),
            ("user_columns", &self.texts.columns),
            ("source", &self.texts.source),
            ("u", &self.texts.u),
            ("conditions", &self.texts.conditions),
            ("key", &key),
        ];
        filled(statement, &[&values, others].concat())
    }

    /// Whether a foreign key can refer to the users.
    pub(super) fn check_reference(&self) -> Result<(), StoreError> {
        let refused = self.unreferenced.clone().map(StoreError::Setup);
        refused.map_or(Ok(()), Err)
    }
}

/// Looks up the table, and whatever is asked of it.
pub(super) async fn find(
    conn: &mut Conn,
    users: &UsersTable,
    user: Option<UserType>,
) -> Result<FoundUsers, StoreError> {
    users.check_in_mysql()?;
    let table = Table::find(conn, &users.table).await?;
    let mut columns = columns_of(conn, &table.database, &table.name).await?;
    mark_json(conn, &table, &mut columns).await?;
    let key = key_column::find(&columns, &users.key, &table)?;
    let key_type = key_column::key_type(key, &table)?;
    key_column::check_unique(conn, key, &table).await?;
    let wanted = wanted(users, user, &columns)?;
    let read = wanted
        .iter()
        .filter_map(|wanted| named(&columns, &wanted.name));
    let read: Vec<_> = std::iter::once(key).chain(read).collect();
    check_readable(conn, &read, &table).await?;
    let computed = expressions::check(conn, users, &table).await?;
    let selection = Selection {
        users,
        computed: &computed,
        columns: &columns,
        wanted: &wanted,
    };
    Ok(FoundUsers {
        qualified: table.qualified(),
        types: selection.types(),
        texts: selection.texts(&table),
        warnings: key_column::warnings(key, &key_type, &table),
        unreferenced: table.unreferenced().or_else(|| key.unreferenced(&table)),
        key: key.name.clone(),
        key_type,
        columns: wanted,
        database: table.database,
        table: table.name,
    })
}

/// How the sessions' own table keeps users' ids; `None` if it is not there, or of a type that is no key.
pub(super) async fn key_of_sessions(
    conn: &mut Conn,
    names: &Names,
) -> Result<Option<KeyColumn>, StoreError> {
    let columns = columns_of(conn, &names.database, &names.sessions_name()).await?;
    let key = named(&columns, "user_id");
    Ok(key.and_then(|key| KeyColumn::of_sessions(&key.declared)))
}

/// Those of the table's columns, and of the computed ones, that are read for the type.
fn wanted(
    users: &UsersTable,
    user: Option<UserType>,
    columns: &[TypedColumn],
) -> Result<Vec<Column>, StoreError> {
    let described = columns.iter().map(TypedColumn::described).collect();
    user.map_or_else(|| Ok(Vec::new()), |user| user.columns(users, described))
}

async fn rows(
    conn: &mut Conn,
    statement: &str,
    parameters: impl Into<Params>,
) -> Result<Vec<Row>, StoreError> {
    let parameters: Params = parameters.into();
    conn.exec(statement, parameters).await.map_err(failure)
}

fn cell<T: FromValue>(row: &Row, column: usize) -> Result<T, StoreError> {
    match row.get_opt(column) {
        Some(Ok(value)) => Ok(value),
        _ => Err(StoreError::unavailable(
            "the server describes the users table in a form that is not known",
        )),
    }
}
