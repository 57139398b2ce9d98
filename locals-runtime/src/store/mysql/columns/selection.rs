//! The texts by which a user's columns are read.

use super::{TypedColumn, table::Table};
use crate::store::{
    mysql::value::{SqlType, select_expression},
    sql::{Column, UsersTable, backquoted},
};

/// What is read of the users table.
pub(super) struct Selection<'s> {
    pub(super) users: &'s UsersTable,
    /// The types of what is computed, in its order.
    pub(super) computed: &'s [SqlType],
    pub(super) columns: &'s [TypedColumn],
    pub(super) wanted: &'s [Column],
}

/// How users are read.
#[derive(Debug)]
pub(super) struct Texts {
    /// What a column of theirs has before its name.
    pub(super) u: String,
    /// The columns that are wanted, each after a comma.
    pub(super) columns: String,
    /// What stands behind `FROM`.
    pub(super) source: String,
    /// What is demanded of them, each after `AND`.
    pub(super) conditions: String,
    /// Whether anything is computed or demanded.
    pub(super) has_expressions: bool,
}

impl Selection<'_> {
    /// An expression of the application may name the table: where there is one, the table has no other name.
    pub(super) fn texts(&self, table: &Table) -> Texts {
        let has_expressions = !self.users.computed.is_empty() || !self.users.conditions.is_empty();
        let qualified = table.qualified();
        let (u, source) = if has_expressions {
            (qualified.clone(), qualified)
        } else {
            ("u".to_owned(), format!("{qualified} u"))
        };
        let conditions = self.users.conditions.iter();
        let conditions = conditions.map(|condition| format!(" AND ({condition})"));
        Texts {
            columns: self.list(&u),
            conditions: conditions.collect(),
            u,
            source,
            has_expressions,
        }
    }

    fn list(&self, u: &str) -> String {
        let columns = self.wanted.iter().map(|wanted| {
            if let Some(column) = super::named(self.columns, &wanted.name) {
                let text = format!("{u}.{}", backquoted(&column.name));
                return format!(", {}", select_expression(&text, column.declared.sql_type()));
            }
            let (expression, ty) = self.computed(&wanted.name);
            format!(", {}", select_expression(&format!("({expression})"), ty))
        });
        columns.collect()
    }

    /// What each of them is.
    pub(super) fn types(&self) -> Vec<SqlType> {
        let types = self.wanted.iter().map(|wanted| {
            let column = super::named(self.columns, &wanted.name);
            let declared = column.map(|column| column.declared.sql_type());
            declared.unwrap_or_else(|| self.computed(&wanted.name).1)
        });
        types.collect()
    }

    /// The expression that is computed under this name.
    fn computed(&self, name: &str) -> (&str, SqlType) {
        let mut computed = self.users.computed.iter().zip(self.computed);
        let found = computed.find(|((computed, _), _)| computed.eq_ignore_ascii_case(name));
        let ((_, expression), ty) = found.expect("whatever is wanted was found among these");
        (expression, *ty)
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

    fn selected<T>(users: &UsersTable, wanted: &[&str], of: impl Fn(&Selection<'_>) -> T) -> T {
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
        of(&selection)
    }

    fn texts(users: &UsersTable, wanted: &[&str]) -> Texts {
        selected(users, wanted, |selection| selection.texts(&accounts()))
    }

    #[test]
    fn l_10_columns_are_selected_by_their_own_names() {
        let read = texts(&UsersTable::new("accounts"), &["nickName", "odd `name"]);
        assert_eq!(read.columns, ", u.`nickname`, ST_AsText(u.`odd ``name`)");
        assert_eq!(read.source, "`auth`.`accounts` u");
        assert_eq!(texts(&UsersTable::new("accounts"), &[]).columns, "");
    }

    #[test]
    fn what_is_computed_or_demanded_is_so_in_the_table_itself() {
        let users = UsersTable::new("auth.accounts")
            .column("Label", "coalesce(nickname, 'x')")
            .column("unused", "1")
            .only_if("verified")
            .only_if("a OR b");
        let read = texts(&users, &["label", "id"]);
        assert_eq!(
            read.columns,
            ", (coalesce(nickname, 'x')), `auth`.`accounts`.`id`"
        );
        assert_eq!(read.source, "`auth`.`accounts`");
        assert_eq!(read.conditions, " AND (verified) AND (a OR b)");
    }

    #[test]
    fn the_types_are_in_the_order_of_the_list() {
        let users = UsersTable::new("accounts").column("extra", "x");
        let types = selected(&users, &["extra", "Verified", "id"], |selection| {
            selection.types()
        });
        assert_eq!(types, [SqlType::Json, SqlType::Bool, SqlType::Plain]);
    }
}
