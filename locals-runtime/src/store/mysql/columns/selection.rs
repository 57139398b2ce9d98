//! The texts by which a user's columns are read.

use super::{TypedColumn, table::Table};
use crate::store::{
    mysql::value::{SqlType, select_expression},
    sql::{Column, UsersTable, backquoted},
};
use std::collections::BTreeSet;

/// What is read of the users table.
pub(super) struct Selection<'s> {
    pub(super) users: &'s UsersTable,
    /// The types of what is computed, in its order.
    pub(super) computed: &'s [SqlType],
    pub(super) columns: &'s [TypedColumn],
    pub(super) wanted: &'s [Column],
}

impl Selection<'_> {
    /// The columns of `u` that are wanted, each after a comma.
    pub(super) fn list(&self) -> String {
        let expression = |(name, ty): (&str, SqlType)| {
            let column = format!("u.{}", backquoted(name));
            format!(", {}", select_expression(&column, ty))
        };
        self.meant().map(expression).collect()
    }

    /// What each of them is.
    pub(super) fn types(&self) -> Vec<SqlType> {
        self.meant().map(|(_, ty)| ty).collect()
    }

    /// The columns, or what is computed, that are wanted.
    fn meant(&self) -> impl Iterator<Item = (&str, SqlType)> {
        self.wanted.iter().map(move |wanted| {
            let column = super::named(self.columns, &wanted.name)
                .map(|column| (column.name.as_str(), column.declared.sql_type()));
            column
                .or_else(|| self.meant_by_computed(&wanted.name))
                .expect("whatever is wanted was found among these")
        })
    }

    fn meant_by_computed(&self, name: &str) -> Option<(&str, SqlType)> {
        let names = self.users.computed.iter().map(|(name, _)| name.as_str());
        names
            .zip(self.computed.iter().copied())
            .find(|(computed, _)| computed.eq_ignore_ascii_case(name))
    }

    /// The table, or those of its rows that count, with what is computed; of its columns no others than the
    /// ones that are read, which may be all that the user is granted.
    pub(super) fn source(&self, table: &Table, read: &[&TypedColumn]) -> String {
        let computed: String = self.computed_columns().collect();
        let table = table.qualified();
        if computed.is_empty() && self.users.conditions.is_empty() {
            return table;
        }
        let read: BTreeSet<_> = read.iter().map(|column| column.name.as_str()).collect();
        let read: Vec<_> = read
            .into_iter()
            .map(|name| format!("{table}.{}", backquoted(name)))
            .collect();
        let conditions = self.users.conditions.iter();
        let conditions: String = conditions
            .map(|condition| format!(" AND ({condition})"))
            .collect();
        let read = read.join(", ");
        format!("(SELECT {read}{computed} FROM {table} WHERE TRUE{conditions})")
    }

    fn computed_columns(&self) -> impl Iterator<Item = String> {
        let is_wanted = |name: &str| {
            let mut wanted = self.wanted.iter();
            wanted.any(|wanted| wanted.name.eq_ignore_ascii_case(name))
        };
        let computed = self.users.computed.iter();
        computed
            .filter(move |(name, _)| is_wanted(name))
            .map(|(name, expression)| format!(", ({expression}) AS {}", backquoted(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::column::tests::column, *};

    fn accounts() -> Table {
        let mut table = Table::default();
        table.database = "auth".into();
        table.name = "accounts".into();
        table
    }

    fn selected<T>(
        users: &UsersTable,
        wanted: &[&str],
        of: impl Fn(&Selection<'_>, &[&TypedColumn]) -> T,
    ) -> T {
        let columns = [
            column("id", "bigint(20)"),
            column("nickname", "text"),
            column("odd `name", "point"),
            column("verified", "tinyint(1)"),
        ];
        let computed: Vec<_> = users.computed.iter().map(|_| SqlType::Json).collect();
        let wanted: Vec<_> = wanted.iter().map(|name| Column::new(name, "")).collect();
        let selection = Selection {
            users,
            computed: &computed,
            columns: &columns,
            wanted: &wanted,
        };
        of(&selection, &[&columns[0], &columns[0], &columns[1]])
    }

    fn texts(users: &UsersTable, wanted: &[&str]) -> (String, String) {
        selected(users, wanted, |selection, read| {
            (selection.list(), selection.source(&accounts(), read))
        })
    }

    #[test]
    fn l_10_columns_are_selected_by_their_own_names() {
        let (list, source) = texts(&UsersTable::new("accounts"), &["nickName", "odd `name"]);
        assert_eq!(list, ", u.`nickname`, ST_AsText(u.`odd ``name`)");
        assert_eq!(source, "`auth`.`accounts`");
        assert_eq!(texts(&UsersTable::new("accounts"), &[]).0, "");
    }

    #[test]
    fn conditions_and_what_is_computed_stand_in_a_subselect() {
        let users = UsersTable::new("auth.accounts")
            .column("Label", "coalesce(nickname, 'x')")
            .column("unused", "1")
            .only_if("verified")
            .only_if("a OR b");
        let (list, source) = texts(&users, &["label", "id"]);
        assert_eq!(list, ", u.`Label`, u.`id`");
        assert_eq!(
            source,
            "(SELECT `auth`.`accounts`.`id`, `auth`.`accounts`.`nickname`, (coalesce(nickname, 'x')) AS `Label` \
             FROM `auth`.`accounts` WHERE TRUE AND (verified) AND (a OR b))"
        );
    }

    #[test]
    fn the_types_are_in_the_order_of_the_list() {
        let users = UsersTable::new("accounts").column("extra", "x");
        let types = selected(&users, &["extra", "Verified", "id"], |selection, _| {
            selection.types()
        });
        assert_eq!(types, [SqlType::Json, SqlType::Bool, SqlType::Plain]);
    }
}
