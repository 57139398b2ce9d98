//! Which table is meant, and whether sessions can refer to it.

use super::{catalog, cell, rows};
use crate::{
    error::StoreError,
    store::{
        link::one_line,
        postgres::error::failure,
        sql::{quoted, refuse},
    },
};
use tokio_postgres::{
    Client, Error, Row,
    error::SqlState,
    types::{ToSql, Type},
};

/// A table that is there.
#[cfg_attr(test, derive(Default))]
pub(super) struct Table {
    pub(super) oid: u32,
    pub(super) schema: String,
    pub(super) name: String,
    kind: String,
    persistence: String,
    is_row_security_active: bool,
    /// Who asks.
    role: String,
}

impl Table {
    /// The table of this name; in lower case, as PostgreSQL makes names that stand in no quotes, if there is
    /// none that is written so.
    pub(super) async fn find(client: &Client, written: &str) -> Result<Self, StoreError> {
        let names = [in_quotes(written), in_quotes(&written.to_ascii_lowercase())];
        let found = client.query_typed(catalog::TABLE, &texts(&names)).await;
        let found = found.or_else(|error| not_looked_up(error, written))?;
        let Some(row) = found.first() else {
            return not_there(client, written).await;
        };
        let table = Self::of(row)?;
        table.check()?;
        Ok(table)
    }

    fn of(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            oid: cell(row, 0)?,
            schema: cell(row, 1)?,
            name: cell(row, 2)?,
            kind: cell(row, 3)?,
            persistence: cell(row, 4)?,
            is_row_security_active: cell(row, 5)?,
            role: cell(row, 6)?,
        })
    }

    /// As a statement names it.
    pub(super) fn qualified(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// What stands behind `FROM`: the sessions refer to no row of a table that inherits from this one. Partitions are
    /// no such tables.
    pub(super) fn own_rows(&self) -> String {
        let only = if self.kind == "r" { "ONLY " } else { "" };
        format!("{only}{}", self.qualified())
    }

    fn check(&self) -> Result<(), StoreError> {
        let Self { schema, name, .. } = self;
        match (self.kind.as_str(), self.persistence.as_str()) {
            ("r" | "p", "p") => Ok(()),
            ("r" | "p", "t") => refuse(format!(
                "`{schema}.{name}` is a temporary table, which hides the users table: name its schema, or \
                 drop the temporary one"
            )),
            ("r" | "p", _) => refuse(format!(
                "`{schema}.{name}` is an unlogged table, and the sessions cannot refer to one: `ALTER TABLE \
                 {} SET LOGGED`",
                self.qualified()
            )),
            ("v" | "m", _) => refuse(format!(
                "`{schema}.{name}` is a view, of which nothing says that a key is of one user: name the table behind it; \
                 the fields of the type choose its columns, `.only_if(..)` its rows"
            )),
            ("f", _) => refuse(format!(
                "`{schema}.{name}` is a foreign table, and the sessions cannot refer to one: load the users \
                 with `users_with`"
            )),
            _ => refuse(format!("`{schema}.{name}` is no table")),
        }
    }

    /// What an operator has to know, and what is not an error.
    pub(super) fn warnings(&self) -> Vec<String> {
        let Self { schema, name, .. } = self;
        let is_hidden = self.is_row_security_active.then(|| {
            format!(
                "row security is in force on `{schema}.{name}` for the role `{role}`: a user whom its \
                 policies hide cannot sign in and has no session; let a policy show every user to \
                 {role}, or `ALTER ROLE {} BYPASSRLS`",
                quoted(&self.role),
                role = self.role
            )
        });
        is_hidden.into_iter().collect()
    }

    /// That the role may not do something with these columns, and how it may.
    pub(super) fn not_granted(&self, what: &str, right: &str, columns: &[&str]) -> String {
        let plural = if columns.len() == 1 { "" } else { "s" };
        let granted: Vec<_> = columns.iter().map(|name| quoted(name)).collect();
        format!(
            "the role `{}` may not {what} the column{plural} `{}` of `{}.{}`: `GRANT {right} ({}) ON {} TO {}`",
            self.role,
            columns.join("`, `"),
            self.schema,
            self.name,
            granted.join(", "),
            self.qualified(),
            quoted(&self.role)
        )
    }

    /// That the role may not read what an expression is about, as the server says it.
    pub(super) fn not_readable(&self, expression: &str, said: &str) -> String {
        format!(
            "the role `{}` may not read what `{expression}` names ({said}): `GRANT SELECT (..) ON {} TO {}`, or \
             the like for whatever else it names",
            self.role,
            self.qualified(),
            quoted(&self.role)
        )
    }
}

/// As `"auth"."accounts"`, from `auth.accounts`.
pub(super) fn in_quotes(written: &str) -> String {
    let names: Vec<_> = written.split('.').map(quoted).collect();
    names.join(".")
}

fn texts(names: &[String; 2]) -> [(&(dyn ToSql + Sync), Type); 2] {
    names
        .each_ref()
        .map(|name| (name as &(dyn ToSql + Sync), Type::TEXT))
}

/// A schema that may not be used cannot even be asked what is not in it.
fn not_looked_up<T>(error: Error, written: &str) -> Result<T, StoreError> {
    match error.as_db_error() {
        Some(said) if said.code() == &SqlState::INSUFFICIENT_PRIVILEGE => refuse(format!(
            "the users table `{written}` cannot be looked up: {}; `GRANT USAGE ON SCHEMA ..` to the role",
            one_line(said.message())
        )),
        _ => Err(failure(error)),
    }
}

async fn not_there<T>(client: &Client, written: &str) -> Result<T, StoreError> {
    let (schema, name) = match written.split_once('.') {
        Some((schema, name)) => (Some(schema), name),
        None => (None, written),
    };
    let names = [name.to_owned(), name.to_ascii_lowercase()];
    let elsewhere = rows(client, catalog::ELSEWHERE, &texts(&names)).await?;
    let advice = match elsewhere.first() {
        Some(row) => other_schema(&cell::<String>(row, 0)?, &cell::<String>(row, 1)?),
        None => {
            "create it before `Auth::builder(..).connect()`, or name the users table that is there"
                .to_owned()
        }
    };
    let searched = searched(client, schema).await?;
    refuse(format!(
        "there is no table `{name}` in {searched}: {advice}"
    ))
}

fn other_schema(schema: &str, name: &str) -> String {
    format!("there is one in the schema `{schema}`: `with_users(\"{schema}.{name}\")`")
}

/// Where the table was looked for.
async fn searched(client: &Client, schema: Option<&str>) -> Result<String, StoreError> {
    let found = rows(client, catalog::SEARCHED, &[]).await?;
    let row = found.first().expect("a SELECT without FROM has a row");
    let (database, path): (String, String) = (cell(row, 0)?, cell(row, 1)?);
    Ok(match schema {
        Some(schema) => format!("the schema `{schema}` of the database `{database}`"),
        None if path.is_empty() => {
            format!("the database `{database}`, whose search path names no schema that is there")
        }
        None => format!("the database `{database}` (searched: `{path}`)"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(kind: &str, persistence: &str) -> Table {
        Table {
            oid: 16_384,
            schema: "auth".into(),
            name: "odd \"name".into(),
            kind: kind.into(),
            persistence: persistence.into(),
            is_row_security_active: true,
            role: "app".into(),
        }
    }

    #[test]
    fn l_10_a_name_is_quoted_part_by_part() {
        assert_eq!(in_quotes("accounts"), "\"accounts\"");
        assert_eq!(in_quotes("auth.Accounts"), "\"auth\".\"Accounts\"");
        assert_eq!(table("r", "p").qualified(), "\"auth\".\"odd \"\"name\"");
    }

    #[test]
    fn rows_of_a_child_are_read_where_it_is_a_partition() {
        let qualified = table("r", "p").qualified();
        assert_eq!(table("p", "p").own_rows(), qualified);
        assert_eq!(table("r", "p").own_rows(), format!("ONLY {qualified}"));
    }

    #[test]
    fn only_a_table_that_sessions_can_refer_to_will_do() {
        table("r", "p").check().unwrap();
        table("p", "p").check().unwrap();
        for (kind, persistence, reason) in [
            ("v", "p", "is a view"),
            ("m", "p", "is a view"),
            ("f", "p", "is a foreign table"),
            ("S", "p", "is no table"),
            ("r", "t", "is a temporary table"),
            ("r", "u", "SET LOGGED"),
        ] {
            let refused = table(kind, persistence).check().unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn row_security_is_told() {
        let warnings = table("r", "p").warnings();
        assert!(warnings.concat().contains("ALTER ROLE \"app\" BYPASSRLS"));
    }

    #[test]
    fn a_privilege_that_is_missing_is_told_as_the_grant() {
        let users = table("r", "p");
        let told = users.not_granted("read", "SELECT", &["id", "odd \"column"]);
        let on_table = "ON \"auth\".\"odd \"\"name\" TO \"app\"`";
        let grant = format!("`GRANT SELECT (\"id\", \"odd \"\"column\") {on_table}");
        assert!(told.ends_with(&grant), "{told}");
        assert!(told.contains("columns `id`, `odd \"column`"), "{told}");
        let told = users.not_granted("refer to", "REFERENCES", &["id"]);
        let grant =
            format!("the column `id` of `auth.odd \"name`: `GRANT REFERENCES (\"id\") {on_table}");
        assert!(told.ends_with(&grant), "{told}");
    }
}
