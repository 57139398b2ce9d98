//! Every statement of the PostgreSQL store.
//!
//! `{sessions}` and `{meta}` are the tables, with their schema; `{users}` the application's table. `{lock_limit}` and
//! `{durability}` stand for what a change needs where nothing is set for the connection, which is behind a pooler.
//!
//! Functions are called by their schema, and so is the operator by which keys are compared: of `varchar` or a domain
//! PostgreSQL has none, and would take one of the application's schema whose types fit better. Every other operator
//! has operands of exactly the types for which there is one.

mod guard;

pub(super) use guard::{
    CREATE_GUARD_FUNCTIONS, DROP_GUARD_FUNCTIONS, FIND_GUARD, FIND_TABLES, GIVE_GUARD_FUNCTIONS,
    GUARD_CALL, GUARD_LOOKUP,
};

/// What version of the tables this program reads and writes.
pub(super) const SCHEMA_VERSION: i32 = 1;

/// Stands before the others where the application names the schema.
pub(super) const CREATE_SCHEMA: &str = "CREATE SCHEMA IF NOT EXISTS {schema};\n";

/// Times are milliseconds since 1970 (UTC), periods milliseconds. Texts are UTF-8 in bytes: they are compared
/// as such, and may hold what `text` may not. No index is of a column that a renewal changes more than once a day,
/// so that its new row stands beside the old one (heap-only tuples). `{guard}` is the reference to the users
/// table, if there is one.
///
/// A longer bucket than a day would spare renewals more (of a million sessions with the default lifetimes, 42 % were
/// heap-only with a day, 66 % with two, 94 % with 2^30 ms), but each batch of the sweeper reads the bucket of its
/// deadline: with a day never more than what is due within one (15 000 rows), with 2^30 ms at first 400 000 that live.
pub(super) const CREATE_SESSIONS: &str = r#"CREATE TABLE {sessions} (
    id               bytea NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
    secret_hash      bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    user_id          {key_type} NOT NULL,
    created_at       bigint NOT NULL,
    authenticated_at bigint NOT NULL,
    renewed_at       bigint NOT NULL,
    active_until     bigint NOT NULL,
    idle_until       bigint NOT NULL,
    expires_at       bigint NOT NULL,
    device           bytea,
    former_hash      bytea CHECK (octet_length(former_hash) = 32),
    v                smallint NOT NULL DEFAULT 1,
    active_period    bigint,
    idle_period      bigint,
    browser_session  boolean NOT NULL DEFAULT false,
    assurance        bytea,
    external_ref     bytea,
    user_stamp       bytea CHECK (octet_length(user_stamp) = 32),
    successor_nonce  bytea CHECK (octet_length(successor_nonce) = 32),
    promoted_at      bigint,
    sweep_day        bigint NOT NULL GENERATED ALWAYS AS (idle_until / 86400000) STORED{guard}
) WITH (fillfactor = 85);
CREATE INDEX "{prefix}sessions_by_user" ON {sessions} (user_id);
CREATE INDEX "{prefix}sessions_by_day" ON {sessions} (sweep_day);
CREATE INDEX "{prefix}sessions_by_external_ref" ON {sessions} (external_ref)
    WHERE external_ref IS NOT NULL;
"#;

/// Sessions of a user who is deleted end, and those of a user whose key changes stay. The name is random and
/// kept in `{meta}`: a reference that was dropped and made again has another.
pub(super) const GUARD: &str = "\
CONSTRAINT {name} FOREIGN KEY (user_id) REFERENCES {users} ({key})
        ON UPDATE CASCADE ON DELETE CASCADE";

/// One row.
pub(super) const CREATE_META: &str = "\
CREATE TABLE {meta} (
    version integer NOT NULL,
    guard   text NOT NULL
);
INSERT INTO {meta} (version, guard) VALUES ({version}, '{name}');
";

/// Ends every session and leaves the table, so that what refers to it stays, and its ON DELETE acts. What the
/// application defers is checked at once: with anything left to be checked, no table is altered.
pub(super) const END_ALL: &str = "\
LOCK TABLE {sessions} IN ACCESS EXCLUSIVE MODE;
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM {sessions};
";

/// Then what of `user_id` is to change, if anything: [`DROP_REFERENCE`], [`SET_KEY_TYPE`], [`ADD_GUARD`].
pub(super) const ALTER_KEY: &str = "ALTER TABLE {sessions}
    {changes};
";

pub(super) const DROP_REFERENCE: &str = "DROP CONSTRAINT {reference}";

/// No row is left to have another.
pub(super) const SET_KEY_TYPE: &str = "ALTER COLUMN user_id TYPE {key_type} USING NULL";

pub(super) const ADD_GUARD: &str = "ADD {guard}";

/// At last.
pub(super) const SET_GUARD: &str = "UPDATE {meta} SET guard = '{name}';
";

/// How `user_id` is declared (100 is the database's own collation), and the names of its references.
pub(super) const FIND_KEY: &str = "
SELECT pg_catalog.format_type(a.atttypid, a.atttypmod)
       || CASE WHEN co.oid <> '100' THEN pg_catalog.format(' COLLATE %I.%I', n.nspname, co.collname) ELSE '' END,
       ARRAY(SELECT pg_catalog.quote_ident(c.conname) FROM pg_catalog.pg_constraint c
             WHERE c.conrelid = a.attrelid AND c.contype = 'f' AND c.conparentid = '0'
               AND a.attnum = ANY (c.conkey)
             ORDER BY c.conname)
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = co.collnamespace
WHERE a.attrelid = pg_catalog.to_regclass($1)::pg_catalog.oid AND a.attname = 'user_id' AND NOT a.attisdropped";

pub(super) const READ_META: &str = "SELECT version, guard FROM {meta}";

/// Who else may write `$1`: an owner of it or of `$2` who is another role than this one and those it belongs to, and not
/// the schema's owner; and whoever is granted it, one of its columns, or triggers of it. No superuser.
pub(super) const FIND_WRITERS: &str = "
SELECT pg_catalog.quote_ident(r.rolname::text), true
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
JOIN pg_catalog.pg_roles me ON me.rolname = current_user
WHERE c.oid IN (pg_catalog.to_regclass($1)::pg_catalog.oid, pg_catalog.to_regclass($2)::pg_catalog.oid)
  AND r.oid <> me.oid AND NOT r.rolsuper
  AND (me.rolsuper OR NOT pg_catalog.pg_has_role(r.oid, 'MEMBER'))
  AND NOT pg_catalog.pg_has_role(r.oid, n.nspowner, 'MEMBER')
UNION
SELECT coalesce(pg_catalog.quote_ident(r.rolname::text), 'PUBLIC'), false
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL (
    SELECT g.grantee, g.privilege_type FROM pg_catalog.aclexplode(c.relacl) g
    UNION
    SELECT g.grantee, g.privilege_type
    FROM pg_catalog.pg_attribute a CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) g
    WHERE a.attrelid = c.oid AND NOT a.attisdropped
) g
LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
WHERE c.oid = pg_catalog.to_regclass($1)::pg_catalog.oid AND g.privilege_type IN ('INSERT', 'UPDATE', 'TRIGGER')
  AND g.grantee <> c.relowner AND r.rolname IS DISTINCT FROM current_user AND r.rolsuper IS NOT TRUE
ORDER BY 1";

pub(super) const FIND_SCHEMA: &str =
    "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1::text";

pub(super) const CURRENT_SCHEMA: &str = "SELECT pg_catalog.current_schema()::text";

pub(super) const COUNT_SESSIONS: &str = "SELECT pg_catalog.count(*) FROM {sessions}";

/// Of the transaction in which the tables are made. Whoever waits for another node's does so without a limit of its
/// own, which it has again by [`LIMIT_WAITING`].
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 0";

pub(super) const LIMIT_WAITING: &str = "SET LOCAL lock_timeout TO DEFAULT";

/// Of several nodes that start together, one makes the tables and the others find them.
pub(super) const LOCK: &str = "SELECT pg_catalog.pg_advisory_xact_lock($1)::text";

/// The columns of a session, in the order in which they are read.
macro_rules! session_columns {
    () => {
        "s.id, s.secret_hash, s.user_id, s.created_at, s.authenticated_at, s.renewed_at, \
         s.active_until, s.idle_until, s.expires_at, s.device, s.v, s.former_hash, \
         s.active_period, s.idle_period, s.browser_session, s.assurance, s.external_ref, \
         s.user_stamp, s.successor_nonce, s.promoted_at"
    };
}

/// How many columns a session has; which users table was read, whether there is a user and the user's
/// columns come after them.
pub(super) const SESSION_COLUMNS: usize = 20;

pub(super) const LOAD: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM {sessions} s WHERE s.id = $1"
);

/// The table that the guard refers to, as long as it is what the names stand for: with the table or its key
/// renamed, the name may be another's; without the reference, the key of a user who is gone may be. Each argument has
/// its type: literals without would call a function of somebody else's that takes texts.
pub(super) const GUARDED: &str = "{guard_function}(\
    {sessions_literal}::pg_catalog.regclass, {guard_literal}::pg_catalog.name, \
    {users_literal}::pg_catalog.regclass, {key_literal}::pg_catalog.name)";

pub(super) const LOAD_WITH_USER: &str = concat!(
    "SELECT ",
    session_columns!(),
    ", {guarded}, u.{key} IS NOT NULL{user_columns} \
     FROM {sessions} s LEFT JOIN {source} u ON u.{key} OPERATOR(pg_catalog.=) s.user_id WHERE s.id = $1"
);

/// A row even if there is no such user.
pub(super) const LOAD_USER: &str = "SELECT {guarded}, u.{key} IS NOT NULL{user_columns} \
     FROM (SELECT 1) one LEFT JOIN {source} u ON u.{key} OPERATOR(pg_catalog.=) $1";

/// Whose sessions are in another store.
pub(super) const FIND_USER: &str =
    "SELECT u.{key}{user_columns} FROM {source} u WHERE u.{key} = $1";

pub(super) const ANY_USER: &str = "SELECT u.{key}{user_columns} FROM {source} u LIMIT 1";

pub(super) const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM {sessions} s WHERE s.user_id OPERATOR(pg_catalog.=) $1 AND s.idle_until > $2 \
     ORDER BY s.renewed_at DESC, s.id DESC"
);

pub(super) const INSERT: &str = "
INSERT INTO {sessions} (id, secret_hash, user_id, created_at, authenticated_at, renewed_at,
                        active_until, idle_until, expires_at, device, former_hash,
                        active_period, idle_period, browser_session, assurance, external_ref,
                        user_stamp, successor_nonce, promoted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

/// Ends the user's sessions beyond the limit, first those that are past their end, then the least
/// recently used; never the one just made. How many of them were alive.
pub(super) const EVICT: &str = "
WITH gone AS (
    DELETE FROM {sessions} WHERE id IN (
        SELECT id FROM {sessions} WHERE user_id OPERATOR(pg_catalog.=) $1 AND id <> $2
        ORDER BY idle_until <= $4, renewed_at DESC, id OFFSET $3
    ) RETURNING idle_until > $4 AS was_alive
)
SELECT pg_catalog.count(*) FILTER (WHERE was_alive) FROM gone";

/// New deadlines are `$3` to `$6`, another secret `$7` and perhaps `$8` and `$9`, a promotion `$10`; what
/// is NULL changes nothing, but another secret the succession.
macro_rules! update {
    () => {
        "
UPDATE {sessions} SET
    renewed_at = coalesce($4, renewed_at),
    active_until = coalesce($5, active_until),
    idle_until = coalesce($6, idle_until),
    secret_hash = coalesce($7, secret_hash),
    former_hash = CASE WHEN $7 IS NULL THEN former_hash ELSE secret_hash END,
    authenticated_at = coalesce($8, authenticated_at),
    successor_nonce = CASE WHEN $7 IS NULL AND $10 IS NULL THEN successor_nonce ELSE $9 END,
    promoted_at = CASE WHEN $7 IS NULL AND $10 IS NULL THEN promoted_at ELSE $10 END
WHERE id = $1 AND secret_hash = $2 AND ($3 IS NULL OR active_until = $3)
  AND ($10 IS NULL OR successor_nonce IS NOT NULL){lock_limit}"
    };
}

/// Answers a row if one was changed.
pub(super) const UPDATE: &str = concat!(update!(), "{durability} RETURNING 1");

/// The same, and the answer does not wait for the disk: losing it in a power cut costs nothing but another
/// renewal.
pub(super) const UPDATE_WITHOUT_WAITING: &str = concat!(
    update!(),
    " AND pg_catalog.set_config('synchronous_commit', 'off', true) = 'off' RETURNING 1"
);

pub(super) const END: &str = "
WITH gone AS (
    DELETE FROM {sessions} WHERE id = ANY ($1){lock_limit}{durability} RETURNING 1
)
SELECT pg_catalog.count(*) FROM gone";

pub(super) const DELETE_BY_EXTERNAL_REF: &str = "
WITH gone AS (
    DELETE FROM {sessions} WHERE external_ref = $1{lock_limit}{durability} RETURNING 1
)
SELECT pg_catalog.count(*) FROM gone";

/// All of a user's, or all but `$2`, or only `$3`.
pub(super) const DELETE_OF_USER: &str = "
WITH gone AS (
    DELETE FROM {sessions}
    WHERE user_id OPERATOR(pg_catalog.=) $1 AND ($2 IS NULL OR id <> $2) AND ($3 IS NULL OR id = $3) RETURNING 1
)
SELECT pg_catalog.count(*) FROM gone";

/// What another node is about to remove is left to it.
pub(super) const DELETE_EXPIRED: &str = "
WITH gone AS (
    DELETE FROM {sessions} WHERE id = ANY (ARRAY(
        SELECT id FROM {sessions} WHERE sweep_day <= $1 / 86400000 AND idle_until <= $1
        ORDER BY sweep_day LIMIT $2
        FOR UPDATE SKIP LOCKED
    )) RETURNING 1
)
SELECT pg_catalog.count(*) FROM gone";

pub(super) const PING: &str = "
SELECT (SELECT pg_catalog.count(*) FROM {meta}),
       (SELECT pg_catalog.count(*) FROM (SELECT 1 FROM {sessions} LIMIT 1) s)";

/// Where the sessions are in another store.
pub(super) const PING_USERS: &str = "SELECT 1 FROM {users} LIMIT 1";

/// So it is on a standby, too.
pub(super) const IS_READ_ONLY: &str =
    "SELECT pg_catalog.current_setting('transaction_read_only') = 'on'";

/// Where the database answers a commit before it is on the disk, ours ask for more. Answers whether the settings
/// with which the connection was begun have come through.
pub(super) const MAKE_READY: &str = "
SELECT pg_catalog.current_setting('lock_timeout'),
       pg_catalog.set_config('synchronous_commit',
                             CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                                  ELSE pg_catalog.current_setting('synchronous_commit') END, false)";
