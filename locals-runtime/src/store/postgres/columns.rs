//! What the application's users table has to be like, found out before the first request.

mod catalog;
mod column;
mod expressions;
mod key_column;
mod selection;
mod table;

use super::{error::failure, key::KeyColumn, value::SqlType};
use crate::{
    error::StoreError,
    store::sql::{Column, UserType, UsersTable},
};
use column::{TypedColumn, check_readable, columns_of, meant, named};
use selection::Selection;
use table::Table;
use tokio_postgres::{
    Client, Row,
    types::{FromSqlOwned, ToSql, Type},
};

/// A users table that is as it has to be.
#[derive(Debug)]
pub(super) struct FoundUsers {
    pub(super) oid: u32,
    /// As a statement names it: `"auth"."accounts"`.
    pub(super) qualified: String,
    /// The key column, as PostgreSQL has its name.
    pub(super) key: String,
    pub(super) key_type: KeyColumn,
    /// What is read for the application's type, in the order of `selected`.
    pub(super) columns: Vec<Column>,
    /// Those columns of `u` in a SELECT list, each after a comma.
    pub(super) selected: String,
    /// What stands behind `FROM` and before `u`.
    pub(super) source: String,
    /// What an operator has to know.
    pub(super) warnings: Vec<String>,
    /// Why this role can make no table that refers to the users, if it cannot.
    unreferenced: Option<String>,
}

impl FoundUsers {
    /// Whether a table that refers to the users can be made; who makes it by hand needs no such right.
    pub(super) fn check_reference(&self) -> Result<(), StoreError> {
        let refused = self.unreferenced.clone().map(StoreError::Setup);
        refused.map_or(Ok(()), Err)
    }
}

/// Looks up the table, and whatever is asked of it.
pub(super) async fn find(
    client: &Client,
    users: &UsersTable,
    user: Option<UserType>,
) -> Result<FoundUsers, StoreError> {
    users.check_qualified()?;
    let table = Table::find(client, &users.table).await?;
    let columns = columns_of(client, &table).await?;
    let key = key_column::find(&columns, &users.key, &table)?.clone();
    let key_type = key_column::key_type(&key, &table)?;
    key_column::check_unique(client, &key, &table).await?;
    let columns = meant(columns, user.map(|user| user.wants));
    let wanted = wanted(users, user, &columns)?;
    let read = wanted
        .iter()
        .filter_map(|wanted| named(&columns, &wanted.name));
    let read: Vec<_> = std::iter::once(&key).chain(read).collect();
    check_readable(&read, &table)?;
    let computed = expressions::check(client, users, &table).await?;
    let selection = Selection {
        users,
        computed: &computed,
        columns: &columns,
        wanted: &wanted,
    };
    Ok(FoundUsers {
        oid: table.oid,
        qualified: table.qualified(),
        selected: selection.list(),
        source: selection.source(&table, &read),
        warnings: table.warnings(),
        unreferenced: key.unreferenced(&table),
        key: key.name,
        key_type,
        columns: wanted,
    })
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
    client: &Client,
    statement: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Vec<Row>, StoreError> {
    client
        .query_typed(statement, parameters)
        .await
        .map_err(failure)
}

fn cell<T: FromSqlOwned>(row: &Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(failure)
}

/// The first four columns of the statements that ask for a type.
fn sql_type(row: &Row) -> Result<SqlType, StoreError> {
    Ok(SqlType {
        oid: cell(row, 0)?,
        name: cell(row, 1)?,
        kind: cell(row, 2)?,
        category: cell(row, 3)?,
    })
}
