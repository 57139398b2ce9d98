//! What the application computes and demands of its users, each by itself, so that the message names the one
//! that is wrong.

use super::{catalog, sql_type, table::Table};
use crate::{
    error::StoreError,
    store::{
        postgres::{error::failure, value::SqlType},
        sql::{UsersTable, refuse},
    },
};
use tokio_postgres::{Client, Error, error::SqlState, types::Type};

/// The types of the computed columns, in their order.
pub(super) async fn check(
    client: &Client,
    users: &UsersTable,
    table: &Table,
) -> Result<Vec<SqlType>, StoreError> {
    let mut computed = Vec::with_capacity(users.computed.len());
    for (_, expression) in &users.computed {
        computed.push(type_of(client, expression, table).await?);
    }
    for condition in &users.conditions {
        let ty = type_of(client, condition, table).await?;
        if !ty.is(&Type::BOOL) {
            return refuse(format!(
                "`{condition}` is no condition over the columns of table `{}`: it is of type {}, and not \
                 boolean",
                table.name, ty.name
            ));
        }
    }
    Ok(computed)
}

async fn type_of(client: &Client, expression: &str, table: &Table) -> Result<SqlType, StoreError> {
    let statement = catalog::EXPRESSION
        .replace("{table}", &table.qualified())
        .replace("{expression}", expression);
    let reason = match client.query_typed(&statement, &[]).await {
        Ok(rows) => match rows.first() {
            Some(row) => return sql_type(row),
            None => "it has no type".to_owned(),
        },
        Err(error) => match reason(&error) {
            Some(reason) if is_not_granted(&error) => {
                return refuse(table.not_readable(expression, &reason));
            }
            Some(reason) => reason,
            None => return Err(failure(error)),
        },
    };
    refuse(format!(
        "`{expression}` is no SQL expression over the columns of table `{}`: {reason}",
        table.name
    ))
}

/// A column, or another table or function, of which the role may not make use.
fn is_not_granted(error: &Error) -> bool {
    error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE)
}

/// What the server says; `None` if it is not about the statement.
fn reason(error: &Error) -> Option<String> {
    let said = error.as_db_error()?;
    let code = said.code();
    let class = code.code().get(..2)?;
    let is_of_many = [&SqlState::GROUPING_ERROR, &SqlState::WINDOWING_ERROR].contains(&code)
        || said.message().contains("set-returning");
    match class {
        // No connection, a deadlock, no resources, a lock, ended by an operator: another time it may do.
        "08" | "40" | "53" | "55" | "57" => None,
        _ if is_of_many => Some("it is about many rows: put it into a `(SELECT ..)`".to_owned()),
        _ => Some(said.message().to_owned()),
    }
}
