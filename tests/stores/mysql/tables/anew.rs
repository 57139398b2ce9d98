//! A table of the application that refers to the sessions, where they all have to end.

use super::{guard, sessions};
use crate::{
    rig::Database,
    users::{Named, USERS, assert_says, auth, name, refusal, signed_in, unchecked, with_users},
};
use locals::{Auth, MySqlStore, UserId};

/// A basket for each session.
fn baskets(database: &Database, reference: &str) {
    database.execute(&format!(
        "CREATE TABLE baskets (
             session_id binary(16), FOREIGN KEY (session_id) REFERENCES locals_sessions (id) {reference}
         );
         INSERT INTO baskets SELECT id FROM locals_sessions"
    ));
}

/// How many there are, and how many of them are a session's.
fn counted(database: &Database) -> String {
    database.text("SELECT concat(count(*), ' ', count(session_id)) FROM baskets")
}

fn end(database: &Database) {
    database.execute(&unchecked(&format!("DROP TABLE users; {USERS}")));
}

/// As the application has said, it goes or stays without one.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_refers_to_the_sessions_stays_and_they_end() {
    for (reference, expected) in [("ON DELETE CASCADE", "0 0"), ("ON DELETE SET NULL", "1 0")] {
        let Some(database) = with_users() else { return };
        let before: Auth<Named> = auth(database.url(), "users").await;
        let session = signed_in(&before, 1).await;
        drop(before);
        baskets(&database, reference);
        let guard_before = guard(&database);
        end(&database);
        let started: Auth<Named> = auth(database.url(), "users").await;
        assert_eq!(name(&started, &session).await, None);
        assert_eq!(sessions(&database), "0");
        assert_eq!(counted(&database), expected, "{reference}");
        assert_ne!(guard(&database), guard_before);
        let again = signed_in(&started, 1).await;
        assert_eq!(name(&started, &again).await.as_deref(), Some("Ada"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_keeps_sessions_is_named_and_they_stay() {
    let Some(database) = with_users() else { return };
    let before: Auth<Named> = auth(database.url(), "users").await;
    let _ = signed_in(&before, 1).await;
    drop(before);
    baskets(&database, "");
    end(&database);
    let message = refusal::<Named>(database.url(), "users").await;
    assert_says(&message, &["baskets"]);
    assert_eq!(sessions(&database), "1");
    assert_eq!(counted(&database), "1 1");
    database.execute("DELETE FROM baskets");
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(sessions(&database), "0");
    let session = signed_in(&started, 1).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// Of whom those are, nothing says.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_were_made_for_no_users_table_end_with_the_first() {
    let Some(database) = with_users() else { return };
    let without = async || -> Auth<UserId> {
        let store = MySqlStore::connect(database.url()).await.expect("a store");
        Auth::builder(store).connect().await.expect("an Auth")
    };
    let session = without().await.create_session("1").await;
    let session = session.expect("a session");
    let with: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&with, &session).await, None);
    assert_eq!(sessions(&database), "0");

    // As long as there are users, their sessions are theirs.
    let session = signed_in(&with, 1).await;
    let found = without().await.validate_session(session.token()).await;
    let found = found.expect("an answer").expect("a session");
    assert_eq!(found.user_id().as_str(), "1");
}
