//! What the application's users table has to be like, found out before the first request.

mod catalog;
mod column;
mod expressions;
mod key_column;
mod selection;
mod table;

use super::{error::failure, key::KeyColumn, names::Names, value::SqlType};
use crate::{
    error::StoreError,
    store::sql::{Column, UserType, UsersTable},
};
use column::{TypedColumn, check_readable, columns_of, mark_json, named};
use mysql_async::{
    Conn, Params, Row,
    prelude::{FromValue, Queryable},
};
use selection::Selection;
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
    /// Those columns of `u` in a SELECT list, each after a comma.
    pub(super) selected: String,
    /// What stands behind `FROM` and before `u`.
    pub(super) source: String,
    /// What an operator has to know.
    pub(super) warnings: Vec<String>,
    /// Why no foreign key can refer to the users, if none can.
    unreferenced: Option<String>,
}

impl FoundUsers {
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
        selected: selection.list(),
        types: selection.types(),
        source: selection.source(&table, &read),
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
    let sessions = format!("{}sessions", names.prefix);
    let columns = columns_of(conn, &names.database, &sessions).await?;
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
