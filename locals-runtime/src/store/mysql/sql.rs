//! Every statement of the MySQL store, in what MySQL 8 and MariaDB both understand.
//!
//! `{sessions}` and `{meta}` are the tables, with their database; `{users}` the application's table.

/// What version of the tables this program reads and writes.
pub(super) const SCHEMA_VERSION: i64 = 1;

/// Stands before the others where the application names the database.
pub(super) const CREATE_DATABASE: &str = "CREATE DATABASE IF NOT EXISTS {database};\n";

/// Times are milliseconds since 1970 (UTC), periods milliseconds. Texts are UTF-8 in bytes: they are compared
/// as such, whatever collation the server has. Those that are over are found in an index that has the moment too, which
/// each renewal changes: by the day alone all are read that end in its course, and of a million that takes seconds.
/// `{guard}` is the reference to the users table, if there is one.
pub(super) const CREATE_SESSIONS: &str = "CREATE TABLE {sessions} (
    id               BINARY(16) NOT NULL PRIMARY KEY,
    secret_hash      BINARY(32) NOT NULL,
    user_id          {key_type} NOT NULL,
    created_at       BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    renewed_at       BIGINT NOT NULL,
    active_until     BIGINT NOT NULL,
    idle_until       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    device           BLOB,
    former_hash      BINARY(32),
    v                SMALLINT NOT NULL DEFAULT 1,
    active_period    BIGINT,
    idle_period      BIGINT,
    browser_session  TINYINT NOT NULL DEFAULT 0,
    assurance        BLOB,
    external_ref     VARBINARY(1024),
    user_stamp       BINARY(32),
    successor_nonce  BINARY(32),
    promoted_at      BIGINT,
    sweep_day        BIGINT NOT NULL,
    KEY `{prefix}sessions_by_user` (user_id),
    KEY `{prefix}sessions_by_day` (sweep_day, idle_until),
    KEY `{prefix}sessions_by_external_ref` (external_ref){guard}
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
";

/// Sessions of a user who is deleted end, and those of a user whose key changes stay. The name is random and
/// kept in `{meta}`.
pub(super) const GUARD: &str = "CONSTRAINT {name} FOREIGN KEY (user_id) REFERENCES {users} ({key})
        ON UPDATE CASCADE ON DELETE CASCADE";

/// One row, whose `guard` is empty where there is no users table. Some servers, those of a
/// cluster among them, take no table without a primary key.
pub(super) const CREATE_META: &str = "CREATE TABLE {meta} (
    version    INT NOT NULL PRIMARY KEY,
    guard      VARBINARY(64) NOT NULL,
    is_marked  TINYINT NOT NULL DEFAULT 0
) ENGINE = InnoDB;
";

pub(super) const INSERT_META: &str =
    "INSERT INTO {meta} (version, guard, is_marked) VALUES ({version}, '{name}', 0);
";

/// Where there is such a row of tables that are gone.
pub(super) const SET_GUARD: &str = "UPDATE {meta} SET guard = '{name}', is_marked = 0;
";

/// Another start may have given the reference another name meanwhile, of which there is no mark yet.
pub(super) const SET_MARKED: &str =
    "UPDATE {meta} SET is_marked = {is_marked} WHERE guard = {guard}";

/// It does nothing, and is there to be lost: a table that is dropped loses it, by whoever does not check foreign keys
/// too, and so it tells the table from another one of its name. Of what a table can be marked by, only this is kept when
/// the table is altered or renamed and costs nothing to add. Rows are seldom deleted from a users table, and each
/// time it needs the account that has made it.
///
/// Without the name of the database, which a dump would keep that is restored in another one.
pub(super) const CREATE_MARKER: &str =
    "USE {database}; CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW BEGIN END";

pub(super) const USE: &str = "USE {database}";

pub(super) const DROP_MARKER: &str = "DROP TRIGGER IF EXISTS {database}.{name};
";

/// What of `user_id` is to change, if anything: [`DROP_REFERENCE`], [`SET_KEY_TYPE`], [`ADD_GUARD`].
pub(super) const ALTER_KEY: &str = "ALTER TABLE {sessions}
    {changes};
";

pub(super) const DROP_REFERENCE: &str = "DROP FOREIGN KEY {reference}";

pub(super) const SET_KEY_TYPE: &str = "MODIFY user_id {key_type} NOT NULL";

pub(super) const ADD_GUARD: &str = "ADD {guard}";

pub(super) const END_ALL: &str = "DELETE FROM {sessions};
";

pub(super) const END_SOME: &str = "DELETE FROM {sessions} LIMIT 10000";

pub(super) const COUNT_SESSIONS: &str = "SELECT COUNT(*) FROM {sessions}";

/// What a program does to the sessions, and does not do here.
pub(super) const WRITES: [&str; 3] = [
    "EXPLAIN INSERT INTO {sessions} SELECT * FROM {sessions} WHERE 1 = 0",
    "EXPLAIN UPDATE {sessions} SET renewed_at = renewed_at WHERE 1 = 0",
    "EXPLAIN DELETE FROM {sessions} WHERE 1 = 0",
];

pub(super) const READ_META: &str =
    "SELECT CAST(version AS SIGNED), guard, CAST(is_marked AS SIGNED) FROM {meta} LIMIT 2";

/// Which of the two tables are there, and what keeps them.
pub(super) const FIND_TABLES: &str =
    "SELECT CAST(t.TABLE_NAME AS CHAR) AS a, CAST(t.ENGINE AS CHAR) AS b
FROM information_schema.TABLES t
WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME IN (?, ?)";

/// With the references of `user_id`.
pub(super) const SHOW_SESSIONS: &str = "SHOW CREATE TABLE {sessions}";

/// Whether a table has a trigger of this name: it was made by whom we are, or not. Asked by the table, since MariaDB
/// looks at every table of every database otherwise.
pub(super) const FIND_MARKER: &str = "SELECT CAST(t.DEFINER = CURRENT_USER() AS SIGNED) AS a
FROM information_schema.TRIGGERS t
WHERE t.EVENT_OBJECT_SCHEMA = {database_text} AND t.EVENT_OBJECT_TABLE = {table_text}
  AND t.TRIGGER_NAME = {name_text}";

/// Who may not see a trigger is told so, and not that there is none.
pub(super) const SHOW_MARKER: &str = "SHOW CREATE TRIGGER {database}.{name}";

/// Whether a session's user is gone: with the reference always in force there is none.
pub(super) const FIND_ORPHAN: &str =
    "SELECT 1 FROM {sessions} s LEFT JOIN {users} u ON u.{key} = s.user_id
WHERE u.{key} IS NULL LIMIT 1";

pub(super) const CURRENT_DATABASE: &str = "SELECT CAST(DATABASE() AS CHAR)";

/// Whether names of tables are the same in upper and lower case.
pub(super) const FOLDS_NAMES: &str = "SELECT CAST(@@lower_case_table_names <> 0 AS SIGNED)";

pub(super) const FIND_DATABASE: &str =
    "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?";

/// Of several nodes that start together, one makes the tables and the others find them.
pub(super) const LOCK: &str = "SELECT CAST(GET_LOCK(?, 60) AS SIGNED)";

pub(super) const UNLOCK: &str = "SELECT CAST(RELEASE_LOCK(?) AS SIGNED)";

/// How committed changes reach the disk, where that can be asked.
pub(super) const FIND_DURABILITY: &str = "SELECT CAST(@@innodb_flush_log_at_trx_commit AS SIGNED)";

/// The columns of a session, in the order in which they are read.
const COLUMNS: [&str; SESSION_COLUMNS] = [
    "id",
    "secret_hash",
    "user_id",
    "created_at",
    "authenticated_at",
    "renewed_at",
    "active_until",
    "idle_until",
    "expires_at",
    "device",
    "v",
    "former_hash",
    "active_period",
    "idle_period",
    "browser_session",
    "assurance",
    "external_ref",
    "user_stamp",
    "successor_nonce",
    "promoted_at",
];

/// How many columns a session has; the user's come after them.
pub(super) const SESSION_COLUMNS: usize = 20;

fn listed(column: impl Fn(&str) -> String) -> String {
    COLUMNS.map(column).join(", ")
}

/// `{columns}` of what is about sessions alone.
pub(super) fn session_columns() -> String {
    listed(|name| format!("s.{name}"))
}

/// `{columns}` of [`LOAD_WITH_USER`]. The user's id is spelled as the users table has it: a collation may call several
/// spellings one.
pub(super) fn session_columns_beside(key: &str) -> String {
    listed(|name| match name {
        "user_id" => key.to_owned(),
        _ => format!("s.{name}"),
    })
}

/// The same of [`LOAD_WITH_COMPUTED_USER`], and `{renamed}` in it.
pub(super) fn renamed_session_columns_beside(key: &str) -> (String, String) {
    let columns = listed(|name| match name {
        "user_id" => key.to_owned(),
        _ => format!("locals_session.locals_{name}"),
    });
    (columns, listed(|name| format!("s.{name} AS locals_{name}")))
}

pub(super) const LOAD: &str = "SELECT {columns} FROM {sessions} s WHERE s.id = ?";

pub(super) const LOAD_WITH_USER: &str = "SELECT {columns}{user_columns} \
     FROM {sessions} s JOIN {source} ON {u}.{key} = s.user_id WHERE s.id = ?";

/// Where the application computes something of its users, or demands it: it names columns by their bare names, which no
/// column of ours may have then. The users stand there themselves and in no subselect, which would be computed for all
/// of them.
pub(super) const LOAD_WITH_COMPUTED_USER: &str = "SELECT {columns}{user_columns} \
     FROM (SELECT {renamed} FROM {sessions} s WHERE s.id = ?) locals_session \
     JOIN {source} ON {u}.{key} = locals_session.locals_user_id WHERE TRUE{conditions}";

pub(super) const LOAD_USER: &str =
    "SELECT {u}.{key}{user_columns} FROM {source} WHERE {u}.{key} = ?{conditions}";

pub(super) const ANY_USER: &str =
    "SELECT {u}.{key}{user_columns} FROM {source} WHERE TRUE{conditions} LIMIT 1";

pub(super) const PING_USERS: &str = "SELECT 1 FROM {users} LIMIT 1";

pub(super) const LIST: &str = "SELECT {columns} FROM {sessions} s WHERE s.user_id = ? AND s.idle_until > ? \
     ORDER BY s.renewed_at DESC, s.id DESC";

pub(super) const BEGIN: &str = "START TRANSACTION";

/// What is signed in for this user elsewhere waits here, and not where the rows are counted.
pub(super) const LOCK_OF_USER: &str = "SELECT id FROM {sessions} WHERE user_id = ? FOR UPDATE";

pub(super) const INSERT: &str = "
INSERT INTO {sessions} (id, secret_hash, user_id, created_at, authenticated_at, renewed_at,
                        active_until, idle_until, expires_at, device, former_hash,
                        active_period, idle_period, browser_session, assurance, external_ref,
                        user_stamp, successor_nonce, promoted_at, sweep_day)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// The user's other sessions, with those that are being made at this moment.
pub(super) const OTHERS: &str = "
SELECT id, idle_until, renewed_at FROM {sessions} WHERE user_id = ? AND id <> ? FOR UPDATE";

/// What is NULL changes nothing, but another secret the succession. Columns are set from left to right, each from what
/// those before it have become: the former hash before the hash.
pub(super) const UPDATE: &str = "
UPDATE {sessions} SET
    renewed_at = COALESCE(?, renewed_at),
    active_until = COALESCE(?, active_until),
    idle_until = COALESCE(?, idle_until),
    sweep_day = COALESCE(?, sweep_day),
    former_hash = IF(?, secret_hash, former_hash),
    secret_hash = COALESCE(?, secret_hash),
    authenticated_at = COALESCE(?, authenticated_at),
    promoted_at = IF(?, ?, promoted_at),
    successor_nonce = IF(?, ?, successor_nonce)
WHERE id = ? AND secret_hash = ? AND (active_until = ? OR ?) AND (successor_nonce IS NOT NULL OR ?)";

pub(super) const END: &str = "DELETE FROM {sessions} WHERE id = ?";

/// `{ids}` are literals: there is no parameter for a list.
pub(super) const END_SEVERAL: &str = "DELETE FROM {sessions} WHERE id IN ({ids})";

pub(super) const LEFT_OF_SEVERAL: &str = "SELECT 1 FROM {sessions} WHERE id IN ({ids}) LIMIT 1";

pub(super) const DELETE_BY_EXTERNAL_REF: &str = "DELETE FROM {sessions} WHERE external_ref = ?";

pub(super) const LEFT_BY_EXTERNAL_REF: &str =
    "SELECT 1 FROM {sessions} WHERE external_ref = ? LIMIT 1";

pub(super) const DELETE_OF_USER: &str = "DELETE FROM {sessions} WHERE user_id = ?";

pub(super) const LEFT_OF_USER: &str = "SELECT 1 FROM {sessions} WHERE user_id = ? LIMIT 1";

pub(super) const DELETE_OTHERS_OF_USER: &str =
    "DELETE FROM {sessions} WHERE user_id = ? AND id <> ?";

pub(super) const LEFT_OTHERS_OF_USER: &str =
    "SELECT 1 FROM {sessions} WHERE user_id = ? AND id <> ? LIMIT 1";

pub(super) const DELETE_ONE_OF_USER: &str = "DELETE FROM {sessions} WHERE id = ? AND user_id = ?";

/// Not locked: whoever comes first removes them.
pub(super) const FIND_EXPIRED: &str = "
SELECT id FROM {sessions} WHERE sweep_day <= ? AND idle_until <= ? ORDER BY sweep_day LIMIT ?";

/// One that was renewed meanwhile stays.
pub(super) const DELETE_EXPIRED: &str =
    "DELETE FROM {sessions} WHERE id IN ({ids}) AND idle_until <= {deadline}";

pub(super) const PING: &str = "
SELECT (SELECT COUNT(*) FROM {meta}), (SELECT COUNT(*) FROM (SELECT 1 FROM {sessions} LIMIT 1) s)";
