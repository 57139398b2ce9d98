//! Every statement of the SQLite store.

/// What version of the tables this program reads and writes; see [`CREATE_SESSIONS`].
pub(super) const SCHEMA_VERSION: i64 = 3;

/// The oldest whose tables [`MIGRATE_FROM_2`] makes into those of today.
pub(super) const MIGRATED_VERSION: i64 = 2;

/// One row: the version of the tables, and what `user_id` refers to.
pub(super) const CREATE_META: &str = "
CREATE TABLE locals_meta (
    version     INTEGER NOT NULL,
    users_table TEXT NOT NULL,
    users_key   TEXT NOT NULL,
    key_type    TEXT NOT NULL
) STRICT";

pub(super) const READ_META: &str =
    "SELECT version, users_table, users_key, key_type FROM locals_meta";

pub(super) const UPDATE_META: &str =
    "UPDATE locals_meta SET version = ?1, users_table = ?2, users_key = ?3";

pub(super) const UPDATE_VERSION: &str = "UPDATE locals_meta SET version = ?1";

pub(super) const WRITE_META: &str =
    "INSERT INTO locals_meta (version, users_table, users_key, key_type) VALUES (?1, ?2, ?3, ?4)";

/// Times are milliseconds since 1970 (UTC), periods milliseconds. `{key_type}` and `{references}` follow the users table.
///
/// Ids are random. In a table `WITHOUT ROWID`, as earlier versions have made it, whole rows go to anywhere; here they go
/// to the end, and to anywhere only their ids and users, in indexes of many to a page. With a million rows, and sign-ins in
/// the order of the users, that made 1.8 × as many in a second. Its price in instructions: 1 to 5 % of a page, 11 % of a
/// sign-out.
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
    former_hash      BLOB CHECK (length(former_hash) = 32),
    v                INTEGER NOT NULL DEFAULT 1,
    active_period    INTEGER,
    idle_period      INTEGER,
    browser_session  INTEGER NOT NULL DEFAULT 0,
    assurance        TEXT,
    external_ref     TEXT,
    user_stamp       BLOB CHECK (length(user_stamp) = 32),
    successor_nonce  BLOB CHECK (length(successor_nonce) = 32),
    promoted_at      INTEGER
) STRICT";

/// The columns that the tables of version 2 do not have; a session of theirs has the periods of the
/// configuration.
pub(super) const MIGRATE_FROM_2: &str = "
ALTER TABLE locals_sessions ADD COLUMN active_period INTEGER;
ALTER TABLE locals_sessions ADD COLUMN idle_period INTEGER;
ALTER TABLE locals_sessions ADD COLUMN browser_session INTEGER NOT NULL DEFAULT 0;
ALTER TABLE locals_sessions ADD COLUMN assurance TEXT;
ALTER TABLE locals_sessions ADD COLUMN external_ref TEXT;
ALTER TABLE locals_sessions ADD COLUMN user_stamp BLOB CHECK (length(user_stamp) = 32);
ALTER TABLE locals_sessions ADD COLUMN successor_nonce BLOB CHECK (length(successor_nonce) = 32);
ALTER TABLE locals_sessions ADD COLUMN promoted_at INTEGER;
CREATE INDEX locals_sessions_by_external_ref ON locals_sessions (external_ref)
WHERE external_ref IS NOT NULL";

pub(super) const REFERENCES: &str =
    "REFERENCES {table} ({key}) ON UPDATE CASCADE ON DELETE CASCADE";

pub(super) const CREATE_INDEXES: &str = "
CREATE INDEX locals_sessions_by_user ON locals_sessions (user_id);
CREATE INDEX locals_sessions_by_end ON locals_sessions (idle_until);
CREATE INDEX locals_sessions_by_external_ref ON locals_sessions (external_ref)
WHERE external_ref IS NOT NULL";

/// The guard of the users table, in the order in which it is made: deleting a user ends the user's
/// sessions, and a user whose key changes keeps them, also on a connection that does not enforce
/// foreign keys: SQLite may give the next user the same key.
///
/// A row that `OR REPLACE` removes fires no trigger there, so whoever comes to a key, new or by a
/// change of it, finds the sessions of its former owner ended. A key may change without being named
/// (a generated column, `SET rowid = ..`), so every update of a row is looked at.
///
/// SQLite keeps these texts as they are written here, but for the names of a table or column that is
/// renamed, which it puts in quotes: [`guard`](super::guard) compares them.
pub(super) const GUARD_TRIGGERS: [(&str, &str); 4] = [
    (
        "locals_user_deleted",
        r#"CREATE TRIGGER locals_user_deleted AFTER DELETE ON {table}
BEGIN
    DELETE FROM "locals_sessions" WHERE "user_id" = OLD.{key};
END"#,
    ),
    (
        "locals_user_created",
        r#"CREATE TRIGGER locals_user_created AFTER INSERT ON {table}
BEGIN
    DELETE FROM "locals_sessions" WHERE "user_id" = NEW.{key};
END"#,
    ),
    (
        "locals_user_moving",
        r#"CREATE TRIGGER locals_user_moving BEFORE UPDATE ON {table}
WHEN NEW.{key} IS NOT OLD.{key}
BEGIN
    DELETE FROM "locals_sessions" WHERE "user_id" = NEW.{key};
END"#,
    ),
    (
        "locals_user_moved",
        r#"CREATE TRIGGER locals_user_moved AFTER UPDATE ON {table}
WHEN NEW.{key} IS NOT OLD.{key}
BEGIN
    UPDATE "locals_sessions" SET "user_id" = NEW.{key} WHERE "user_id" = OLD.{key};
END"#,
    ),
];

/// The last piece of the guard, made after the triggers: it shows whether one of them was made again.
pub(super) const GUARD_VIEW: &str = "CREATE VIEW locals_guard AS SELECT {generation} AS generation";

pub(super) const DROP_GUARD_VIEW: &str = "DROP VIEW locals_guard";

/// In the order in which the objects were made; `VACUUM` and renaming keep it.
pub(super) const READ_GUARD: &str = "
SELECT name, sql FROM sqlite_schema
WHERE name IN ('locals_user_created', 'locals_user_deleted', 'locals_user_moved',
               'locals_user_moving', 'locals_guard')
ORDER BY rowid";

/// What `user_id` refers to, and whether the reference does all it has to.
pub(super) const READ_REFERENCE: &str = "
SELECT \"table\", coalesce(\"to\", ''), \"from\" = 'user_id' AND on_update = 'CASCADE' AND on_delete = 'CASCADE'
FROM pragma_foreign_key_list('locals_sessions')";

pub(super) const EXISTS: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE)";

pub(super) const HAS_COLUMN: &str =
    "SELECT EXISTS (SELECT 1 FROM pragma_table_xinfo(?1) WHERE name = ?2 COLLATE NOCASE)";

pub(super) const TABLE_OR_VIEW: &str = "
SELECT type FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')";

pub(super) const TABLE_COLUMNS: &str = "SELECT name, type FROM pragma_table_xinfo(?1)";

/// Of the unique indexes of a key.
pub(super) const OTHER_COLLATION: &str = "
SELECT x.coll FROM pragma_index_list(?1) i, pragma_index_xinfo(i.name) x
WHERE i.\"unique\" AND x.key AND x.name = ?2 COLLATE NOCASE AND x.coll <> 'BINARY'";

/// Whether the key alone tells users apart: it is the primary key, or has an index for that.
pub(super) const IS_UNIQUE: &str = "
SELECT coalesce((SELECT group_concat(name) = ?2 COLLATE NOCASE FROM pragma_table_info(?1) WHERE pk), 0)
       OR EXISTS (SELECT 1 FROM pragma_index_list(?1) i
                  WHERE i.\"unique\" AND NOT i.partial
                    AND (SELECT group_concat(coalesce(x.name, '')) = ?2 COLLATE NOCASE
                         FROM pragma_index_info(i.name) x))";

/// Whether the key is the rowid, which the next user may get from one who is deleted.
pub(super) const IS_REUSED: &str = "
SELECT EXISTS (SELECT 1 FROM pragma_table_info(?1)
               WHERE pk AND name = ?2 COLLATE NOCASE AND type = 'INTEGER' COLLATE NOCASE)
       AND EXISTS (SELECT 1 FROM pragma_table_list(?1) WHERE schema = 'main' AND NOT wr)
       AND EXISTS (SELECT 1 FROM sqlite_schema
                   WHERE type = 'table' AND name = ?1 COLLATE NOCASE AND sql NOT LIKE '%AUTOINCREMENT%')";

/// What kind of value a key column keeps.
pub(super) const KEPT_KEY: &str =
    "SELECT typeof({key}) FROM {table} WHERE {key} IS NOT NULL LIMIT 1";

/// Whether SQLite takes an expression of the application's; it answers no row.
pub(super) const EXPRESSION: &str = "SELECT ({expression}) FROM {table} WHERE 0";

pub(super) const ENCODING: &str = "PRAGMA encoding";

pub(super) const ANY_SESSION: &str = "SELECT EXISTS (SELECT 1 FROM locals_sessions)";

pub(super) const COUNT_SESSIONS: &str = "SELECT count(*) FROM locals_sessions";

pub(super) const DROP_ALL: &str = "
DROP TRIGGER IF EXISTS locals_user_created;
DROP TRIGGER IF EXISTS locals_user_deleted;
DROP TRIGGER IF EXISTS locals_user_moved;
DROP TRIGGER IF EXISTS locals_user_moving;
DROP VIEW IF EXISTS locals_guard;
DROP TABLE IF EXISTS locals_sessions;
DROP TABLE IF EXISTS locals_meta";

/// The columns of a session, in the order in which they are read; whether one of the last five is there
/// comes before them, since most sessions have none of them.
macro_rules! session_columns {
    () => {
        "s.id, s.secret_hash, s.user_id, s.created_at, s.authenticated_at, s.renewed_at, \
         s.active_until, s.idle_until, s.expires_at, s.device, s.v, s.former_hash, \
         s.active_period, s.idle_period, s.browser_session, \
         coalesce(s.assurance, s.external_ref, s.user_stamp, s.successor_nonce, s.promoted_at) \
         IS NOT NULL, \
         s.assurance, s.external_ref, s.user_stamp, s.successor_nonce, s.promoted_at"
    };
}

/// How many columns a session has; a user's columns come after them.
pub(super) const SESSION_COLUMNS: usize = 21;

macro_rules! of_user {
    () => {
        "WHERE user_id = +?1 AND id IS NOT +?2 AND (?3 IS NULL OR id = +?3)"
    };
}

pub(super) const LOAD: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM locals_sessions s WHERE s.id = ?1"
);

/// With a bare `?1`, recent releases of SQLite plan this join anew for every id that is bound; so it is with what is
/// compared with an indexed column in the statements below.
pub(super) const LOAD_WITH_USER: &str = concat!(
    "SELECT ",
    session_columns!(),
    "{user_columns} FROM locals_sessions s JOIN {users} u ON u.{key} = s.user_id WHERE s.id = +?1"
);

pub(super) const LOAD_USER: &str = "SELECT u.{key}{user_columns} FROM {users} u WHERE u.{key} = ?1";

pub(super) const ANY_USER: &str = "SELECT u.{key}{user_columns} FROM {users} u LIMIT 1";

pub(super) const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM locals_sessions s WHERE s.user_id = +?1 AND s.idle_until > +?2 \
     ORDER BY s.renewed_at DESC, s.id DESC"
);

pub(super) const INSERT: &str = "
INSERT INTO locals_sessions (id, secret_hash, user_id, created_at, authenticated_at, renewed_at,
                             active_until, idle_until, expires_at, device, former_hash,
                             active_period, idle_period, browser_session, assurance, external_ref,
                             user_stamp, successor_nonce, promoted_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";

/// Whether the user has more sessions than that. The index knows, and most have fewer.
pub(super) const ANY_BEYOND: &str =
    "SELECT 1 FROM locals_sessions WHERE user_id = +?1 LIMIT 1 OFFSET +?2";

/// Ends the user's sessions beyond the limit, first those that are past their end, then the least
/// recently used; never the one just made.
pub(super) const EVICT: &str = "
DELETE FROM locals_sessions WHERE id IN (
    SELECT id FROM locals_sessions WHERE user_id = +?1 AND id <> +?2
    ORDER BY idle_until <= +?4, renewed_at DESC, id LIMIT -1 OFFSET +?3
) RETURNING idle_until > ?4";

/// New deadlines are `?3` to `?6`, another secret `?7` and perhaps `?8` and `?9`, a promotion `?10`; what
/// is NULL changes nothing, but another secret the succession.
pub(super) const UPDATE: &str = "
UPDATE locals_sessions SET renewed_at = coalesce(?4, renewed_at),
                           active_until = coalesce(?5, active_until),
                           idle_until = coalesce(?6, idle_until),
                           secret_hash = coalesce(?7, secret_hash),
                           former_hash = iif(?7 IS NULL, former_hash, secret_hash),
                           authenticated_at = coalesce(?8, authenticated_at),
                           successor_nonce = iif(?7 IS NULL AND ?10 IS NULL, successor_nonce, ?9),
                           promoted_at = iif(?7 IS NULL AND ?10 IS NULL, promoted_at, ?10)
WHERE id = ?1 AND secret_hash = ?2 AND (?3 IS NULL OR active_until = ?3)
  AND (?10 IS NULL OR successor_nonce IS NOT NULL)";

pub(super) const DELETE_BY_EXTERNAL_REF: &str =
    "DELETE FROM locals_sessions WHERE external_ref = ?1";

/// Whether any of those is left.
pub(super) const ANY_OF_EXTERNAL_REF: &str =
    "SELECT 1 FROM locals_sessions WHERE external_ref = ?1";

pub(super) const DELETE: &str = "DELETE FROM locals_sessions WHERE id = ?1";

pub(super) const SESSION_EXISTS: &str =
    "SELECT EXISTS (SELECT 1 FROM locals_sessions WHERE id = ?1)";

/// All of a user's, or all but `?2`, or only `?3`.
pub(super) const DELETE_OF_USER: &str = concat!("DELETE FROM locals_sessions ", of_user!());

/// Whether any of those is left.
pub(super) const ANY_OF_USER: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM locals_sessions ",
    of_user!(),
    ")"
);

pub(super) const DELETE_EXPIRED: &str = "
DELETE FROM locals_sessions WHERE id IN (
    SELECT id FROM locals_sessions WHERE idle_until <= +?1 ORDER BY idle_until LIMIT +?2
)";

/// Where the sessions are in another store.
pub(super) const PING_USERS: &str = "SELECT 1 FROM {table} LIMIT 1";

pub(super) const PING: &str =
    "SELECT (SELECT count(*) FROM locals_meta), (SELECT 1 FROM locals_sessions LIMIT 1)";

#[cfg(test)]
mod tests;
