//! The texts by which a user's columns are read.

use super::{TypedColumn, table::Table};
use crate::store::{
    postgres::value::{SqlType, select_expression},
    sql::{Column, UsersTable, quoted},
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
        let expression = |wanted: &Column| {
            let (name, ty) = self.meant(&wanted.name)?;
            let column = format!("u.{}", quoted(name));
            Some(format!(", {}", select_expression(&column, ty)))
        };
        let expressions = self.wanted.iter().map(expression);
        expressions
            .collect::<Option<_>>()
            .expect("whatever is wanted was found among these")
    }

    /// A column, or what is computed.
    fn meant(&self, name: &str) -> Option<(&str, &SqlType)> {
        if let Some(column) = super::named(self.columns, name) {
            return Some((column.name.as_str(), &column.ty));
        }
        let computed = self.users.computed.iter().map(|(name, _)| name.as_str());
        computed
            .zip(self.computed)
            .find(|(computed, _)| computed.eq_ignore_ascii_case(name))
    }

    /// The table, or those of its rows that count, with what is computed; of its columns no others than the
    /// ones that are read, which may be all that the role is granted.
    pub(super) fn source(&self, table: &Table, read: &[&TypedColumn]) -> String {
        let computed: String = self.computed_columns().collect();
        let rows = table.own_rows();
        if computed.is_empty() && self.users.conditions.is_empty() {
            return rows;
        }
        let table = table.qualified();
        let read: BTreeSet<_> = read.iter().map(|column| column.name.as_str()).collect();
        let read: Vec<_> = read
            .into_iter()
            .map(|name| format!("{table}.{}", quoted(name)))
            .collect();
        let conditions = self.users.conditions.iter();
        let conditions: String = conditions
            .map(|condition| format!(" AND ({condition})"))
            .collect();
        let read = read.join(", ");
        format!("(SELECT {read}{computed} FROM {rows} WHERE true{conditions})")
    }

    fn computed_columns(&self) -> impl Iterator<Item = String> {
        let is_wanted = |name: &str| {
            let mut wanted = self.wanted.iter();
            wanted.any(|wanted| wanted.name.eq_ignore_ascii_case(name))
        };
        let computed = self.users.computed.iter();
        computed
            .filter(move |(name, _)| is_wanted(name))
            .map(|(name, expression)| format!(", ({expression}) AS {}", quoted(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::column::tests::column, *};
    use tokio_postgres::types::Type;

    fn accounts() -> Table {
        let mut table = Table::default();
        table.schema = "auth".into();
        table.name = "accounts".into();
        table
    }

    fn texts(users: &UsersTable, wanted: &[&str]) -> (String, String) {
        let columns = [
            column("id", &Type::INT8),
            column("nickname", &Type::TEXT),
            column("odd \"name", &Type::INET),
        ];
        let computed = users.computed.iter().map(|_| column("", &Type::BPCHAR).ty);
        let computed: Vec<_> = computed.collect();
        let wanted: Vec<_> = wanted.iter().map(|name| Column::new(name, "")).collect();
        let selection = Selection {
            users,
            computed: &computed,
            columns: &columns,
            wanted: &wanted,
        };
        let read = [&columns[0], &columns[0], &columns[1]];
        (selection.list(), selection.source(&accounts(), &read))
    }

    #[test]
    fn l_10_columns_are_selected_by_their_own_names() {
        let (list, source) = texts(&UsersTable::new("accounts"), &["nickName", "odd \"name"]);
        assert_eq!(
            list,
            ", u.\"nickname\", pg_catalog.abbrev(u.\"odd \"\"name\")"
        );
        assert_eq!(source, accounts().own_rows());
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
        assert_eq!(list, ", u.\"Label\"::text, u.\"id\"");
        assert_eq!(
            source,
            "(SELECT \"auth\".\"accounts\".\"id\", \"auth\".\"accounts\".\"nickname\", \
             (coalesce(nickname, 'x')) AS \"Label\" FROM \"auth\".\"accounts\" \
             WHERE true AND (verified) AND (a OR b))"
        );
    }
}
