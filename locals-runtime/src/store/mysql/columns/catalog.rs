//! What is asked of the server about its tables, once at start.
//!
//! MySQL and MariaDB have these columns of `information_schema` in different types: each is cast, so that texts arrive
//! as texts and numbers as numbers.

/// The connection's database, how names of tables are kept, and who asks.
pub(super) const CONTEXT: &str = "
SELECT CAST(DATABASE() AS CHAR), CAST(@@lower_case_table_names AS UNSIGNED), CAST(CURRENT_USER() AS CHAR)";

pub(super) const TABLE: &str = "
SELECT CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR), CAST(TABLE_TYPE AS CHAR),
       CAST(ENGINE AS CHAR), CAST(CREATE_OPTIONS AS CHAR)
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?";

/// Where else a table of this name is, in whatever case; first in the database that comes second.
pub(super) const ELSEWHERE: &str = "
SELECT CAST(TABLE_SCHEMA AS CHAR), CAST(TABLE_NAME AS CHAR)
FROM information_schema.TABLES
WHERE LOWER(TABLE_NAME) = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
  AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
ORDER BY TABLE_SCHEMA <> ?, TABLE_SCHEMA, TABLE_NAME LIMIT 1";

pub(super) const COLUMNS: &str = "
SELECT CAST(COLUMN_NAME AS CHAR), CAST(DATA_TYPE AS CHAR), CAST(COLUMN_TYPE AS CHAR),
       CAST(CHARACTER_MAXIMUM_LENGTH AS UNSIGNED), CAST(CHARACTER_SET_NAME AS CHAR),
       CAST(COLLATION_NAME AS CHAR), CAST(EXTRA AS CHAR)
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
ORDER BY ORDINAL_POSITION";

/// A row if a column is unique by itself, and the whole of it.
pub(super) const UNIQUE: &str = "
SELECT 1
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0
GROUP BY INDEX_NAME
HAVING COUNT(*) = 1 AND MAX(COLUMN_NAME = ?) = 1 AND MAX(SUB_PART) IS NULL
LIMIT 1";

/// Its column is of the type of an expression over the columns of a table. Standing in a WHERE too, the expression
/// can be no aggregate and no window.
pub(super) fn expression(expression: &str, table: &str) -> String {
    format!("SELECT ({expression}) FROM {table} WHERE FALSE AND ({expression}) IS NULL")
}
