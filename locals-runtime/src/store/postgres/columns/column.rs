//! The columns of the users table, and which of them a field means.

use super::{catalog, cell, rows, sql_type, table::Table};
use crate::{
    error::StoreError,
    store::{
        postgres::value::SqlType,
        sql::{TableColumn, Wants, refuse},
    },
};
use std::collections::BTreeSet;
use tokio_postgres::{Client, Row, types::Type};

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct TypedColumn {
    pub(super) ty: SqlType,
    pub(super) name: String,
    pub(super) number: i16,
    /// As it was declared: a domain by its own name.
    pub(super) declared: String,
    pub(super) is_deterministic: bool,
    /// As a statement names it; `None` for the database's own.
    pub(super) collation: Option<String>,
    may_select: bool,
    may_reference: bool,
}

impl TypedColumn {
    fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            ty: sql_type(row)?,
            name: cell(row, 4)?,
            number: cell(row, 5)?,
            declared: cell(row, 6)?,
            is_deterministic: cell(row, 7)?,
            collation: cell(row, 8)?,
            may_select: cell(row, 9)?,
            may_reference: cell(row, 10)?,
        })
    }

    /// What the application's type is asked about; the values say themselves what they are.
    pub(super) fn described(&self) -> TableColumn {
        TableColumn {
            name: self.name.clone(),
            declared: String::new(),
        }
    }

    /// Why the role can refer to it by no foreign key, if it cannot.
    pub(super) fn unreferenced(&self, table: &Table) -> Option<String> {
        (!self.may_reference)
            .then(|| table.not_granted("refer to", "REFERENCES", &[self.name.as_str()]))
    }
}

pub(super) async fn columns_of(
    client: &Client,
    table: &Table,
) -> Result<Vec<TypedColumn>, StoreError> {
    let found = rows(client, catalog::COLUMNS, &[(&table.oid, Type::OID)]).await?;
    found.iter().map(TypedColumn::of).collect()
}

/// Of columns whose names differ only in case, the one that the type names, or else the one whose name was
/// not written in quotes.
pub(super) fn meant(columns: Vec<TypedColumn>, wants: Option<Wants>) -> Vec<TypedColumn> {
    let distance = |column: &&TypedColumn| match wants {
        Some(Wants::These(names)) if names.contains(&column.name.as_str()) => 0,
        _ if column.name == column.name.to_ascii_lowercase() => 1,
        _ => 2,
    };
    let is_meant = |column: &&TypedColumn| {
        let alike = columns.iter().filter(|other| is(other, &column.name));
        alike
            .min_by_key(distance)
            .is_some_and(|nearest| nearest.number == column.number)
    };
    columns.iter().filter(is_meant).cloned().collect()
}

/// The column that a field of this name means.
pub(super) fn named<'c>(columns: &'c [TypedColumn], name: &str) -> Option<&'c TypedColumn> {
    columns.iter().find(|column| is(column, name))
}

fn is(column: &TypedColumn, name: &str) -> bool {
    column.name.eq_ignore_ascii_case(name)
}

pub(super) fn check_readable(read: &[&TypedColumn], table: &Table) -> Result<(), StoreError> {
    // The key may be there twice.
    let hidden = read.iter().filter(|column| !column.may_select);
    let hidden: BTreeSet<_> = hidden.map(|column| column.name.as_str()).collect();
    if hidden.is_empty() {
        return Ok(());
    }
    let hidden: Vec<_> = hidden.into_iter().collect();
    refuse(table.not_granted("read", "SELECT", &hidden))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A column of a type of PostgreSQL's own, all of whose rights are granted.
    pub(in crate::store::postgres::columns) fn column(name: &str, ty: &Type) -> TypedColumn {
        TypedColumn {
            ty: SqlType {
                oid: ty.oid(),
                name: ty.name().to_owned(),
                kind: "b".into(),
                category: "U".into(),
            },
            name: name.to_owned(),
            number: i16::try_from(name.len()).unwrap(),
            declared: ty.name().to_owned(),
            is_deterministic: true,
            collation: None,
            may_select: true,
            may_reference: true,
        }
    }

    fn numbered(names: &[&str]) -> Vec<TypedColumn> {
        let columns = (1..).zip(names).map(|(number, name)| TypedColumn {
            number,
            ..column(name, &Type::TEXT)
        });
        columns.collect()
    }

    #[test]
    fn of_two_names_that_differ_in_case_the_type_says_which() {
        let columns = ["Email", "email", "EMAIL", "Id"];
        for (wants, expected) in [
            (None, ["email", "Id"]),
            (Some(Wants::All), ["email", "Id"]),
            (Some(Wants::These(&["email", "id"])), ["email", "Id"]),
            (Some(Wants::These(&["EMAIL", "id"])), ["EMAIL", "Id"]),
            (Some(Wants::These(&["eMail", "Id"])), ["email", "Id"]),
        ] {
            let meant = meant(numbered(&columns), wants);
            let names: Vec<_> = meant.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(names, expected, "{wants:?}");
        }
    }
}
