//! Sessions follow their users, whatever becomes of those.

use super::{sessions, with_key};
use crate::users::{Named, USERS, auth, is_nobody, name, sign_in_error, signed_in, with_users};
use locals::{Auth, StoreError};
use test_servers::Postgres;

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_takes_their_sessions_and_no_others() {
    let Some(schema) = with_users() else { return };
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let [phone, laptop] = [signed_in(&auth, 1).await, signed_in(&auth, 1).await];
    let grace = signed_in(&auth, 2).await;
    schema.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&auth, &phone).await, None);
    assert_eq!(name(&auth, &laptop).await, None);
    assert_eq!(name(&auth, &grace).await.as_deref(), Some("Grace"));
    assert_eq!(sessions(&schema), "1");
    is_nobody(&auth, 1).await;
}

/// Whoever is given the number of somebody who is gone is not given the sessions.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_key_that_is_used_again_is_another_user() {
    let Some(schema) = with_users() else { return };
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    schema.execute("DELETE FROM users WHERE id = 1; INSERT INTO users VALUES (1, 'Eve')");
    assert_eq!(name(&auth, &session).await, None);
    let session = signed_in(&auth, 1).await;
    schema.execute("UPDATE users SET id = 10 WHERE id = 1; UPDATE users SET id = 1 WHERE id = 2");
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Eve"));
    assert!(auth.list_sessions(1).await.expect("a list").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_table_ends_every_session() {
    let Some(schema) = with_users() else { return };
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&auth, 1).await;
    schema.execute("TRUNCATE users CASCADE");
    assert_eq!(name(&auth, &session).await, None);
    schema.execute("INSERT INTO users VALUES (1, 'Eve')");
    assert_eq!(name(&auth, &session).await, None);
    let session = signed_in(&auth, 1).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Eve"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partitioned_table_is_as_good_as_any() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL) PARTITION BY HASH (id);
         CREATE TABLE users_0 PARTITION OF users FOR VALUES WITH (MODULUS 2, REMAINDER 0);
         CREATE TABLE users_1 PARTITION OF users FOR VALUES WITH (MODULUS 2, REMAINDER 1);
         INSERT INTO users SELECT id, 'user ' || id FROM generate_series(1, 8) id",
    );
    let first: Auth<Named> = auth(schema.url(), "users").await;
    let mut made = Vec::new();
    for id in 1..=8 {
        made.push(signed_in(&first, id).await);
    }
    schema.execute("DELETE FROM users WHERE id <= 4");
    // Another node finds everything as it has to be, and ends nothing.
    let second: Auth<Named> = auth(schema.url(), "users").await;
    for (id, session) in (1..=8).zip(&made) {
        let expected = (id > 4).then(|| format!("user {id}"));
        assert_eq!(name(&first, session).await, expected);
        assert_eq!(name(&second, session).await, expected);
    }
    schema.execute("TRUNCATE users CASCADE");
    assert_eq!(sessions(&schema), "0");
}

/// With another collation than the key's, each deleted user would cost a look at every session.
#[tokio::test(flavor = "multi_thread")]
async fn the_collation_of_the_key_is_that_of_the_sessions() {
    for (collation, expected) in [
        ("COLLATE \"C\"", "C"),
        ("COLLATE \"POSIX\"", "POSIX"),
        ("", "default"),
    ] {
        let Some(schema) = with_key(&format!("text {collation} PRIMARY KEY")) else {
            return;
        };
        let _: Auth<Named> = auth(schema.url(), "users").await;
        let found = schema.text(
            "SELECT c.collname FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
             WHERE a.attrelid = 'locals_sessions'::regclass AND a.attname = 'user_id'",
        );
        assert_eq!(found, expected);
    }
}

/// A sign-in waits for a user who is being deleted, and makes no session of nobody.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_sign_in_beside_a_deletion_leaves_no_session() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    schema.execute(USERS);
    let auth: Auth<Named> = auth(schema.url(), "users").await;
    let client = schema.connect().await;
    client
        .batch_execute("BEGIN; DELETE FROM users WHERE id = 1")
        .await
        .expect("deleted");
    let signing_in = tokio::spawn({
        let auth = auth.clone();
        async move { sign_in_error(&auth, 1).await }
    });
    let waiting = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                   WHERE NOT l.granted AND a.query LIKE '%{schema}%locals_sessions%'";
    let waiting = waiting.replace("{schema}", schema.name());
    let mut turns = 0;
    while schema.text(&waiting) != "t" && turns < 200 {
        turns += 1;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    client.batch_execute("COMMIT").await.expect("committed");
    let error = signing_in.await.expect("an answer");
    assert!(matches!(error, StoreError::UnknownUser), "{error}");
    assert_eq!(sessions(&schema), "0");
}
