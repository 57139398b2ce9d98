//! Every statement of the SQLite store.

/// What version of the tables this program reads and writes; see [`CREATE_SESSIONS`].
pub(super) const SCHEMA_VERSION: i64 = 1;

/// One row: the version of the tables, and what `user_id` refers to.
pub(super) const CREATE_META: &str = "
CREATE TABLE locals_meta (
    version     INTEGER NOT NULL,
    users_table TEXT NOT NULL,
    users_key   TEXT NOT NULL,
    key_type    TEXT NOT NULL
) STRICT";

pub(super) const META_EXISTS: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'locals_meta')";

pub(super) const READ_META: &str =
    "SELECT version, users_table, users_key, key_type FROM locals_meta";

pub(super) const WRITE_META: &str =
    "INSERT INTO locals_meta (version, users_table, users_key, key_type) VALUES (?1, ?2, ?3, ?4)";

/// Times are milliseconds since 1970 (UTC). `{key_type}` and `{references}` follow the users table.
pub(super) const CREATE_SESSIONS: &str = "
CREATE TABLE locals_sessions (
    id               BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    secret_hash      BLOB NOT NULL CHECK (length(secret_hash) = 32),
    user_id          {key_type} NOT NULL {references},
    created_at       INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    renewed_at       INTEGER NOT NULL,
    active_until     INTEGER NOT NULL,
    idle_until       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    device           TEXT,
    v                INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID";

pub(super) const REFERENCES: &str =
    "REFERENCES {table} ({key}) ON UPDATE CASCADE ON DELETE CASCADE";

pub(super) const CREATE_INDEXES: &str = "
CREATE INDEX locals_sessions_by_user ON locals_sessions (user_id);
CREATE INDEX locals_sessions_by_end ON locals_sessions (idle_until)";

/// Deleting a user ends the user's sessions, and a user whose key changes keeps them, also on a
/// connection that does not enforce foreign keys: SQLite may give the next user the same key.
///
/// A row that `OR REPLACE` removes fires no trigger there, so whoever comes to a key, new or by a
/// change of it, finds the sessions of its former owner ended.
pub(super) const CREATE_TRIGGERS: &str = "
CREATE TRIGGER locals_user_deleted AFTER DELETE ON {table}
BEGIN
    DELETE FROM locals_sessions WHERE user_id = OLD.{key};
END;
CREATE TRIGGER locals_user_created AFTER INSERT ON {table}
BEGIN
    DELETE FROM locals_sessions WHERE user_id = NEW.{key};
END;
CREATE TRIGGER locals_user_moving BEFORE UPDATE OF {key} ON {table}
WHEN NEW.{key} IS NOT OLD.{key}
BEGIN
    DELETE FROM locals_sessions WHERE user_id = NEW.{key};
END;
CREATE TRIGGER locals_user_moved AFTER UPDATE OF {key} ON {table}
BEGIN
    UPDATE locals_sessions SET user_id = NEW.{key} WHERE user_id = OLD.{key};
END";

pub(super) const COUNT_TRIGGERS: &str = "
SELECT count(*) FROM sqlite_schema
WHERE type = 'trigger'
  AND name IN ('locals_user_created', 'locals_user_deleted', 'locals_user_moved', 'locals_user_moving')
  AND tbl_name = ?1 COLLATE NOCASE";

pub(super) const DROP_TRIGGERS: &str = "
DROP TRIGGER IF EXISTS locals_user_created;
DROP TRIGGER IF EXISTS locals_user_deleted;
DROP TRIGGER IF EXISTS locals_user_moved;
DROP TRIGGER IF EXISTS locals_user_moving";

pub(super) const DELETE_ORPHANS: &str =
    "DELETE FROM locals_sessions WHERE user_id NOT IN (SELECT {key} FROM {table})";

pub(super) const ANY_SESSION: &str = "SELECT EXISTS (SELECT 1 FROM locals_sessions)";

/// The table that `user_id` refers to, if any.
pub(super) const REFERRED_TABLE: &str =
    "SELECT \"table\" FROM pragma_foreign_key_list('locals_sessions')";

pub(super) const DROP_ALL: &str = "
DROP TRIGGER IF EXISTS locals_user_created;
DROP TRIGGER IF EXISTS locals_user_deleted;
DROP TRIGGER IF EXISTS locals_user_moved;
DROP TRIGGER IF EXISTS locals_user_moving;
DROP TABLE locals_sessions;
DROP TABLE locals_meta";

/// The columns of a session, in the order in which they are read.
macro_rules! session_columns {
    () => {
        "s.id, s.secret_hash, s.user_id, s.created_at, s.authenticated_at, s.renewed_at, \
         s.active_until, s.idle_until, s.expires_at, s.device, s.v"
    };
}

/// How many columns a session has; a user's columns come after them.
pub(super) const SESSION_COLUMNS: usize = 11;

pub(super) const LOAD: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM locals_sessions s WHERE s.id = ?1"
);

pub(super) const LOAD_WITH_USER: &str = concat!(
    "SELECT ",
    session_columns!(),
    "{user_columns} FROM locals_sessions s JOIN {table} u ON u.{key} = s.user_id WHERE s.id = ?1"
);

pub(super) const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM locals_sessions s WHERE s.user_id = ?1 AND s.idle_until > ?2 \
     ORDER BY s.renewed_at DESC, s.id DESC"
);

pub(super) const INSERT: &str = "
INSERT INTO locals_sessions (id, secret_hash, user_id, created_at, authenticated_at, renewed_at,
                             active_until, idle_until, expires_at, device)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// Ends the user's least recently used sessions beyond the limit; never the one just made.
pub(super) const EVICT: &str = "
DELETE FROM locals_sessions WHERE id IN (
    SELECT id FROM locals_sessions WHERE user_id = ?1 AND id <> ?2
    ORDER BY renewed_at DESC LIMIT -1 OFFSET ?3
)";

pub(super) const EXTEND: &str = "
UPDATE locals_sessions SET renewed_at = ?4, active_until = ?5, idle_until = ?6
WHERE id = ?1 AND secret_hash = ?2 AND active_until = ?3";

pub(super) const ROTATE: &str = "
UPDATE locals_sessions SET secret_hash = ?3, authenticated_at = coalesce(?4, authenticated_at)
WHERE id = ?1 AND secret_hash = ?2";

pub(super) const END: &str = "DELETE FROM locals_sessions WHERE id = ?1 AND secret_hash = ?2";

pub(super) const DELETE: &str = "DELETE FROM locals_sessions WHERE id = ?1";

pub(super) const DELETE_OF_USER: &str = "DELETE FROM locals_sessions WHERE user_id = ?1";

pub(super) const DELETE_OTHERS_OF_USER: &str =
    "DELETE FROM locals_sessions WHERE user_id = ?1 AND id <> ?2";

pub(super) const DELETE_ONE_OF_USER: &str =
    "DELETE FROM locals_sessions WHERE user_id = ?1 AND id = ?2";

pub(super) const DELETE_EXPIRED: &str = "
DELETE FROM locals_sessions WHERE id IN (
    SELECT id FROM locals_sessions WHERE idle_until <= ?1 ORDER BY idle_until LIMIT ?2
)";

pub(super) const PING: &str =
    "SELECT (SELECT count(*) FROM locals_meta), (SELECT 1 FROM locals_sessions LIMIT 1)";
