//! Servers that are set up otherwise: what a connection of ours wants, it says itself.

use super::triggers;
use crate::{
    rig::{Database, instance},
    users::{Named, USERS, assert_says, auth, is_nobody, listed, name, signed_in, user, warnings},
};
use chrono::{DateTime, Utc};
use locals::{Auth, MySqlStore, UserId, UsersTable};
use serde::Deserialize;
use test_servers::{MySqlInstance, MySqlOptions};

#[derive(Deserialize)]
struct Since {
    name: String,
    since: DateTime<Utc>,
}

/// In any zone, seconds since 1970 are the same moment.
const SINCE: &str = "ALTER TABLE users ADD since timestamp NULL;
    UPDATE users SET since = FROM_UNIXTIME(1795692748)";

/// On a server with these settings, which has another default than ours.
async fn works_with(settings: &[(&'static str, &str)]) {
    let Some(instance) = instance(settings) else {
        return;
    };
    works(&instance.database()).await;
}

async fn works(database: &Database) {
    database.execute(&format!("{USERS}; {SINCE}; COMMIT"));
    let users = UsersTable::new("users").only_if("name <> \"Grace\"");
    let auth: Auth<Since> = auth(database.url(), users).await;
    let session = signed_in(&auth, 1).await;
    let ada = user(&auth, &session).await.expect("a user");
    assert_eq!(ada.name, "Ada");
    assert_eq!(ada.since.to_rfc3339(), "2026-11-26T11:32:28+00:00");
    is_nobody(&auth, 2).await;
    let renewed = auth.renew_session(session.token()).await;
    assert!(renewed.expect("an answer").is_some());
    // Another start finds everything as it has to be.
    let again: Auth<Named> = crate::users::auth(database.url(), "users").await;
    assert_eq!(name(&again, &session).await.as_deref(), Some("Ada"));
    database.execute("DELETE FROM users WHERE id = 1; COMMIT");
    assert_eq!(name(&again, &session).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn h_06_a_server_in_another_time_zone() {
    works_with(&[("default_time_zone", "-11:00")]).await;
}

/// It would cut off what is too long, and take a wrong date for none.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_whatever_fits_somehow() {
    works_with(&[("sql_mode", "")]).await;
    let Some(instance) = instance(&[("sql_mode", "")]) else {
        return;
    };
    let database = instance.database();
    let store = MySqlStore::connect(database.url()).await.expect("a store");
    let auth: Auth<UserId> = Auth::builder(store).connect().await.expect("an Auth");
    let [long, other] = ["a", "b"].map(|end| "n".repeat(3072) + end);
    for id in [&long, &other] {
        is_nobody(&auth, id.as_str()).await;
    }
    assert_eq!(database.text("SELECT count(*) FROM locals_sessions"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_sql_as_others_write_it() {
    for mode in [
        "ANSI",
        "ORACLE,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT",
    ] {
        let Some(started) = instance(&[("sql_mode", "")]) else {
            return;
        };
        // One server does not know all of these.
        let known = if started.text("SELECT VERSION()").contains("MariaDB") {
            mode
        } else {
            "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT"
        };
        started.execute(&format!("SET GLOBAL sql_mode = '{known}'"));
        works(&started.database()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_names_of_tables_in_any_case() {
    works_with(&[("lower_case_table_names", "1")]).await;
    let Some(instance) = instance(&[("lower_case_table_names", "1")]) else {
        return;
    };
    let database = instance.database();
    database.execute(&USERS.replace("users", "Accounts"));
    for table in ["Accounts", "accounts", "ACCOUNTS"] {
        let auth: Auth<Named> = auth(database.url(), table).await;
        let session = signed_in(&auth, 1).await;
        let again: Auth<Named> = crate::users::auth(database.url(), "Accounts").await;
        assert_eq!(
            name(&again, &session).await.as_deref(),
            Some("Ada"),
            "{table}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_transactions_see_what_was_when_they_began() {
    works_with(&[("transaction_isolation", "SERIALIZABLE")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_commits_nothing_by_itself() {
    works_with(&[("autocommit", "0")]).await;
}

/// It would show the references of the sessions in another form, end no transaction by COMMIT, and answer with one
/// row of several.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_settings_change_what_statements_mean() {
    for (setting, value) in [
        ("sql_quote_show_create", "OFF"),
        ("completion_type", "CHAIN"),
        ("sql_select_limit", "1"),
        ("max_join_size", "1"),
    ] {
        let Some(instance) = instance(&[]) else {
            return;
        };
        let database = instance.database();
        instance.execute(&format!("SET GLOBAL {setting} = {value}"));
        works(&database).await;
        let auth: Auth<Named> = auth(database.url(), "users").await;
        let sessions = [signed_in(&auth, 2).await, signed_in(&auth, 2).await];
        assert_eq!(listed(&auth, 2).await, 2, "{setting}");
        for session in &sessions {
            let ended = auth.invalidate_session(session.id()).await;
            assert!(ended.expect("an answer"));
            assert_eq!(name(&auth, session).await, None, "{setting}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_no_table_without_a_primary_key() {
    works_with(&[
        ("loose_innodb_force_primary_key", "ON"),
        ("loose_sql_require_primary_key", "ON"),
    ])
    .await;
}

/// It keeps a log for others, and makes and drops triggers for nobody but those who may do everything.
fn with_log() -> Option<MySqlInstance> {
    MySqlInstance::start(MySqlOptions {
        replicated: true,
        ..MySqlOptions::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_may_not_be_dropped_stays() {
    let Some(instance) = with_log() else { return };
    let database = instance.database();
    database.execute(USERS);
    drop(auth::<Named>(database.url(), "users").await);
    let url = database.user(&["ALL ON {database}.*"]);
    for _ in 0..2 {
        drop(auth::<Named>(&url, "users").await);
        assert_eq!(triggers(&database), "1");
        let is_marked = database.text("SELECT is_marked FROM locals_meta");
        assert_eq!(is_marked, "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_no_trigger_be_made() {
    let Some(instance) = with_log() else { return };
    let database = instance.database();
    database.execute(USERS);
    let url = database.user(&["ALL ON {database}.*"]);
    let told = warnings(&url).await;
    assert_says(&told.to_lowercase(), &["trigger"]);
    assert_eq!(triggers(&database), "0");
    let before: Auth<Named> = auth(&url, "users").await;
    let session = signed_in(&before, 1).await;
    let started: Auth<Named> = auth(&url, "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    database.execute("DELETE FROM users WHERE id = 1");
    assert_eq!(name(&started, &session).await, None);
}
