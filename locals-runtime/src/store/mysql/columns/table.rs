//! Which table is meant, and whether sessions can refer to it.

use super::{catalog, cell, rows};
use crate::{
    error::StoreError,
    store::sql::{backquoted, refuse},
};
use mysql_async::{Conn, Row};

/// A table that is there.
#[cfg_attr(test, derive(Default))]
pub(super) struct Table {
    pub(super) database: String,
    pub(super) name: String,
    /// `BASE TABLE`, and the like.
    kind: String,
    /// A view has none.
    engine: Option<String>,
    options: String,
    /// Who asks, as `app@%`.
    user: String,
}

/// Where a connection is, and who it is for.
struct Context {
    database: Option<String>,
    /// 0 where names of tables differ in case, 1 where they are kept in lower case, 2 where they are compared so.
    lower_case: u64,
    user: String,
}

impl Context {
    async fn ask(conn: &mut Conn) -> Result<Self, StoreError> {
        let found = rows(conn, catalog::CONTEXT, ()).await?;
        let row = found.first().expect("a SELECT without FROM has a row");
        Ok(Self {
            database: cell(row, 0)?,
            lower_case: cell(row, 1)?,
            user: cell(row, 2)?,
        })
    }

    /// A name as the server looks for it.
    fn kept(&self, written: &str) -> String {
        match self.lower_case {
            1 => written.to_ascii_lowercase(),
            _ => written.to_owned(),
        }
    }

    /// Whether the server takes these names of tables for one.
    fn is(&self, name: &str, found: &str) -> bool {
        match self.lower_case {
            0 => name == found,
            _ => name.eq_ignore_ascii_case(found),
        }
    }

    fn database_of<'w>(&self, written: &'w str) -> Result<(String, &'w str), StoreError> {
        match (written.split_once('.'), &self.database) {
            (Some((database, name)), _) => Ok((self.kept(database), name)),
            (None, Some(database)) => Ok((database.clone(), written)),
            (None, None) => refuse(format!(
                "the connection names no database to look for the users table `{written}` in: write it into the \
                 URL, `mysql://../app`, or before the table, `with_users(\"app.{written}\")`"
            )),
        }
    }
}

impl Table {
    /// The table of this name, in the connection's database if it names none.
    pub(super) async fn find(conn: &mut Conn, written: &str) -> Result<Self, StoreError> {
        let context = Context::ask(conn).await?;
        let (database, name) = context.database_of(written)?;
        let asked = (database.as_str(), context.kept(name));
        for row in rows(conn, catalog::TABLE, asked).await? {
            let table = Self::of(&row, &context)?;
            if context.is(name, &table.name) {
                table.check()?;
                return Ok(table);
            }
        }
        not_there(conn, &context, &database, name).await
    }

    fn of(row: &Row, context: &Context) -> Result<Self, StoreError> {
        let options: Option<String> = cell(row, 4)?;
        Ok(Self {
            database: cell(row, 0)?,
            name: cell(row, 1)?,
            kind: cell(row, 2)?,
            engine: cell(row, 3)?,
            options: options.unwrap_or_default(),
            user: context.user.clone(),
        })
    }

    /// As a statement names it.
    pub(super) fn qualified(&self) -> String {
        format!("{}.{}", backquoted(&self.database), backquoted(&self.name))
    }

    fn check(&self) -> Result<(), StoreError> {
        let Self { database, name, .. } = self;
        match self.kind.as_str() {
            "BASE TABLE" | "SYSTEM VERSIONED" => Ok(()),
            "VIEW" => refuse(format!(
                "`{database}.{name}` is a view, of which nothing says that a key is of one user: name the table behind it; \
                 the fields of the type choose its columns, `.only_if(..)` its rows"
            )),
            "TEMPORARY" => refuse(format!(
                "`{database}.{name}` is a temporary table, which hides the users table: drop it"
            )),
            _ => refuse(format!("`{database}.{name}` is no table")),
        }
    }

    /// Why no foreign key can refer to it, if none can.
    pub(super) fn unreferenced(&self) -> Option<String> {
        let Self { database, name, .. } = self;
        let qualified = self.qualified();
        let engine = self.engine.as_deref().unwrap_or("no engine");
        if self.options.contains("partitioned") {
            Some(format!(
                "`{database}.{name}` is partitioned, and no foreign key can refer to such a table: `ALTER TABLE \
                 {qualified} REMOVE PARTITIONING`, or set `foreign_key(false)`"
            ))
        } else if engine.eq_ignore_ascii_case("InnoDB") {
            None
        } else {
            Some(format!(
                "`{database}.{name}` is kept by {engine}, and no foreign key of InnoDB can refer to it: `ALTER \
                 TABLE {qualified} ENGINE=InnoDB`, or set `foreign_key(false)`"
            ))
        }
    }

    /// That the user may not do something with it, as the server says it, and how it may.
    pub(super) fn not_granted(&self, what: &str, said: &str) -> String {
        format!(
            "the user `{}` of the database may not {what} ({said}): `GRANT SELECT ON {} TO {}`, or the like for \
             whatever else is named",
            self.user,
            self.qualified(),
            grantee(&self.user)
        )
    }
}

/// `'app'@'%'`, from `app@%`.
fn grantee(user: &str) -> String {
    let quoted = |name: &str| format!("'{}'", name.replace('\'', "''"));
    match user.rsplit_once('@') {
        Some((name, host)) => format!("{}@{}", quoted(name), quoted(host)),
        None => quoted(user),
    }
}

async fn not_there<T>(
    conn: &mut Conn,
    context: &Context,
    database: &str,
    name: &str,
) -> Result<T, StoreError> {
    let asked = (name.to_ascii_lowercase(), database);
    let elsewhere = rows(conn, catalog::ELSEWHERE, asked).await?;
    let advice = match elsewhere.first() {
        Some(row) => other_table(&cell::<String>(row, 0)?, &cell::<String>(row, 1)?, database),
        None => {
            "create it before `Auth::builder(..).connect()`, or name the users table that is there"
                .to_owned()
        }
    };
    refuse(format!(
        "there is no table `{name}` in the database `{database}`, or none that the user `{}` may see: {advice}",
        context.user
    ))
}

fn other_table(database: &str, name: &str, searched: &str) -> String {
    if database == searched {
        format!("there is `{name}`, which is another name here: `with_users(\"{name}\")`")
    } else {
        format!("there is one in the database `{database}`: `with_users(\"{database}.{name}\")`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(kind: &str, engine: &str, options: &str) -> Table {
        Table {
            database: "auth".into(),
            name: "odd `name".into(),
            kind: kind.into(),
            engine: Some(engine.into()),
            options: options.into(),
            user: "o'hara@10.0.0.%".into(),
        }
    }

    fn context(lower_case: u64) -> Context {
        Context {
            database: Some("App".into()),
            lower_case,
            user: "app@%".into(),
        }
    }

    #[test]
    fn l_10_a_name_is_quoted_part_by_part() {
        let table = table("BASE TABLE", "InnoDB", "");
        assert_eq!(table.qualified(), "`auth`.`odd ``name`");
        let told = table.not_granted("read its columns", "denied");
        assert!(told.contains("`GRANT SELECT ON `auth`.`odd ``name` TO 'o''hara'@'10.0.0.%'`"));
    }

    #[test]
    fn only_a_table_will_do() {
        table("BASE TABLE", "InnoDB", "").check().unwrap();
        table("SYSTEM VERSIONED", "InnoDB", "").check().unwrap();
        for (kind, reason) in [
            ("VIEW", "is a view"),
            ("TEMPORARY", "is a temporary table"),
            ("SEQUENCE", "is no table"),
            ("SYSTEM VIEW", "is no table"),
        ] {
            let refused = table(kind, "InnoDB", "").check().unwrap_err().to_string();
            assert!(refused.contains(reason), "{refused}");
        }
    }

    #[test]
    fn what_no_foreign_key_can_refer_to_is_told_with_the_remedy() {
        let unreferenced = |engine, options| table("BASE TABLE", engine, options).unreferenced();
        assert_eq!(unreferenced("InnoDB", "row_format=DYNAMIC"), None);
        let refused = unreferenced("MyISAM", "").unwrap();
        assert!(refused.contains("`ALTER TABLE `auth`.`odd ``name` ENGINE=InnoDB`"));
        let refused = unreferenced("InnoDB", "partitioned").unwrap();
        assert!(refused.contains("REMOVE PARTITIONING"), "{refused}");
    }

    #[test]
    fn a_table_is_looked_for_as_the_server_keeps_names() {
        for (lower_case, kept, is_one) in
            [(0, "Users", false), (1, "users", true), (2, "Users", true)]
        {
            assert_eq!(context(lower_case).kept("Users"), kept);
            assert_eq!(context(lower_case).is("Users", "users"), is_one);
            assert!(context(lower_case).is("users", "users"));
        }
    }

    #[test]
    fn a_table_is_in_the_database_that_is_named() {
        let database_of = |context: Context, written| {
            let (database, name) = context.database_of(written)?;
            Ok::<_, StoreError>(format!("{database}/{name}"))
        };
        assert_eq!(database_of(context(0), "users").unwrap(), "App/users");
        assert_eq!(database_of(context(0), "Auth.users").unwrap(), "Auth/users");
        assert_eq!(database_of(context(1), "Auth.users").unwrap(), "auth/users");
        let nowhere = Context {
            database: None,
            ..context(0)
        };
        let refused = database_of(nowhere, "users").unwrap_err().to_string();
        assert!(refused.contains("with_users(\"app.users\")"), "{refused}");
    }
}
