//! Migrations of the users table under a program that runs.

use crate::users::{
    Named, auth, name, name_in_the_end, outage, sign_in_error, signed_in, with_users,
};
use locals::{Auth, StoreError};
use test_servers::Postgres;

#[tokio::test(flavor = "multi_thread")]
async fn i_01_a_table_that_was_renamed_is_an_outage_and_goes_on_under_its_new_name() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute("ALTER TABLE users RENAME TO accounts");
    outage(running.validate_session(session.token()).await);
    let error = sign_in_error(&running, 1).await;
    assert!(!matches!(error, StoreError::UnknownUser), "{error}");

    let started: Auth<Named> = auth(schema.url(), "accounts").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    let _ = signed_in(&started, 2).await;

    schema.execute("ALTER TABLE accounts RENAME TO users");
    assert_eq!(
        name_in_the_end(&running, &session).await.as_deref(),
        Some("Ada")
    );
}

/// Whoever would be answered with a 503 is sent to no such program.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_whose_sessions_are_all_503_is_not_ready() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    running.ping().await.expect("ready");
    let copied =
        "ALTER TABLE users RENAME TO people; CREATE TABLE users (LIKE people INCLUDING ALL)";
    let back = "DROP TABLE users; ALTER TABLE people RENAME TO users";
    for (change, back) in [
        (
            "ALTER TABLE users RENAME TO people",
            "ALTER TABLE people RENAME TO users",
        ),
        (
            "ALTER TABLE users RENAME COLUMN name TO title",
            "ALTER TABLE users RENAME COLUMN title TO name",
        ),
        (copied, back),
    ] {
        schema.execute(change);
        outage(running.ping().await);
        outage(running.sessions_only().ping().await);
        schema.execute(back);
        let found = name_in_the_end(&running, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{change}");
        running.ping().await.expect("ready again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_renamed_goes_on_under_its_new_name() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute("ALTER TABLE users RENAME COLUMN id TO account_no");
    outage(running.validate_session(session.token()).await);
    let users = locals::UsersTable::new("users").key("account_no");
    let started: Auth<Named> = auth(schema.url(), users).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_moves_to_another_schema_goes_on_there() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let elsewhere = format!("{}_2", schema.name());
    schema.execute(&format!(
        "CREATE SCHEMA {elsewhere}; ALTER TABLE users SET SCHEMA {elsewhere}"
    ));
    outage(running.validate_session(session.token()).await);
    let started: Auth<Named> = auth(schema.url(), format!("{elsewhere}.users")).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    schema.execute(&format!("DROP SCHEMA {elsewhere} CASCADE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_widened_keeps_its_sessions() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute("ALTER TABLE users ALTER COLUMN id TYPE bigint");
    assert_eq!(
        name_in_the_end(&running, &session).await.as_deref(),
        Some("Ada")
    );

    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    let ty = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute
              WHERE attrelid = 'locals_sessions'::regclass AND attname = 'user_id'";
    assert_eq!(schema.text(ty), "bigint");
    schema.execute("UPDATE users SET id = 9007199254740993 WHERE id = 1");
    let found = started
        .validate_session(session.token())
        .await
        .expect("an answer");
    assert_eq!(
        found.expect("a session").user_id().as_str(),
        "9007199254740993"
    );
    assert_eq!(
        name_in_the_end(&running, &session).await.as_deref(),
        Some("Ada")
    );
    let _ = signed_in(&started, "9007199254740993").await;
    schema.execute("DELETE FROM users WHERE id = 9007199254740993");
    assert_eq!(name(&started, &session).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_is_not_noticed() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    for statement in [
        "CREATE INDEX ON users (name)",
        "ANALYZE users",
        "CLUSTER users USING users_pkey",
        "REINDEX TABLE users",
        "REINDEX TABLE locals_sessions",
        "ALTER TABLE users SET (fillfactor = 50)",
        "COMMENT ON TABLE users IS 'people'",
        "ALTER TABLE users RENAME CONSTRAINT users_pkey TO key_of_users",
    ] {
        schema.execute(statement);
        let found = name(&running, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"), "{statement}");
        let _ = signed_in(&running, 2).await;
    }
    let client = schema.connect().await;
    client
        .batch_execute("VACUUM FULL users")
        .await
        .expect("compacted");
    client
        .batch_execute("VACUUM FULL locals_sessions")
        .await
        .expect("compacted");
    assert_eq!(name(&running, &session).await.as_deref(), Some("Ada"));
    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// A dump of the whole database has the reference and its name.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_survive_a_copy_of_the_database() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let original = postgres.database();
    original.execute(crate::users::USERS);
    let before: Auth<Named> = auth(original.url(), "users").await;
    let session = signed_in(&before, 1).await;
    drop(before);
    let copy = format!("{}_copy", original.name());
    let gone = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}'",
        original.name()
    );
    for _ in 0..500 {
        if postgres.text(&gone) == "0" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    postgres.execute(&format!(
        "CREATE DATABASE {copy} TEMPLATE {}",
        original.name()
    ));
    let url = original.url().replace(original.name(), &copy);
    let found = {
        let restored: Auth<Named> = auth(&url, "users").await;
        name(&restored, &session).await
    };
    postgres.execute(&format!("DROP DATABASE {copy} WITH (FORCE)"));
    assert_eq!(found.as_deref(), Some("Ada"));
}
