//! Rights that the user of the program has not: what is said of them, and which it needs.

use super::{guard, sessions, triggers};
use crate::users::{
    Named, assert_says, auth, connect, name, refusal, refused, signed_in, unchecked, warnings,
    with_users,
};
use locals::{Auth, MySqlStore, UsersTable, store::Store};

/// Whatever makes tables, as the guide grants it, but for triggers.
const ALL_BUT_TRIGGERS: &str =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, REFERENCES ON {database}.*";

/// All that the guide grants.
const ALL: &str =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, REFERENCES, TRIGGER ON {database}.*";

const OURS: &str = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON {database}.";

#[tokio::test(flavor = "multi_thread")]
async fn without_the_right_to_a_trigger_everything_works_and_a_warning_says_what_is_missing() {
    let Some(database) = with_users() else { return };
    let url = database.user(&[ALL_BUT_TRIGGERS]);
    let told = warnings(&url).await;
    assert_says(&told, &["TRIGGER"]);
    assert_eq!(triggers(&database), "0");
    assert_ne!(guard(&database), "");

    let before: Auth<Named> = auth(&url, "users").await;
    let (ada, grace) = (signed_in(&before, 1).await, signed_in(&before, 2).await);
    drop(before);
    let started: Auth<Named> = auth(&url, "users").await;
    assert_eq!(name(&started, &ada).await.as_deref(), Some("Ada"));
    database.execute("UPDATE users SET id = 3 WHERE id = 1; DELETE FROM users WHERE id = 2");
    assert_eq!(name(&started, &ada).await.as_deref(), Some("Ada"));
    assert_eq!(name(&started, &grace).await, None);
    assert_eq!(sessions(&database), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_rights_of_the_guide_nothing_is_said_of_triggers() {
    let Some(database) = with_users() else { return };
    let url = database.user(&[ALL]);
    let told = warnings(&url).await;
    assert!(!told.contains("TRIGGER"), "{told}");
    assert_eq!(triggers(&database), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_on_the_users_that_are_missing_are_told_as_the_grant() {
    let Some(database) = with_users() else { return };
    let ours = ["locals_sessions", "locals_meta"].map(|table| format!("{OURS}{table}"));
    let [sessions, meta] = &ours;
    let none = database.user(&[sessions, meta]);
    // Of a table on which somebody has no right at all, nothing is told.
    assert!(connect::<Named>(&none, "users").await.is_err());

    let half = database.user(&[sessions, meta, "SELECT (id) ON {database}.users"]);
    let message = refused(connect::<Named>(&half, "users").await);
    // The server does not even tell that there are others.
    assert_says(&message, &["`name`"]);

    let blind = database.user(&[sessions, meta, "INSERT ON {database}.users"]);
    let message = refused(connect::<Named>(&blind, "users").await);
    assert_says(&message, &["GRANT SELECT", "users"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_expression_may_not_read_is_told() {
    let Some(database) = with_users() else { return };
    database.execute("CREATE TABLE profiles (user_id integer)");
    drop(auth::<Named>(database.url(), "users").await);
    let url = database.user(&[
        "SELECT ON {database}.users",
        "SELECT, INSERT, UPDATE, DELETE ON {database}.locals_sessions",
        "SELECT ON {database}.locals_meta",
    ]);
    let users = UsersTable::new("users").only_if("EXISTS (SELECT 1 FROM profiles)");
    let message = refusal::<Named>(&url, users).await;
    assert_says(&message, &["EXISTS (SELECT 1 FROM profiles)", "profiles"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_on_our_tables_that_are_missing_are_told_as_the_grant() {
    let Some(database) = with_users() else { return };
    drop(auth::<Named>(database.url(), "users").await);
    let url = database.user(&["SELECT ON {database}.users"]);
    let message = refused(connect::<Named>(&url, "users").await);
    let told = ["may not make or change", "grant it `SELECT, INSERT"];
    assert_says(&message, &told);

    let reads = database.user(&["SELECT ON {database}.*"]);
    let message = match connect::<Named>(&reads, "users").await {
        Err(error) => error.to_string(),
        Ok(auth) => auth
            .create_session(1)
            .await
            .expect_err("it may not")
            .to_string(),
    };
    assert_says(&message, &["locals_sessions"]);
}

/// A URL of nobody.
#[tokio::test(flavor = "multi_thread")]
async fn n_03_a_password_that_is_wrong_is_told_and_not_printed() {
    let Some(database) = with_users() else { return };
    let url = database.user(&["ALL ON {database}.*"]);
    let (user, place) = url.split_once('@').expect("a URL with a user");
    let (user, _) = user.rsplit_once(':').expect("a password");
    let message = refusal::<Named>(format!("{user}:hunter2@{place}"), "users").await;
    assert_says(&message, &["password"]);
    assert!(!message.contains("hunter2"), "{message}");
}

/// It is removed where somebody wants none, and made again.
#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_is_not_wanted_goes_and_no_session_ends() {
    let Some(database) = with_users() else { return };
    let before: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&before, 1).await;
    for (is_wanted, expected) in [(false, "0"), (true, "1"), (false, "0")] {
        let options = MySqlStore::options(database.url()).expect("options");
        let store = options.users_trigger(is_wanted).connect().await;
        let store = store.expect("a store").with_users("users");
        let started: Auth<Named> = Auth::builder(store).connect().await.expect("an Auth");
        assert_eq!(triggers(&database), expected);
        assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    }
}

/// The program starts without relying on it.
#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_is_not_wanted_and_may_not_be_dropped_is_told() {
    let Some(database) = with_users() else { return };
    drop(auth::<Named>(database.url(), "users").await);
    let options = MySqlStore::options(database.user(&[ALL_BUT_TRIGGERS])).expect("options");
    let store = options.users_trigger(false).connect().await;
    let store = store.expect("a store").with_users("users");
    Store::<Named>::prepare(&store).await.expect("ready");
    let told = Store::<Named>::warnings(&store).concat();
    assert_says(&told, &[&guard(&database), "drop it as a user that may"]);
    assert_eq!(triggers(&database), "1");
    assert_eq!(database.text("SELECT is_marked FROM locals_meta"), "0");
}

/// It stays where it is, and does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_begin_anew_where_the_trigger_of_the_former_may_not_be_dropped() {
    let Some(database) = with_users() else { return };
    let before: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&before, 1).await;
    drop(before);
    let reference = guard(&database);
    database.execute(&format!(
        "ALTER TABLE locals_sessions DROP FOREIGN KEY `{reference}`"
    ));
    let url = database.user(&[ALL_BUT_TRIGGERS]);
    let started: Auth<Named> = auth(&url, "users").await;
    assert_eq!(name(&started, &session).await, None);
    assert_ne!(guard(&database), reference);
    assert_eq!(triggers(&database), "1");
}

/// Nobody could delete a user any more when the account is gone that has made it.
#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_of_another_account_becomes_that_of_the_program() {
    let Some(database) = with_users() else { return };
    let url = database.user(&["ALL ON {database}.*"]);
    let before: Auth<Named> = auth(&url, "users").await;
    let session = signed_in(&before, 1).await;
    let definer = "SELECT definer = CURRENT_USER() FROM information_schema.triggers
                   WHERE event_object_schema = DATABASE()";
    assert_eq!(database.text(definer), "0");
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(database.text(definer), "1");
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    database.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&started, &session).await, None);
}

/// Without it, a table that was dropped and made again is known by the sessions of those who are not in it.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_nobody_end_all_of_them_at_the_next_start_where_there_is_no_trigger() {
    let Some(database) = with_users() else { return };
    let url = database.user(&[ALL_BUT_TRIGGERS]);
    let before: Auth<Named> = auth(&url, "users").await;
    let (ada, _grace) = (signed_in(&before, 1).await, signed_in(&before, 2).await);
    drop(before);
    database.execute(&unchecked("DELETE FROM users WHERE id = 2"));
    let started: Auth<Named> = auth(&url, "users").await;
    assert_eq!(name(&started, &ada).await, None);
    assert_eq!(sessions(&database), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_the_sessions_and_not_write_them_does_not_start() {
    let Some(database) = with_users() else { return };
    drop(auth::<Named>(database.url(), "users").await);
    let rest = [
        "SELECT ON {database}.users",
        "SELECT ON {database}.locals_meta",
    ];
    for rights in [
        "SELECT",
        "SELECT, INSERT, UPDATE",
        "SELECT, INSERT, DELETE",
        "SELECT, UPDATE, DELETE",
    ] {
        let ours = format!("{rights} ON {{database}}.locals_sessions");
        let url = database.user(&[&ours, rest[0], rest[1]]);
        let message = refused(connect::<Named>(&url, "users").await);
        let told = ["denied", "GRANT SELECT, INSERT, UPDATE, DELETE ON"];
        assert_says(&message, &told);
    }
    let all = "SELECT, INSERT, UPDATE, DELETE ON {database}.locals_sessions";
    let url = database.user(&[all, rest[0], rest[1]]);
    let started: Auth<Named> = auth(&url, "users").await;
    let session = signed_in(&started, 1).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}
