//! What stands in the tables before anything is measured.

use mysql_async::{Conn, prelude::Queryable};

/// Of the application, in its own table.
pub const USERS: i64 = 100_000;

/// The numbers from one to a million: the server has no function for it.
const NUMBERS: &str = "
(SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d AS n
 FROM digits a JOIN digits b JOIN digits c JOIN digits e JOIN digits f JOIN digits g) numbers";

const COLUMNS: &str = "
SELECT COLUMN_NAME FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COALESCE(GENERATION_EXPRESSION, '') = ''
ORDER BY ORDINAL_POSITION";

pub async fn users(conn: &mut Conn) {
    let insert = format!(
        "INSERT INTO users SELECT n, CONCAT('user', n, '@example.com')
         FROM {NUMBERS} WHERE n <= {USERS} ORDER BY n"
    );
    for statement in [
        "CREATE TABLE digits (d INT PRIMARY KEY)",
        "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
        "CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(255) NOT NULL)",
        insert.as_str(),
    ] {
        execute(conn, statement).await;
    }
}

/// Fills our table of sessions and that of tower-sessions until each has so many rows.
pub async fn sessions(conn: &mut Conn, rows: i64) {
    let id = "UNHEX(MD5(CONCAT('session ', n)))";
    let user = format!("n MOD {USERS} + 1");
    let ours = [
        ("id", id),
        ("secret_hash", "UNHEX(SHA2(CONCAT('secret ', n), 256))"),
        ("user_id", user.as_str()),
    ];
    let text = format!("REPLACE(REPLACE(REPLACE(TO_BASE64({id}), '=', ''), '+', '-'), '/', '_')");
    fill(conn, "locals_sessions", rows, &ours).await;
    fill(conn, "session", rows, &[("id", text.as_str())]).await;
    // So that the server does not do it by itself while we measure.
    execute(conn, "ANALYZE TABLE users, locals_sessions, session").await;
}

/// Copies of a session that is there, but for the columns of `own`: SQL with the number `n` of the row.
async fn fill(conn: &mut Conn, table: &str, rows: i64, own: &[(&str, &str)]) {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for name in columns(conn, table).await {
        let own = own.iter().find(|(column, _)| *column == name);
        values.push(own.map_or_else(|| format!("s.`{name}`"), |(_, sql)| (*sql).to_owned()));
        names.push(format!("`{name}`"));
    }
    let (names, values) = (names.join(", "), values.join(", "));
    let count = conn.query_first(format!("SELECT COUNT(*) FROM {table}"));
    let count: Option<i64> = count.await.expect("a table");
    let count = count.expect("a count");
    let insert = format!(
        "INSERT INTO {table} ({names}) SELECT {values}
         FROM (SELECT * FROM {table} LIMIT 1) s JOIN {NUMBERS}
         WHERE n > {count} AND n <= {rows}"
    );
    execute(conn, &insert).await;
}

async fn columns(conn: &mut Conn, table: &str) -> Vec<String> {
    conn.exec(COLUMNS, (table,)).await.expect("a catalog")
}

async fn execute(conn: &mut Conn, sql: &str) {
    if let Err(error) = conn.query_drop(sql).await {
        panic!("{error} at {sql}");
    }
}
