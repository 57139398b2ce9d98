//! What the application computes and demands of its users, each by itself, so that the message names the one
//! that is wrong.

use super::{catalog, column::is_not_granted, table::Table};
use crate::{
    error::StoreError,
    store::{
        mysql::{
            error::{code, failure, text},
            value::SqlType,
        },
        sql::{UsersTable, refuse},
    },
};
use mysql_async::{Column, Conn, Error, consts::ColumnType, prelude::Queryable};

/// The types of the computed columns, in their order.
pub(super) async fn check(
    conn: &mut Conn,
    users: &UsersTable,
    table: &Table,
) -> Result<Vec<SqlType>, StoreError> {
    let mut computed = Vec::with_capacity(users.computed.len());
    for (_, expression) in &users.computed {
        let column = result_of(conn, expression, table).await?;
        computed.push(SqlType::of_result(&column));
    }
    for condition in &users.conditions {
        let column = result_of(conn, condition, table).await?;
        if !is_number(column.column_type()) {
            return refuse(format!(
                "`{condition}` is no condition over the columns of table `{}`: it is no number, which MySQL's \
                 booleans are, and of which of its values hold none can tell; compare it, as in `.. = 'yes'`",
                table.name
            ));
        }
    }
    Ok(computed)
}

/// What the server says of the expression's value, without computing any.
async fn result_of(conn: &mut Conn, expression: &str, table: &Table) -> Result<Column, StoreError> {
    let statement = catalog::expression(expression, &table.qualified());
    let reason = match conn.prep(statement).await {
        Ok(prepared) => match prepared.columns().first() {
            Some(column) => return Ok(column.clone()),
            None => "it has no value".to_owned(),
        },
        Err(error) if is_not_granted(code(&error)) => {
            let what = format!("read what `{expression}` names");
            return refuse(table.not_granted(&what, &text(&error)));
        }
        Err(error) => match reason(&error) {
            Some(reason) => reason,
            None => return Err(failure(error)),
        },
    };
    refuse(format!(
        "`{expression}` is no SQL expression over the columns of table `{}`: {reason}",
        table.name
    ))
}

/// JSON's `false` would hold, and of an ENUM every value.
fn is_number(ty: ColumnType) -> bool {
    ty.is_numeric_type() || ty == ColumnType::MYSQL_TYPE_BIT
}

/// What the server says; `None` if it is not about the statement.
fn reason(error: &Error) -> Option<String> {
    match code(error)? {
        // Too many of something, a lock, a shutdown, a time that is over: another time it may do.
        1040 | 1053 | 1203 | 1205 | 1213 | 1226 | 1317 | 1461 | 1927 | 1969 | 3024 => None,
        // An aggregate, or a window as MariaDB and MySQL say it.
        1111 | 3593 | 4015 => Some("it is about many rows: put it into a `(SELECT ..)`".to_owned()),
        _ => Some(text(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16) -> Option<String> {
        reason(&Error::Server(mysql_async::ServerError {
            code,
            message: "Unknown column 'x' in 'field list'".into(),
            state: "42S22".into(),
        }))
    }

    #[test]
    fn a_reason_is_about_the_statement() {
        assert!(said(1111).unwrap().contains("many rows"));
        assert!(said(1054).unwrap().contains("Unknown column 'x'"));
        assert_eq!(said(1205), None);
        assert_eq!(
            reason(&Error::Driver(mysql_async::DriverError::ConnectionClosed)),
            None
        );
    }

    #[test]
    fn a_condition_is_a_number() {
        assert!(is_number(ColumnType::MYSQL_TYPE_LONG));
        assert!(is_number(ColumnType::MYSQL_TYPE_BIT));
        assert!(!is_number(ColumnType::MYSQL_TYPE_VAR_STRING));
        assert!(!is_number(ColumnType::MYSQL_TYPE_JSON));
    }
}
