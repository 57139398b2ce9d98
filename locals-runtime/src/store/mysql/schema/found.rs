//! What stands in the catalogue about our tables.

use crate::{
    error::StoreError,
    store::{
        mysql::{
            asking::{ask, text_in, texts},
            names::Names,
            record::number,
            sql,
        },
        sql::refuse,
    },
};
use mysql_async::{Conn, Params, Row};

pub(super) struct Found {
    pub(super) has_sessions: bool,
    pub(super) has_meta: bool,
    /// Whether names of tables are the same in upper and lower case.
    pub(super) folds_names: bool,
    pub(super) warnings: Vec<String>,
}

impl Found {
    pub(super) async fn look(conn: &mut Conn, names: &Names) -> Result<Self, StoreError> {
        let (sessions, meta) = (names.sessions_name(), names.meta_name());
        let parameters = texts([&names.database, &sessions, &meta]);
        let rows = ask(conn, sql::FIND_TABLES, parameters).await?;
        let mut found = Self {
            has_sessions: false,
            has_meta: false,
            folds_names: is_true(conn, sql::FOLDS_NAMES).await?,
            warnings: durability(conn).await.into_iter().collect(),
        };
        for row in &rows {
            let (Some(name), engine) = (text_in(row, 0), text_in(row, 1)) else {
                continue;
            };
            check_engine(&name, engine.as_deref())?;
            found.has_sessions |= name.eq_ignore_ascii_case(&sessions);
            found.has_meta |= name.eq_ignore_ascii_case(&meta);
        }
        Ok(found)
    }
}

async fn is_true(conn: &mut Conn, statement: &str) -> Result<bool, StoreError> {
    let rows = ask(conn, statement, Params::Empty).await?;
    Ok(rows.first().and_then(|row| number(row, 0)) == Some(1))
}

/// No failure where it cannot be asked.
async fn durability(conn: &mut Conn) -> Option<String> {
    let rows = ask(conn, sql::FIND_DURABILITY, Params::Empty).await.ok()?;
    let flushes = rows.first().and_then(|row| number(row, 0))?;
    (flushes != 1).then(|| {
        format!(
            "MySQL runs with `innodb_flush_log_at_trx_commit = {flushes}`: a crash may bring back the sessions that \
             ended in the second before it"
        )
    })
}

/// TiDB calls its own by this name, too.
fn check_engine(name: &str, engine: Option<&str>) -> Result<(), StoreError> {
    match engine {
        Some(engine) if engine.eq_ignore_ascii_case("InnoDB") => Ok(()),
        engine => refuse(format!(
            "table `{name}` is of the engine {}, which has no transactions: `ALTER TABLE {name} ENGINE = InnoDB`, or \
             drop it if it is left over",
            engine.unwrap_or("of a view")
        )),
    }
}

/// The one row of `{meta}`.
pub(super) struct Meta {
    pub(super) version: i64,
    /// The name of the reference to the users table, or what stands for that table where nothing refers to it; empty
    /// where there is none.
    pub(super) guard: String,
    pub(super) is_marked: bool,
}

impl Meta {
    pub(super) fn read(rows: &[Row]) -> Option<Self> {
        let [row] = rows else {
            return None;
        };
        Some(Self {
            version: number(row, 0)?,
            guard: text_in(row, 1)?,
            is_marked: number(row, 2)? != 0,
        })
    }

    /// Whether there is a users table, to which nothing refers.
    pub(super) fn names_users(&self) -> bool {
        self.guard.starts_with(super::UNREFERRED)
    }
}
