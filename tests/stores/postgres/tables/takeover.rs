//! What must never happen: that an old session opens the account of whoever has the same key in another
//! table.

use super::sessions;
use crate::users::{
    Named, USERS, assert_says, auth, connect, name, outage, refusal, sign_in_error, signed_in,
    with_users,
};
use locals::{Auth, Session, StoreError, UsersTable};
use test_servers::Postgres;

/// Another table of the name, with other people under the same keys.
const OTHERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO users VALUES (1, 'Eve'), (2, 'Mallory')";

/// Whatever is asked of the program that runs on: no answer, and above all not that of the other table.
async fn check_nobody_gets_in(auth: &Auth<Named>, session: &Session) {
    for _ in 0..3 {
        outage(auth.validate_session_user(session.token()).await);
        outage(auth.validate_session(session.token()).await);
        outage(auth.renew_session(session.token()).await);
        let error = sign_in_error(auth, 1).await;
        assert!(!matches!(error, StoreError::UnknownUser), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_another_table_under_the_old_name_is_never_opened_by_an_old_session() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute(&format!("ALTER TABLE users RENAME TO old_users; {OTHERS}"));
    check_nobody_gets_in(&running, &session).await;
    let message = outage(running.validate_session(session.token()).await);
    assert_says(
        &message,
        &["no longer refer to table", "start the program again"],
    );

    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(
        &message,
        &["follow table", "old_users", "everybody signs in again"],
    );
    assert_eq!(sessions(&schema), "1");

    // Those who were meant are there still.
    let started: Auth<Named> = auth(schema.url(), "old_users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// The columns may be others, so that the statements are prepared anew.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_nor_is_one_with_other_types() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let others = OTHERS
        .replace("integer", "bigint")
        .replace("text", "varchar(9)");
    schema.execute(&format!("ALTER TABLE users RENAME TO old_users; {others}"));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    loop {
        let message = outage(running.validate_session_user(session.token()).await);
        if message.contains("no longer refer to table") {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{message}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    refusal::<Named>(schema.url(), "users").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_nor_is_one_that_was_moved_here_from_another_schema() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    let elsewhere = format!("{}_2", schema.name());
    let in_it = |table: &str| format!("{elsewhere}.{table}");
    schema.execute(&format!(
        "CREATE SCHEMA {elsewhere}; {}",
        OTHERS.replace("users", &in_it("users"))
    ));
    let swap = format!(
        "ALTER INDEX users_pkey RENAME TO old_pkey; ALTER TABLE users RENAME TO old_users;
         ALTER TABLE {} SET SCHEMA {}",
        in_it("users"),
        schema.name()
    );
    schema.execute(&format!("{swap}; DROP SCHEMA {elsewhere}"));
    check_nobody_gets_in(&running, &session).await;
    refusal::<Named>(schema.url(), "users").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_table_that_was_dropped_and_made_again_ends_every_session_at_the_next_start() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute(&format!("DROP TABLE users CASCADE; {OTHERS}"));
    check_nobody_gets_in(&running, &session).await;

    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await, None);
    assert_eq!(sessions(&schema), "0");
    let eve = signed_in(&started, 1).await;
    assert_eq!(name(&started, &eve).await.as_deref(), Some("Eve"));
    outage(running.validate_session(eve.token()).await);
}

/// Between the two there is no table at all.
#[tokio::test(flavor = "multi_thread")]
async fn i_01_without_a_users_table_nobody_is_told_that_there_is_no_session() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute("DROP TABLE users CASCADE");
    check_nobody_gets_in(&running, &session).await;
    assert!(connect::<Named>(schema.url(), "users").await.is_err());
    assert_eq!(sessions(&schema), "1");
    schema.execute(USERS);
    check_nobody_gets_in(&running, &session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_reference_that_was_made_again_ends_every_session_at_the_next_start() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute(&format!(
        "ALTER TABLE locals_sessions DROP CONSTRAINT {}",
        super::guard(&schema)
    ));
    // In the gap, somebody else may have got the key.
    schema.execute("DELETE FROM users WHERE id = 1; INSERT INTO users VALUES (1, 'Eve')");
    schema.execute(
        "ALTER TABLE locals_sessions ADD CONSTRAINT another FOREIGN KEY (user_id)
         REFERENCES users (id) ON UPDATE CASCADE ON DELETE CASCADE",
    );
    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await, None);
    assert_eq!(sessions(&schema), "0");
    assert_ne!(super::guard(&schema), "another");
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_reference_that_does_less_ends_every_session_at_the_next_start() {
    for change in [
        "ALTER TABLE locals_sessions DROP CONSTRAINT {guard};
         ALTER TABLE locals_sessions ADD CONSTRAINT {guard} FOREIGN KEY (user_id) REFERENCES users (id)",
        "ALTER TABLE locals_sessions DROP CONSTRAINT {guard};
         ALTER TABLE locals_sessions ADD CONSTRAINT {guard} FOREIGN KEY (user_id) REFERENCES users (id)
         ON UPDATE CASCADE ON DELETE CASCADE NOT VALID",
        "ALTER TABLE users DISABLE TRIGGER ALL",
    ] {
        let Some(schema) = with_users() else { return };
        let before: Auth<Named> = auth(schema.url(), "users").await;
        let session = signed_in(&before, 1).await;
        schema.execute(&change.replace("{guard}", &super::guard(&schema)));
        let started: Auth<Named> = auth(schema.url(), "users").await;
        assert_eq!(name(&started, &session).await, None, "{change}");
        let again = signed_in(&started, 1).await;
        schema.execute("ALTER TABLE users ENABLE TRIGGER ALL; DELETE FROM users WHERE id = 1");
        assert_eq!(name(&started, &again).await, None, "{change}");
    }
}

/// Nor while a program runs, wherever they are disabled; they are the table's, or a partition's.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_reference_whose_triggers_are_disabled_opens_nothing() {
    for (table, partition) in [("", "users"), ("PARTITION BY LIST (id)", "users_1")] {
        let Some(postgres) = Postgres::shared() else {
            return;
        };
        let schema = postgres.schema();
        schema.execute(&format!(
            "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL) {table}"
        ));
        if partition != "users" {
            schema.execute("CREATE TABLE users_1 PARTITION OF users FOR VALUES IN (1)");
        }
        schema.execute("INSERT INTO users VALUES (1, 'Ada')");
        let running: Auth<Named> = auth(schema.url(), "users").await;
        let session = signed_in(&running, 1).await;
        assert_eq!(name(&running, &session).await.as_deref(), Some("Ada"));
        schema.execute(&format!(
            "ALTER TABLE {partition} DISABLE TRIGGER ALL;
             DELETE FROM users WHERE id = 1; INSERT INTO users VALUES (1, 'Eve')"
        ));
        check_nobody_gets_in(&running, &session).await;
        let started: Auth<Named> = auth(schema.url(), "users").await;
        assert_eq!(name(&started, &session).await, None);
    }
}

/// The reference follows the old column, and the statements name the new one.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_another_column_under_the_name_of_the_key_is_never_opened_by_an_old_session() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute(
        "ALTER TABLE users RENAME COLUMN id TO legacy_id; ALTER TABLE users ADD COLUMN id integer;
         UPDATE users SET id = 3 - legacy_id; ALTER TABLE users ADD UNIQUE (id)",
    );
    check_nobody_gets_in(&running, &session).await;
    let message = refusal::<Named>(schema.url(), "users").await;
    assert_says(&message, &["follow table", "`legacy_id`"]);
    let users = UsersTable::new("users").key("legacy_id");
    let started: Auth<Named> = auth(schema.url(), users).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_nor_is_a_view_that_takes_the_place_of_the_table() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute(
        "ALTER TABLE users RENAME TO people;
         CREATE VIEW users AS SELECT 3 - id AS id, name FROM people",
    );
    check_nobody_gets_in(&running, &session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_nor_is_the_table_of_another_schema_under_the_old_name() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let database = postgres.database();
    let users = USERS.replace("users", "auth.users");
    database.execute(&format!("CREATE SCHEMA auth; {users}"));
    let running: Auth<Named> = auth(database.url(), "auth.users").await;
    let session = signed_in(&running, 1).await;
    let others = OTHERS.replace("users", "auth.users");
    database.execute(&format!(
        "ALTER SCHEMA auth RENAME TO old; CREATE SCHEMA auth; {others}"
    ));
    check_nobody_gets_in(&running, &session).await;
    refusal::<Named>(database.url(), "auth.users").await;
    let started: Auth<Named> = auth(database.url(), "old.users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// A swap of two tables in one transaction, as a tool that changes large tables makes it.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_copy_that_takes_the_place_of_the_table_is_not_taken_for_it() {
    let Some(schema) = with_users() else { return };
    let running: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&running, 1).await;
    schema.execute(
        "CREATE TABLE copy (LIKE users INCLUDING ALL); INSERT INTO copy SELECT * FROM users;
         ALTER TABLE users RENAME TO old_users; ALTER TABLE copy RENAME TO users",
    );
    check_nobody_gets_in(&running, &session).await;
    refusal::<Named>(schema.url(), "users").await;
}

/// A read that waits for a migration has a snapshot of before it.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_read_that_waits_for_the_migration_opens_nobody_else() {
    for migration in [
        "ALTER TABLE users RENAME COLUMN id TO old_id; ALTER TABLE users ADD COLUMN id integer;
         UPDATE users SET id = 3 - old_id",
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE",
        "ALTER TABLE users RENAME TO old_users; CREATE TABLE users (id integer PRIMARY KEY, name text);
         INSERT INTO users VALUES (1, 'Eve')",
    ] {
        let Some(schema) = with_users() else { return };
        let running: Auth<Named> = auth(schema.url(), "users").await;
        let session = signed_in(&running, 1).await;
        // Planned once and for all.
        for _ in 0..12 {
            assert_eq!(name(&running, &session).await.as_deref(), Some("Ada"));
        }
        let migrates = schema.connect().await;
        let begun = migrates.batch_execute(&format!("BEGIN; {migration}")).await;
        begun.expect("a migration");
        let (asking, token) = (running.clone(), session.token().clone());
        let waits = tokio::spawn(async move { asking.validate_session_user(&token).await });
        let waiting = "SELECT count(*) > 0 FROM pg_stat_activity \
                       WHERE application_name = 'locals' AND wait_event_type = 'Lock'";
        while schema.text(waiting) != "t" && !waits.is_finished() {}
        migrates.batch_execute("COMMIT").await.expect("a commit");
        outage(waits.await.expect("no panic"));
        for _ in 0..3 {
            outage(running.validate_session_user(session.token()).await);
        }
    }
}
