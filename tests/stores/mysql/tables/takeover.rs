//! What must never happen: that an old session opens the account of whoever has the same key in another
//! table.

use super::{guard, sessions, triggers};
use crate::{
    rig::Database,
    users::{
        Named, OTHERS, USERS, assert_says, auth, connect, name, name_in_the_end, outage, refusal,
        signed_in, stops, unchecked, with_users,
    },
};
use locals::{Auth, Session, UsersTable};
use std::time::Duration;
use tokio::time::sleep;

/// A program with a session of Ada's.
async fn running(database: &Database) -> (Auth<Named>, Session) {
    let running: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&running, 1).await;
    (running, session)
}

/// All of them have ended, and what was made since is as it has to be.
async fn begins_anew(database: &Database, session: &Session, whose: &str) {
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&started, session).await, None);
    assert_eq!(sessions(database), "0");
    let again = signed_in(&started, 1).await;
    assert_eq!(name(&started, &again).await.as_deref(), Some(whose));
    assert_eq!(triggers(database), "1", "none is left over");
    // Another start finds nothing to end.
    let once_more: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&once_more, &again).await.as_deref(), Some(whose));
    database.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&started, &again).await, None);
    assert_eq!(sessions(database), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_another_table_under_the_old_name_is_not_opened_by_an_old_session() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(&format!("RENAME TABLE users TO old_users; {OTHERS}"));
    let message = stops(&running, &session).await;
    assert_says(&message, &["start the program again"]);

    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(
        &message,
        &["follow table", "old_users", "everybody signs in again"],
    );
    assert_eq!(sessions(&database), "1");

    // Those who were meant are there still.
    let started: Auth<Named> = auth(database.url(), "old_users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// As tools that change large tables swap two in one statement.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_copy_that_takes_the_place_of_the_table_is_not_taken_for_it() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(
        "CREATE TABLE copy LIKE users; INSERT INTO copy SELECT * FROM users;
         RENAME TABLE users TO old_users, copy TO users",
    );
    stops(&running, &session).await;
    refusal::<Named>(database.url(), "users").await;
    database.execute("RENAME TABLE users TO copy, old_users TO users");
    let found = name_in_the_end(&running, &session).await;
    assert_eq!(found.as_deref(), Some("Ada"));
}

/// The reference would be taken up by whatever has the name and the key.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_table_that_was_dropped_and_made_again_ends_every_session_at_the_next_start() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(&unchecked(&format!("DROP TABLE users; {OTHERS}")));
    stops(&running, &session).await;
    begins_anew(&database, &session, "Eve").await;
}

/// A program looks at nothing while nobody asks it anything.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_whoever_comes_first_after_a_quiet_time_opens_no_other_account() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    sleep(Duration::from_secs(4)).await;
    database.execute(&unchecked(&format!("DROP TABLE users; {OTHERS}")));
    outage(running.validate_session_user(session.token()).await);
}

/// What was dropped and made again while no program ran, as a dump of this table alone is restored.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_nobody_who_was_away_meanwhile_gets_in() {
    let Some(database) = with_users() else { return };
    let (before, session) = running(&database).await;
    drop(before);
    for again in [USERS, OTHERS] {
        database.execute(&unchecked(&format!("DROP TABLE users; {again}")));
        let started: Auth<Named> = auth(database.url(), "users").await;
        assert_eq!(name(&started, &session).await, None, "{again}");
        assert_eq!(sessions(&database), "0");
        let _ = signed_in(&started, 1).await;
    }
}

/// Between the two there is no table at all.
#[tokio::test(flavor = "multi_thread")]
async fn i_01_without_a_users_table_nobody_is_told_that_there_is_no_session() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(&unchecked("DROP TABLE users"));
    stops(&running, &session).await;
    assert!(connect::<Named>(database.url(), "users").await.is_err());
    assert_eq!(sessions(&database), "1");
    database.execute(&unchecked(USERS));
    stops(&running, &session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_reference_that_is_gone_ends_every_session_at_the_next_start() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    let guard = guard(&database);
    database.execute(&format!(
        "ALTER TABLE locals_sessions DROP FOREIGN KEY `{guard}`"
    ));
    stops(&running, &session).await;
    begins_anew(&database, &session, "Ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_reference_that_was_made_again_ends_every_session_at_the_next_start() {
    for reference in [
        "CONSTRAINT another FOREIGN KEY (user_id) REFERENCES users (id)
         ON UPDATE CASCADE ON DELETE CASCADE",
        "CONSTRAINT `{guard}` FOREIGN KEY (user_id) REFERENCES users (id)",
        "CONSTRAINT `{guard}` FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE",
    ] {
        let Some(database) = with_users() else { return };
        let (before, session) = running(&database).await;
        drop(before);
        let guard = guard(&database);
        let reference = reference.replace("{guard}", &guard);
        database.execute(&format!(
            "ALTER TABLE locals_sessions DROP FOREIGN KEY `{guard}`"
        ));
        database.execute(&format!("ALTER TABLE locals_sessions ADD {reference}"));
        begins_anew(&database, &session, "Ada").await;
    }
}

/// It is how a table is known that was dropped and made again.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_a_trigger_that_is_gone_ends_every_session_at_the_next_start() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(&format!("DROP TRIGGER `{}`", guard(&database)));
    stops(&running, &session).await;
    begins_anew(&database, &session, "Ada").await;
}

/// The reference follows the old column, and the statements name the new one.
#[tokio::test(flavor = "multi_thread")]
async fn j_01_another_column_under_the_name_of_the_key_is_not_opened_by_an_old_session() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(
        "ALTER TABLE users RENAME COLUMN id TO legacy_id;
         ALTER TABLE users ADD COLUMN id integer; UPDATE users SET id = 3 - legacy_id;
         ALTER TABLE users MODIFY id integer NOT NULL, ADD UNIQUE (id)",
    );
    stops(&running, &session).await;
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(&message, &["follow table", "`legacy_id`"]);
    let users = UsersTable::new("users").key("legacy_id");
    let started: Auth<Named> = auth(database.url(), users).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn j_01_nor_is_a_view_that_takes_the_place_of_the_table() {
    let Some(database) = with_users() else { return };
    let (running, session) = running(&database).await;
    database.execute(
        "RENAME TABLE users TO people;
         CREATE VIEW users AS SELECT 3 - id AS id, name FROM people",
    );
    stops(&running, &session).await;
}
