//! What is asked of PostgreSQL's catalogs, once at start.
//!
//! Every name is qualified: a schema of the application's may have functions and tables of the same names. And each
//! operator has operands of exactly the types for which PostgreSQL has one: it would take another that fits better.

/// `$1`, a table's name in quotes, or else `$2`, by the search path where they name no schema.
pub(super) const TABLE: &str = "
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence::text,
       pg_catalog.row_security_active(c.oid), current_user::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.oid = coalesce(pg_catalog.to_regclass($1), pg_catalog.to_regclass($2))::pg_catalog.oid";

pub(super) const SEARCHED: &str = "
SELECT pg_catalog.current_database()::text,
       pg_catalog.array_to_string(pg_catalog.current_schemas(false), '`, `')";

/// Where else a table `$1` or `$2` is.
pub(super) const ELSEWHERE: &str = "
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname IN ($1, $2) AND c.relkind IN ('r', 'p')
  AND pg_catalog.left(n.nspname::text, 3) <> 'pg_'
ORDER BY n.nspname LIMIT 1";

/// The columns of table `$1`, with the types below their domains; a collation unless it is the database's
/// own (100).
pub(super) const COLUMNS: &str = "
WITH RECURSIVE chain (attnum, type) AS (
    SELECT a.attnum, a.atttypid
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT c.attnum, t.typbasetype
    FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.type
    WHERE t.typtype = 'd'
)
SELECT t.oid, t.typname::text, t.typtype::text, t.typcategory::text,
       a.attname::text, a.attnum, pg_catalog.format_type(a.atttypid, a.atttypmod),
       coalesce(co.collisdeterministic, true),
       CASE WHEN co.oid <> '100' THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'REFERENCES')
FROM chain c
JOIN pg_catalog.pg_type t ON t.oid = c.type AND t.typtype <> 'd'
JOIN pg_catalog.pg_attribute a ON a.attrelid = $1 AND a.attnum = c.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
ORDER BY a.attnum";

/// Whether the uniqueness of column `$2` of table `$1` is checked at once, by an index to which a foreign
/// key may refer; no row if there is no such index.
pub(super) const UNIQUE: &str = "
SELECT i.indimmediate
FROM pg_catalog.pg_index i
WHERE i.indrelid = $1 AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indkey[0] = $2
  AND i.indpred IS NULL AND i.indexprs IS NULL
ORDER BY i.indimmediate DESC LIMIT 1";

/// The type of an expression over the columns of a table, below its domains. Standing in a WHERE too, it
/// can be no aggregate, no window and no set.
pub(super) const EXPRESSION: &str = "
WITH RECURSIVE chain (type) AS (
    SELECT pg_catalog.pg_typeof(e.x)::pg_catalog.oid
    FROM (VALUES (1)) one
    LEFT JOIN (
        SELECT ({expression}) AS x FROM {table} WHERE false AND ({expression}) IS NULL
    ) e ON true
    UNION ALL
    SELECT t.typbasetype
    FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.type
    WHERE t.typtype = 'd'
)
SELECT t.oid, t.typname::text, t.typtype::text, t.typcategory::text
FROM chain c JOIN pg_catalog.pg_type t ON t.oid = c.type AND t.typtype <> 'd'";
