//! What is asked of the reference to the users table, and by what.

/// Whether a trigger of the reference `c` does nothing; each partition has a constraint and triggers of its own.
macro_rules! is_disabled {
    () => {
        "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint p
                      JOIN pg_catalog.pg_trigger t ON t.tgconstraint = p.oid
                      WHERE p.conrelid = c.conrelid AND p.contype = 'f' AND p.conkey[1] = c.conkey[1]
                        AND t.tgenabled NOT IN ('O', 'A'))"
    };
}

macro_rules! guard_lookup {
    () => {
        concat!(
            "
    SELECT c.confrelid FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
    WHERE c.conrelid = sessions AND c.contypid = 0 AND c.conname = guard AND c.confrelid = users
      AND c.convalidated AND c.confdeltype = 'c' AND c.confupdtype = 'c' AND a.attname = key
      AND NOT ",
            is_disabled!(),
            "\n"
        )
    };
}

macro_rules! guard_call {
    () => {
        "\n    SELECT {guard_lookup}(sessions, guard, users, key)\n"
    };
}

/// The types of what either function is given.
macro_rules! arguments {
    () => {
        "(pg_catalog.regclass, pg_catalog.name, pg_catalog.regclass, pg_catalog.name)"
    };
}

macro_rules! parameters {
    () => {
        "(sessions pg_catalog.regclass, guard pg_catalog.name, users pg_catalog.regclass, key pg_catalog.name)"
    };
}

/// Where `pg_temp` is not named, it is searched first.
macro_rules! search_path {
    () => {
        "pg_catalog, pg_temp"
    };
}

/// Looks the guard up, in two functions. The outer one is called immutable so that it is asked when a statement is
/// planned and not whenever that runs: each change of one of the two tables makes PostgreSQL plan the statement
/// anew, and no other matters. The inner one is volatile and so has a snapshot of its own: that of the statement may
/// be older than the migration for whose lock the plan has waited.
pub(in crate::store::postgres) const CREATE_GUARD_FUNCTIONS: &str = concat!(
    "CREATE OR REPLACE FUNCTION {guard_lookup}",
    parameters!(),
    "\nRETURNS pg_catalog.oid LANGUAGE sql VOLATILE SET search_path = ",
    search_path!(),
    " AS $$",
    guard_lookup!(),
    "$$;\nCREATE OR REPLACE FUNCTION {guard_function}",
    parameters!(),
    "\nRETURNS pg_catalog.oid LANGUAGE sql IMMUTABLE SET search_path = ",
    search_path!(),
    " AS $$",
    guard_call!(),
    "$$;\n"
);

/// One that is replaced stays its owner's, who may replace it again.
pub(in crate::store::postgres) const DROP_GUARD_FUNCTIONS: &str = concat!(
    "DROP FUNCTION IF EXISTS {guard_function}",
    arguments!(),
    ", {guard_lookup}",
    arguments!(),
    ";\n"
);

/// Whoever makes them, they are the table's owner's.
pub(in crate::store::postgres) const GIVE_GUARD_FUNCTIONS: &str = concat!(
    "ALTER FUNCTION {guard_lookup}",
    arguments!(),
    " OWNER TO {owner};\nALTER FUNCTION {guard_function}",
    arguments!(),
    " OWNER TO {owner};\n"
);

/// What stands in the inner one.
pub(in crate::store::postgres) const GUARD_LOOKUP: &str = guard_lookup!();

/// And in the outer one.
pub(in crate::store::postgres) const GUARD_CALL: &str = guard_call!();

/// What the tables `$1` and `$2` are found to be: which are there, and what `user_id` is; whether the functions `$3`
/// and `$4` are the outer one of text `$5` and the inner one of text `$6`, and whether one is somebody else's, who can
/// make it another.
pub(in crate::store::postgres) const FIND_TABLES: &str = concat!(
    "
SELECT t.sessions, t.meta, a.atttypid, pg_catalog.row_security_active(t.sessions),
       pg_catalog.current_setting('server_encoding'), pg_catalog.current_setting('fsync'),
       pg_catalog.has_table_privilege(t.sessions, 'SELECT')
       AND pg_catalog.has_table_privilege(t.sessions, 'INSERT')
       AND pg_catalog.has_table_privilege(t.sessions, 'UPDATE')
       AND pg_catalog.has_table_privilege(t.sessions, 'DELETE')
       AND pg_catalog.has_table_privilege(t.meta, 'SELECT'),
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_language l ON l.oid = p.prolang
        WHERE (p.oid = t.outer_one AND p.prosrc = $5 AND p.provolatile = 'i'
               OR p.oid = t.inner_one AND p.prosrc = $6 AND p.provolatile = 'v')
          AND l.lanname = 'sql' AND NOT p.prosecdef
          AND pg_catalog.array_to_string(p.proconfig, '; ') = 'search_path=",
    search_path!(),
    "') = 2,
       pg_catalog.has_function_privilege(t.outer_one, 'EXECUTE')
       AND pg_catalog.has_function_privilege(t.inner_one, 'EXECUTE'),
       EXISTS (SELECT 1 FROM pg_catalog.pg_proc p
               JOIN pg_catalog.pg_roles r ON r.oid = p.proowner
               WHERE p.oid IN (t.outer_one, t.inner_one) AND p.proowner <> c.relowner AND NOT r.rolsuper),
       pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)::text)
FROM (SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS sessions,
             pg_catalog.to_regclass($2)::pg_catalog.oid AS meta,
             pg_catalog.to_regprocedure($3 || '",
    arguments!(),
    "')::pg_catalog.oid AS outer_one,
             pg_catalog.to_regprocedure($4 || '",
    arguments!(),
    "')::pg_catalog.oid AS inner_one) t
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.sessions
LEFT JOIN pg_catalog.pg_attribute a
       ON a.attrelid = t.sessions AND a.attname = 'user_id' AND NOT a.attisdropped"
);

/// The reference of this name: to which table and column, and whether it does all it has to.
pub(in crate::store::postgres) const FIND_GUARD: &str = concat!(
    "
SELECT c.confrelid, a.attname::text,
       c.confdeltype = 'c' AND c.confupdtype = 'c' AND c.convalidated AND NOT ",
    is_disabled!(),
    ",
       c.confrelid::pg_catalog.regclass::text
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
WHERE c.conrelid = pg_catalog.to_regclass($1)::pg_catalog.oid AND c.contype = 'f' AND c.conname = $2"
);
