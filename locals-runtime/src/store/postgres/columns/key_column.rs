//! The key column: whether it can be one user's only name.

use super::{TypedColumn, catalog, cell, rows, table::Table};
use crate::{
    error::StoreError,
    store::{
        postgres::key::KeyColumn,
        sql::{names, refuse},
    },
};
use tokio_postgres::{Client, types::Type};

/// The column of this name, or in lower case if there is none that is written so.
pub(super) fn find<'c>(
    columns: &'c [TypedColumn],
    written: &str,
    table: &Table,
) -> Result<&'c TypedColumn, StoreError> {
    let named = |name: &str| columns.iter().find(|column| column.name == name);
    let Some(column) = named(written).or_else(|| named(&written.to_ascii_lowercase())) else {
        let all: Vec<_> = columns.iter().map(TypedColumn::described).collect();
        return refuse(format!(
            "table `{0}` has no column `{written}` to be its key; it has {1}: name the key with \
             `UsersTable::new(\"{2}.{0}\").key(\"..\")`",
            table.name,
            names(&all),
            table.schema
        ));
    };
    Ok(column)
}

/// How the column keeps ids, if its type gives every user one id.
pub(super) fn key_type(column: &TypedColumn, table: &Table) -> Result<KeyColumn, StoreError> {
    let reason = match takes_for_one(column) {
        Some(takes) => format!(
            "{takes} for one, so that a user would have several ids; make the key a bigint, a uuid or a \
             text without that"
        ),
        None => match KeyColumn::of(column.ty.oid, column.collation.as_deref()) {
            Some(key_type) => return Ok(key_type),
            None => "it has to be smallint, integer, bigint, uuid, text or varchar, or a domain over one \
                     of those"
                .to_owned(),
        },
    };
    refuse(format!(
        "the key column `{}` of table `{}` is of type {}: {reason}",
        column.name, table.name, column.declared
    ))
}

/// What the column compares as equal and is not.
fn takes_for_one(column: &TypedColumn) -> Option<&'static str> {
    if column.ty.name == "citext" {
        Some("it takes `Ada` and `ada`")
    } else if column.ty.is(&Type::BPCHAR) {
        Some("it takes `ada` with and without blanks behind it")
    } else if column.ty.is(&Type::NUMERIC) {
        Some("it takes `1` and `1.0`")
    } else if !column.is_deterministic {
        Some("its collation is not deterministic and takes different texts")
    } else {
        None
    }
}

/// A foreign key refers to what is unique at any time.
pub(super) async fn check_unique(
    client: &Client,
    column: &TypedColumn,
    table: &Table,
) -> Result<(), StoreError> {
    let index = rows(
        client,
        catalog::UNIQUE,
        &[(&table.oid, Type::OID), (&column.number, Type::INT2)],
    )
    .await?;
    let is_immediate: Option<bool> = index.first().map(|row| cell(row, 0)).transpose()?;
    let key = &column.name;
    match is_immediate {
        Some(true) => Ok(()),
        Some(false) => refuse(format!(
            "the key column `{key}` of table `{}` is unique only when a transaction ends (`DEFERRABLE`), \
             and the sessions cannot refer to it: make its constraint `NOT DEFERRABLE`",
            table.name
        )),
        None => refuse(format!(
            "the key column `{key}` of table `{}` is not unique, so that two users could be one: make it \
             the primary key, or UNIQUE by itself and without a condition",
            table.name
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::column::tests::column, *};

    fn refused(column: &TypedColumn) -> String {
        let refused = key_type(column, &Table::default()).unwrap_err();
        refused.to_string()
    }

    #[test]
    fn a_key_under_which_a_user_has_several_ids_is_refused() {
        let several = "several ids";
        assert!(refused(&column("id", &Type::BPCHAR)).contains(several));
        assert!(refused(&column("id", &Type::NUMERIC)).contains(several));
        let mut citext = column("id", &Type::TEXT);
        citext.ty.oid = 16_389;
        citext.ty.name = "citext".into();
        assert!(refused(&citext).contains("`Ada` and `ada`"));
        let mut blind = column("id", &Type::TEXT);
        blind.is_deterministic = false;
        assert!(refused(&blind).contains("collation"));
        assert!(refused(&column("id", &Type::BYTEA)).contains("it has to be"));
    }

    #[test]
    fn a_key_keeps_its_collation() {
        let mut c = column("id", &Type::VARCHAR);
        c.collation = Some("pg_catalog.\"C\"".into());
        let key_type = key_type(&c, &Table::default()).unwrap();
        assert_eq!(key_type.sql_type(), "text COLLATE pg_catalog.\"C\"");
    }

    #[test]
    fn a_key_is_found_as_written_or_in_lower_case() {
        let columns = [column("id", &Type::INT8), column("userId", &Type::INT8)];
        for (written, found) in [
            ("id", Some("id")),
            ("ID", Some("id")),
            ("userId", Some("userId")),
            ("userid", None),
            ("uuid", None),
        ] {
            let key = find(&columns, written, &Table::default());
            let name = key.as_ref().ok().map(|column| column.name.as_str());
            assert_eq!(name, found, "{written}");
        }
        let refused = find(&columns, "no", &Table::default()).unwrap_err();
        assert!(refused.to_string().contains("it has `id`, `userId`"));
    }
}
