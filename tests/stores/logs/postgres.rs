//! Of PostgreSQL, directly and through a pooler: its driver logs every statement.

use crate::{USER, breaks, check, forms, lives, record, secret, words};
use locals::{Auth, PostgresStore};
use test_servers::{PgBouncer, Postgres};

const PASSWORD: &str = "password-of-the-secret-garden";

const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread")]
async fn n_01_nothing_is_logged_that_opens_a_session_or_names_somebody() {
    record();
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    // Whoever comes is let in: nobody asks for this password.
    let url = database.url().replacen('@', &format!(":{PASSWORD}@"), 1);
    let store = PostgresStore::connect(&url).await.expect("a store");
    let auth: Auth = Auth::builder(store).connect().await.expect("tables");
    let mut sessions = lives(&auth).await.to_vec();
    if let Some(pooler) = PgBouncer::before(&database.url(), 2) {
        let ended = auth.invalidate_user_sessions(USER).await;
        assert_eq!(ended.expect("an answer"), 1);
        let store = PostgresStore::connect(pooler.url()).await.expect("a store");
        let pooled: Auth = Auth::builder(store).connect().await.expect("tables");
        sessions.extend(lives(&pooled).await);
    }
    breaks(
        &auth,
        || database.execute(TERMINATE),
        |sql| database.execute(sql),
    )
    .await;
    let mut forbidden: Vec<_> = sessions.iter().map(secret).collect();
    let hash = database.text("SELECT encode(secret_hash, 'hex') FROM locals_sessions");
    forbidden.extend(forms(&hash));
    forbidden.extend(words());
    forbidden.push(PASSWORD.to_owned());
    let expected = [
        "executing statement",
        "INSERT INTO",
        "session created",
        "was lost",
    ];
    check(&expected, &forbidden);
}
