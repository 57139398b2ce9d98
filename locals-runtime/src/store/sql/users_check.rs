//! What an application's type wants of the users table, told before the first request.

use super::{
    Column, OwnedRow, RowError, UsersTable, Wants, probe::probe, refuse, user, value::Cause,
};
use crate::{error::StoreError, event::TARGET};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// A column that the users table has.
pub(crate) struct TableColumn {
    pub(crate) name: String,
    pub(crate) declared: String,
}

impl TableColumn {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Their names, for a message.
pub(crate) fn names(columns: &[TableColumn]) -> String {
    let names = columns.iter().map(|column| format!("`{}`", column.name));
    names.collect::<Vec<_>>().join(", ")
}

/// What is asked of the application's type, whichever it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserType {
    pub(crate) wants: Wants,
    /// For messages.
    name: &'static str,
    probe: fn(&[Column]) -> Option<Cause>,
    read: fn(&[Column], &OwnedRow) -> Result<(), RowError>,
}

impl UserType {
    pub(crate) fn of<U: DeserializeOwned>() -> Result<Self, StoreError> {
        let name = std::any::type_name::<U>();
        let Some(wants) = Wants::of::<U>() else {
            return refuse(if name == std::any::type_name::<crate::UserId>() {
                "there is a users table, and no type of its users: write `Auth<Account>` for your own type, or leave \
                 out `with_users`"
                    .to_owned()
            } else {
                format!(
                    "`{name}` does not tell which columns it wants: derive `Deserialize` for a struct with named fields"
                )
            });
        };
        Ok(Self {
            wants,
            name,
            probe: probe::<U>,
            read: |columns, row| user::<U>(columns, row).map(drop),
        })
    }

    /// Whether a row of these columns is one of this type.
    pub(crate) fn check_row(&self, columns: &[Column], row: &OwnedRow) {
        if let Err(error) = (self.read)(columns, row) {
            self.warn_of(&error);
        }
    }

    /// A user of the table that is none of this type.
    pub(crate) fn warn_of(&self, error: &RowError) {
        tracing::warn!(
            target: TARGET,
            %error,
            user = self.name,
            "there is a user that cannot be read: sign-ins of such users fail, and their requests are \
             answered with 500"
        );
    }

    /// Those of the table's columns and of the computed ones that are read for the type.
    pub(crate) fn columns(
        self,
        users: &UsersTable,
        table: Vec<TableColumn>,
    ) -> Result<Vec<Column>, StoreError> {
        let computed = users.computed.iter().map(|(name, _)| TableColumn {
            name: name.clone(),
            declared: String::new(),
        });
        let all: Vec<_> = table.into_iter().chain(computed).collect();
        check_computed(users, &all)?;
        let columns: Vec<_> = match self.wants {
            Wants::All => all
                .iter()
                .map(|column| Column::new(&column.name, &column.declared))
                .collect(),
            Wants::These(names) => names
                .iter()
                .filter_map(|name| {
                    let column = all.iter().find(|column| column.is(name))?;
                    Some(Column::new(name, &column.declared))
                })
                .collect(),
        };
        match (self.probe)(&columns) {
            Some(Cause::Missing(field)) => self.refuse_missing(users, field, &all),
            Some(Cause::Duplicate(field)) => self.refuse_two(users, field, &columns),
            Some(Cause::Unfit | Cause::Marked) | None => Ok(columns),
        }
    }

    fn refuse_missing<T>(
        self,
        users: &UsersTable,
        field: &str,
        columns: &[TableColumn],
    ) -> Result<T, StoreError> {
        refuse(format!(
            "table `{}` has no column `{field}`, which `{}` has as a field; it has {}: add the \
             column, or rename the field with `#[serde(rename = \"..\")]`, or let it do without by \
             `Option` or `#[serde(default)]`, or leave it out with `#[serde(skip)]`",
            users.table,
            self.name,
            names(columns)
        ))
    }

    fn refuse_two<T>(
        self,
        users: &UsersTable,
        field: &str,
        columns: &[Column],
    ) -> Result<T, StoreError> {
        let names = columns.iter().map(|column| format!("`{}`", column.name));
        let names: Vec<_> = names.collect();
        refuse(format!(
            "table `{}` has two columns for the field `{field}` of `{}`, by its `alias`; of those \
             it names there are {}: leave out the alias, or drop a column",
            users.table,
            self.name,
            names.join(", ")
        ))
    }
}

fn check_computed(users: &UsersTable, columns: &[TableColumn]) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    let twice = columns
        .iter()
        .find(|column| !seen.insert(column.name.to_ascii_lowercase()));
    match twice {
        None => Ok(()),
        Some(column) => refuse(format!(
            "`{}` is the name of two columns of table `{}`, of which `UsersTable::column` computes one: \
             give that another name",
            column.name, users.table
        )),
    }
}
