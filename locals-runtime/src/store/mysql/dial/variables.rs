//! [`Variables`]: what a server says of itself, by those of its variables that it has.
//!
//! MySQL, MariaDB and their relatives differ in which there are, and a proxy has a version of its own.

use super::failure::Cause;
use crate::store::mysql::error::code;
use mysql_async::{Conn, Row, Value, prelude::Queryable};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Writable,
    /// A replica, or a server that was told to take no writes.
    ReadOnly,
}

#[derive(Debug, Default)]
pub(super) struct Variables(BTreeMap<String, String>);

/// One round trip, for which no right is needed. MySQL's `super_read_only` is never on without `read_only`.
const QUESTION: &str = "\
SHOW GLOBAL VARIABLES WHERE Variable_name IN
('read_only', 'innodb_read_only', 'wsrep_on', 'wsrep_sync_wait', 'tx_isolation', 'transaction_isolation',
 'max_statement_time', 'max_execution_time', 'idle_transaction_timeout', 'completion_type',
 'sql_quote_show_create')";

/// Where a server cuts long answers off, or gives none to a question that may cost much, it does so here too.
const WHOLE_ANSWERS: &str =
    "SET @@SESSION.sql_big_selects = 1, @@SESSION.sql_select_limit = 18446744073709551615";

/// No such statement, no such variable, no right to ask: 1105 is Vitess' and TiDB's for anything.
const UNKNOWN_THERE: &[u16] = &[1064, 1105, 1193, 1227, 1235];

impl Variables {
    /// On a connection of which nothing is set yet.
    pub(super) async fn ask_first(conn: &mut Conn) -> Result<Self, Cause> {
        match conn.query_drop(WHOLE_ANSWERS).await {
            // A relative that does not know them has nothing like it.
            Err(error) if code(&error).is_none() => return Err(Cause::MySql(error)),
            Ok(()) | Err(_) => {}
        }
        Self::ask(conn).await
    }

    pub(super) async fn ask(conn: &mut Conn) -> Result<Self, Cause> {
        match conn.query::<Row, _>(QUESTION).await {
            Ok(rows) => Ok(Self::of(&rows)),
            // A relative that does not know the question: its writes will tell.
            Err(error) if code(&error).is_some_and(|code| UNKNOWN_THERE.contains(&code)) => {
                Ok(Self::default())
            }
            Err(error) => Err(Cause::MySql(error)),
        }
    }

    fn of(rows: &[Row]) -> Self {
        let pairs = rows.iter().filter_map(|row| {
            let name = text(row, 0)?.to_ascii_lowercase();
            Some((name, text(row, 1)?))
        });
        Self(pairs.collect())
    }

    #[cfg(test)]
    pub(super) fn named(pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter();
        Self(
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn role(&self) -> Role {
        if self.is_on("read_only") || self.is_on("innodb_read_only") {
            Role::ReadOnly
        } else {
            Role::Writable
        }
    }

    pub(super) fn is_of_galera(&self) -> bool {
        self.is_on("wsrep_on")
    }

    /// Newer servers of MariaDB have more than one word for a server that is read-only.
    fn is_on(&self, name: &str) -> bool {
        let value = self.0.get(name);
        value.is_some_and(|value| !matches!(value.to_ascii_uppercase().as_str(), "OFF" | "0" | ""))
    }
}

/// Whether a node of Galera takes statements: one that is cut off from the others answers with an error.
pub(super) async fn is_ready(conn: &mut Conn) -> Result<bool, Cause> {
    let asked = conn.query::<Row, _>("SHOW GLOBAL STATUS LIKE 'wsrep_ready'");
    let rows = asked.await.map_err(Cause::MySql)?;
    let ready = rows.first().and_then(|row| text(row, 1));
    Ok(ready.is_none_or(|ready| ready.eq_ignore_ascii_case("ON")))
}

fn text(row: &Row, column: usize) -> Option<String> {
    match row.as_ref(column)? {
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}
