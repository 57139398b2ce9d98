//! The pooler passes what it should, and refuses what it refuses out of the box.

use test_servers::{PgBouncer, Postgres, connect};
use tokio_postgres::NoTls;

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_hands_out_few_connections() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    let Some(pooler) = PgBouncer::before(&database.url(), 1) else {
        return;
    };
    let (one, other) = (connect(&pooler.url()).await, connect(&pooler.url()).await);
    let pid = "SELECT pg_backend_pid()";
    let first = one.query_typed(pid, &[]).await.expect("an answer");
    let second = other.query_typed(pid, &[]).await.expect("an answer");
    let pids = [first, second].map(|rows| rows[0].get::<_, i32>(0));
    assert_eq!(pids[0], pids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_refuses_options() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let Some(pooler) = PgBouncer::before(&postgres.url(), 1) else {
        return;
    };
    let url = format!("{}?options=-c%20search_path%3Dx", pooler.url());
    let refused = tokio_postgres::connect(&url, NoTls).await;
    let error = refused.err().expect("an option");
    let code = error.as_db_error().expect("of the pooler").code();
    assert_eq!(code.code(), "08P01");
}
