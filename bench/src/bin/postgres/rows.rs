//! What stands in the tables before anything is measured.

use tokio_postgres::Client;

/// Of the application, in its own table.
pub const USERS: i64 = 100_000;

pub async fn users(client: &Client) {
    execute(
        client,
        &format!(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
             INSERT INTO users
             SELECT n, 'user' || n || '@example.com' FROM generate_series(1, {USERS}) n"
        ),
    )
    .await;
}

/// Fills our table of sessions and that of tower-sessions until each has so many rows.
pub async fn sessions(client: &Client, rows: i64) {
    let user = format!("n % {USERS} + 1");
    let ours = [
        ("id", "decode(md5('session ' || n), 'hex')"),
        ("secret_hash", "sha256(convert_to('secret ' || n, 'UTF8'))"),
        ("user_id", user.as_str()),
    ];
    let theirs = [(
        "id",
        "translate(encode(decode(md5('session ' || n), 'hex'), 'base64'), '+/=', '-_')",
    )];
    fill(client, "locals_sessions", rows, &ours).await;
    fill(client, "tower_sessions.session", rows, &theirs).await;
    // So that neither runs by itself while we measure; the second is for few roles only.
    execute(client, "VACUUM (ANALYZE)").await;
    let _ = client.batch_execute("CHECKPOINT").await;
}

/// Copies of a session that is there, but for the columns of `own`: SQL with the number `n` of the row.
async fn fill(client: &Client, table: &str, rows: i64, own: &[(&str, &str)]) {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for name in columns(client, table).await {
        let own = own.iter().find(|(column, _)| *column == name);
        values.push(own.map_or_else(|| format!("s.\"{name}\""), |(_, sql)| (*sql).to_owned()));
        names.push(format!("\"{name}\""));
    }
    let (names, values) = (names.join(", "), values.join(", "));
    let count = client
        .query_one(&format!("SELECT count(*) FROM {table}"), &[])
        .await;
    let count: i64 = count.expect("a table").get(0);
    execute(
        client,
        &format!(
            "INSERT INTO {table} ({names}) SELECT {values}
             FROM (SELECT * FROM {table} LIMIT 1) s,
                  generate_series({count}::bigint + 1, {rows}::bigint) n"
        ),
    )
    .await;
}

async fn columns(client: &Client, table: &str) -> Vec<String> {
    let query = format!(
        "SELECT attname FROM pg_attribute
         WHERE attrelid = '{table}'::regclass AND attnum > 0
           AND NOT attisdropped AND attgenerated = ''
         ORDER BY attnum"
    );
    let rows = client.query(&query, &[]).await.expect("a table");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn execute(client: &Client, sql: &str) {
    if let Err(error) = client.batch_execute(sql).await {
        panic!("{error:?} at {sql}");
    }
}
