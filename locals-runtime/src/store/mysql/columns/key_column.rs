//! The key column: whether it can be one user's only name.

use super::{TypedColumn, catalog, named, rows, table::Table};
use crate::{
    error::StoreError,
    store::{
        mysql::key::KeyColumn,
        sql::{backquoted, names, refuse},
    },
};
use mysql_async::Conn;

pub(super) fn find<'c>(
    columns: &'c [TypedColumn],
    written: &str,
    table: &Table,
) -> Result<&'c TypedColumn, StoreError> {
    let Some(column) = named(columns, written) else {
        let all: Vec<_> = columns.iter().map(TypedColumn::described).collect();
        return refuse(format!(
            "table `{0}` has no column `{written}` to be its key, or none that this user may see; it has {1}: name \
             the key with `UsersTable::new(\"{2}.{0}\").key(\"..\")`",
            table.name,
            names(&all),
            table.database
        ));
    };
    Ok(column)
}

/// How the column keeps ids, if its type gives every user one id.
pub(super) fn key_type(column: &TypedColumn, table: &Table) -> Result<KeyColumn, StoreError> {
    KeyColumn::of(&column.declared).map_or_else(
        || {
            refuse(format!(
                "the key column `{}` of table `{}` is declared as {}: {}",
                column.name,
                table.name,
                column.declared.column_type,
                reason(&column.declared.data_type)
            ))
        },
        Ok,
    )
}

/// Why a type is no key, and which to take.
fn reason(data_type: &str) -> &'static str {
    match data_type {
        "decimal" | "float" | "double" => {
            "it takes `1` and `1.0` for one, so that a user would have several ids; make the key a bigint"
        }
        "tinytext" | "text" | "mediumtext" | "longtext" | "json" => {
            "no index has the whole of it, and no foreign key can refer to it; make the key a varchar"
        }
        "char" | "varchar" => {
            "its character set does not have every ASCII character; make it `CHARACTER SET utf8mb4`"
        }
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
            "of bytes, only the 16 of a UUID are a key: binary(16); make it that, or a varchar with a collation that \
             ends in `_bin`"
        }
        "enum" | "set" => {
            "its values are places in a list, which a migration may change; make the key a varchar"
        }
        _ => {
            "it has to be tinyint, smallint, mediumint, int or bigint, char or varchar, binary(16) with a UUID, or \
             MariaDB's uuid"
        }
    }
}

/// What an operator has to know of it.
pub(super) fn warnings(column: &TypedColumn, key_type: &KeyColumn, table: &Table) -> Vec<String> {
    let charset = column.declared.charset.as_deref().unwrap_or_default();
    if charset == "ascii" || !key_type.takes_ascii_only() {
        return Vec::new();
    }
    vec![format!(
        "the key column `{}` of table `{}` is of the character set {charset}: users whose id has another \
         character than those of ASCII cannot sign in; `ALTER TABLE {} MODIFY {} .. CHARACTER SET utf8mb4`",
        column.name,
        table.name,
        table.qualified(),
        backquoted(&column.name)
    )]
}

/// InnoDB would let a foreign key refer to what is not unique, too.
pub(super) async fn check_unique(
    conn: &mut Conn,
    column: &TypedColumn,
    table: &Table,
) -> Result<(), StoreError> {
    let asked = (
        table.database.as_str(),
        table.name.as_str(),
        column.name.as_str(),
    );
    let index = rows(conn, catalog::UNIQUE, asked).await?;
    if !index.is_empty() {
        return Ok(());
    }
    refuse(format!(
        "the key column `{}` of table `{}` is not unique, so that two users could be one: make it the primary \
         key, or UNIQUE by itself and as a whole (no prefix, as in `UNIQUE (name(20))`)",
        column.name, table.name
    ))
}

#[cfg(test)]
mod tests {
    use super::{super::column::tests::column, *};

    fn refused(column: &TypedColumn) -> String {
        let refused = key_type(column, &Table::default()).unwrap_err();
        refused.to_string()
    }

    fn text(charset: &str) -> TypedColumn {
        let mut text = column("id", "varchar(64)");
        text.declared.length = Some(64);
        text.declared.charset = Some(charset.to_owned());
        text.declared.collation = Some(format!("{charset}_bin"));
        text
    }

    #[test]
    fn a_type_that_is_no_key_is_refused_with_one_that_is() {
        for (column_type, remedy) in [
            ("decimal(10,0)", "a bigint"),
            ("double", "a bigint"),
            ("text", "a varchar"),
            ("enum('a','b')", "a varchar"),
            ("varbinary(16)", "binary(16)"),
            ("binary(15)", "binary(16)"),
            ("datetime(6)", "it has to be"),
            ("bit(1)", "it has to be"),
        ] {
            let refused = refused(&column("id", column_type));
            assert!(refused.contains(remedy), "{refused}");
            assert!(refused.contains(column_type), "{refused}");
        }
        assert!(refused(&text("swe7")).contains("utf8mb4"));
    }

    #[test]
    fn a_key_keeps_its_character_set_and_collation() {
        let key_type = key_type(&text("latin1"), &Table::default()).unwrap();
        assert_eq!(
            key_type.sql_type(),
            "varchar(64) CHARACTER SET latin1 COLLATE latin1_bin"
        );
    }

    #[test]
    fn a_key_of_a_character_set_that_is_not_known_is_told() {
        let table = Table::default();
        for (charset, is_told) in [
            ("utf8mb4", false),
            ("latin1", false),
            ("ascii", false),
            ("cp1251", true),
        ] {
            let column = text(charset);
            let key_type = key_type(&column, &table).unwrap();
            let warnings = warnings(&column, &key_type, &table).concat();
            assert_eq!(warnings.contains(charset), is_told, "{charset}");
        }
    }

    #[test]
    fn a_key_is_found_in_any_case() {
        let columns = [column("id", "bigint"), column("userId", "bigint")];
        for (written, found) in [
            ("ID", Some("id")),
            ("userid", Some("userId")),
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
