//! The settings of a connection, whatever the server's own are: how long it lets a statement run and wait for a
//! lock, which it gives up before its caller does, and what a statement means there.

use super::variables::Variables;
use crate::store::mysql::target::WAIT_TIMEOUT_SECONDS;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
pub(in crate::store::mysql) struct Limits {
    statement: Duration,
    /// Whole seconds are the least that a server knows here and below.
    row_lock_seconds: u32,
    table_lock_seconds: u32,
    /// After that the server ends a transaction, with its locks, of a program that hangs.
    idle_transaction_seconds: u32,
}

/// Of a connection that serves requests.
pub(in crate::store::mysql) const LIMITS: Limits = Limits {
    statement: Duration::from_millis(1500),
    row_lock_seconds: 1,
    table_lock_seconds: 2,
    idle_transaction_seconds: 5,
};

/// Of the one that makes the tables, which may have to wait for a transaction of the application.
pub(in crate::store::mysql) const LIMITS_OF_SETUP: Limits = Limits {
    statement: Duration::from_secs(60),
    row_lock_seconds: 5,
    table_lock_seconds: 5,
    idle_transaction_seconds: 60,
};

/// Strict: otherwise what is too long is cut, and what is no number is 0. Neither ANSI_QUOTES nor
/// NO_BACKSLASH_ESCAPES, whatever the server has.
const SQL_MODE: &str = "'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'";

impl Limits {
    /// One statement. Of what only some servers have, it sets what this one has.
    pub(super) fn statement(&self, server: &Variables) -> String {
        let common = self.common().into_iter();
        let special = self.special().into_iter();
        let special = special.filter(|(name, _)| server.has(name));
        let isolation = (isolation(server), "'READ-COMMITTED'".to_owned());
        let settings = common.chain([isolation]).chain(special);
        let settings = settings.map(|(name, value)| format!("@@SESSION.{name} = {value}"));
        let settings: Vec<_> = settings.collect();
        format!("SET {}", settings.join(", "))
    }

    fn common(&self) -> [(&'static str, String); 11] {
        let utf8mb4 = || "utf8mb4".to_owned();
        [
            ("sql_mode", SQL_MODE.to_owned()),
            ("time_zone", "'+00:00'".to_owned()),
            ("character_set_client", utf8mb4()),
            ("character_set_connection", utf8mb4()),
            ("character_set_results", utf8mb4()),
            ("autocommit", "1".to_owned()),
            // Sessions end with their user by a foreign key.
            ("foreign_key_checks", "1".to_owned()),
            // Sessions that are over are not found by their key.
            ("sql_safe_updates", "0".to_owned()),
            ("wait_timeout", WAIT_TIMEOUT_SECONDS.to_string()),
            (
                "innodb_lock_wait_timeout",
                self.row_lock_seconds.to_string(),
            ),
            ("lock_wait_timeout", self.table_lock_seconds.to_string()),
        ]
    }

    fn special(&self) -> [(&'static str, String); 6] {
        [
            // COMMIT begins no transaction, and ends no connection.
            ("completion_type", "0".to_owned()),
            // The references of the sessions are read as they are shown.
            ("sql_quote_show_create", "1".to_owned()),
            // MariaDB's, in seconds.
            (
                "max_statement_time",
                self.statement.as_secs_f64().to_string(),
            ),
            // MySQL's, in milliseconds, for what only reads.
            ("max_execution_time", self.statement.as_millis().to_string()),
            (
                "idle_transaction_timeout",
                self.idle_transaction_seconds.to_string(),
            ),
            // Of Galera: a read sees what another node has committed, such as a sign-out, and so does a sign-out.
            ("wsrep_sync_wait", "3".to_owned()),
        ]
    }
}

/// MariaDB had the old name alone until 11.1; MySQL 8 has the new one alone.
fn isolation(server: &Variables) -> &'static str {
    if server.has("tx_isolation") && !server.has("transaction_isolation") {
        "tx_isolation"
    } else {
        "transaction_isolation"
    }
}
