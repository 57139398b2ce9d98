//! The columns of the users table, and which of them a field means.

use super::{catalog, cell, rows, table::Table};
use crate::{
    error::StoreError,
    store::{
        mysql::{
            error::{code, failure, text},
            value::Declared,
        },
        sql::{TableColumn, backquoted, refuse},
    },
};
use mysql_async::{Conn, Row, prelude::Queryable};

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct TypedColumn {
    pub(super) name: String,
    pub(super) declared: Declared,
    /// `STORED GENERATED`, and the like.
    extra: String,
}

impl TypedColumn {
    fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            name: cell(row, 0)?,
            declared: Declared {
                data_type: cell(row, 1)?,
                column_type: cell(row, 2)?,
                length: cell(row, 3)?,
                charset: cell(row, 4)?,
                collation: cell(row, 5)?,
                is_checked_json: false,
            },
            extra: cell(row, 6)?,
        })
    }

    /// What the application's type is asked about; the values say themselves what they are.
    pub(super) fn described(&self) -> TableColumn {
        TableColumn {
            name: self.name.clone(),
            declared: String::new(),
        }
    }

    /// Why no foreign key can refer to it, if none can.
    pub(super) fn unreferenced(&self, table: &Table) -> Option<String> {
        self.extra.contains("VIRTUAL GENERATED").then(|| {
            format!(
                "the key column `{}` of table `{}` is a virtual one, to which no foreign key can refer: make it \
                 STORED, or set `foreign_key(false)`",
                self.name, table.name
            )
        })
    }
}

pub(super) async fn columns_of(
    conn: &mut Conn,
    database: &str,
    table: &str,
) -> Result<Vec<TypedColumn>, StoreError> {
    let found = rows(conn, catalog::COLUMNS, (database, table)).await?;
    found.iter().map(TypedColumn::of).collect()
}

/// Looks which of the texts are MariaDB's JSON. `information_schema.CHECK_CONSTRAINTS` would tell it to nobody who may
/// only SELECT; who may not even ask for the table's text reads texts.
pub(super) async fn mark_json(
    conn: &mut Conn,
    table: &Table,
    columns: &mut [TypedColumn],
) -> Result<(), StoreError> {
    let is_long = |column: &TypedColumn| column.declared.data_type == "longtext";
    if !columns.iter().any(is_long) {
        return Ok(());
    }
    let statement = format!("SHOW CREATE TABLE {}", table.qualified());
    let made = match conn.query_first::<Row, _>(statement).await {
        Ok(Some(row)) => cell(&row, 1)?,
        Ok(None) => String::new(),
        Err(error) if code(&error).is_some() => String::new(),
        Err(error) => return Err(failure(error)),
    };
    for column in columns.iter_mut().filter(|column| is_long(column)) {
        column.declared.is_checked_json = is_checked(&made, &column.name);
    }
    Ok(())
}

fn is_checked(made: &str, column: &str) -> bool {
    made.contains(&format!("CHECK (json_valid({}))", backquoted(column)))
}

/// The column that a field of this name means.
pub(super) fn named<'c>(columns: &'c [TypedColumn], name: &str) -> Option<&'c TypedColumn> {
    let mut columns = columns.iter();
    columns.find(|column| column.name.eq_ignore_ascii_case(name))
}

/// Asks for the columns, and no row.
pub(super) async fn check_readable(
    conn: &mut Conn,
    read: &[&TypedColumn],
    table: &Table,
) -> Result<(), StoreError> {
    let read: Vec<_> = read.iter().map(|column| backquoted(&column.name)).collect();
    let statement = format!(
        "SELECT {} FROM {} WHERE FALSE",
        read.join(", "),
        table.qualified()
    );
    match conn.prep(statement).await {
        Ok(_) => Ok(()),
        Err(error) if is_not_granted(code(&error)) => {
            refuse(table.not_granted("read its columns", &text(&error)))
        }
        Err(error) => Err(failure(error)),
    }
}

/// A database, a table, a column or a function, of which the user may not make use.
pub(super) fn is_not_granted(code: Option<u16>) -> bool {
    matches!(code, Some(1044 | 1142 | 1143 | 1227 | 1370))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A column of a type without a length.
    pub(in crate::store::mysql::columns) fn column(name: &str, column_type: &str) -> TypedColumn {
        let data_type = column_type.split(['(', ' ']).next().unwrap();
        TypedColumn {
            name: name.to_owned(),
            declared: Declared {
                data_type: data_type.to_owned(),
                column_type: column_type.to_owned(),
                ..Declared::default()
            },
            extra: String::new(),
        }
    }

    #[test]
    fn a_name_of_a_column_has_no_case() {
        let columns = [column("id", "int"), column("eMail", "text")];
        for (name, found) in [("ID", Some("id")), ("email", Some("eMail")), ("mail", None)] {
            let named = named(&columns, name).map(|column| column.name.as_str());
            assert_eq!(named, found);
        }
    }

    #[test]
    fn json_of_mariadb_is_known_by_its_check() {
        let made =
            "CREATE TABLE `t` (\n  `a``b` longtext CHECK (json_valid(`a``b`)),\n  `c` longtext\n)";
        assert!(is_checked(made, "a`b"));
        assert!(!is_checked(made, "c"));
        assert!(!is_checked("", "c"));
    }

    #[test]
    fn no_foreign_key_refers_to_a_virtual_column() {
        let table = Table::default();
        let mut key = column("id", "int");
        assert_eq!(key.unreferenced(&table), None);
        key.extra = "STORED GENERATED".into();
        assert_eq!(key.unreferenced(&table), None);
        key.extra = "VIRTUAL GENERATED".into();
        assert!(key.unreferenced(&table).unwrap().contains("STORED"));
    }
}
