//! Several nodes that start at once, and beside others that serve.

use super::{guard, sessions};
use crate::{
    rig::named,
    users::{Named, USERS, auth, name, name_in_the_end, signed_in, with_users},
};
use locals::{Auth, PostgresStore, UserId};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use test_servers::{Postgres, Schema};
use tokio::{sync::Mutex, task::JoinSet, time::sleep};

const NODES: usize = 10;

/// A server has a hundred connections where nobody gives it more: one test of these at a time.
static TURN: Mutex<()> = Mutex::const_new(());

/// Starts them all, each with connections of its own.
async fn nodes(url: &str) -> Vec<Auth<Named>> {
    let mut starting = JoinSet::new();
    for _ in 0..NODES {
        let url = url.to_owned();
        starting.spawn(async move { auth::<Named>(url, "users").await });
    }
    starting.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_at_once_on_an_empty_schema() {
    let _turn = TURN.lock().await;
    let Some(schema) = with_users() else { return };
    let nodes = nodes(&schema.url()).await;
    assert_eq!(schema.text("SELECT count(*) FROM locals_meta"), "1");
    let session = signed_in(&nodes[0], 1).await;
    for node in &nodes {
        assert_eq!(name(node, &session).await.as_deref(), Some("Ada"));
    }
    assert!(
        nodes[9]
            .invalidate_session(session.id())
            .await
            .expect("ended")
    );
    for node in &nodes {
        assert_eq!(name(node, &session).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_while_another_serves() {
    let _turn = TURN.lock().await;
    let Some(schema) = with_users() else { return };
    let serving: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&serving, 1).await;
    let guard_before = guard(&schema);
    let is_over = Arc::new(AtomicBool::new(false));
    let requests = tokio::spawn({
        let (is_over, serving, session) = (Arc::clone(&is_over), serving.clone(), session.clone());
        async move {
            let mut answered = 0;
            while !is_over.load(Ordering::Relaxed) {
                assert_eq!(name(&serving, &session).await.as_deref(), Some("Ada"));
                let brief = signed_in(&serving, 2).await;
                let ended = serving.invalidate_session(brief.id()).await;
                assert!(ended.expect("an answer"));
                answered += 1;
            }
            answered
        }
    });
    let nodes = nodes(&schema.url()).await;
    is_over.store(true, Ordering::Relaxed);
    assert!(requests.await.expect("every request was answered") > 0);
    assert_eq!(guard(&schema), guard_before);
    assert_eq!(sessions(&schema), "1");
    for node in &nodes {
        assert_eq!(name(node, &session).await.as_deref(), Some("Ada"));
    }
}

/// Of ten nodes that find the sessions of another users table one ends them, and no other does so again.
#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_where_the_tables_have_to_be_made_anew() {
    let _turn = TURN.lock().await;
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    let old_guard = guard(&schema);
    schema.execute(&format!("DROP TABLE users CASCADE; {USERS}"));
    let nodes = nodes(&schema.url()).await;
    assert_ne!(guard(&schema), old_guard);
    let made = signed_in(&nodes[0], 1).await;
    for node in &nodes {
        assert_eq!(name(node, &session).await, None);
        assert_eq!(name(node, &made).await.as_deref(), Some("Ada"));
    }
}

/// Each finds the key of another type, and one of them is enough.
#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_where_the_key_was_widened() {
    let _turn = TURN.lock().await;
    let Some(schema) = with_users() else { return };
    let before: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&before, 1).await;
    schema.execute("ALTER TABLE users ALTER COLUMN id TYPE bigint");
    for node in nodes(&schema.url()).await {
        let found = name_in_the_end(&node, &session).await;
        assert_eq!(found.as_deref(), Some("Ada"));
    }
}

/// A node begins to make the tables, and has their lock as long as nobody may refer to the users.
async fn lock_of_migrations(schema: &Schema) -> String {
    let application = schema.connect().await;
    let held = "BEGIN; LOCK TABLE users IN ROW EXCLUSIVE MODE";
    application.batch_execute(held).await.expect("held");
    let url = named(schema);
    let starting = tokio::spawn(async move { auth::<Named>(url, "users").await });
    let find = format!(
        "SELECT max((l.classid::bigint << 32) | l.objid::bigint)
         FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = '{}'",
        schema.name()
    );
    let lock = loop {
        let found = schema.text(&find);
        if !found.is_empty() {
            break found;
        }
        assert!(!starting.is_finished(), "it has made them already");
        sleep(Duration::from_millis(10)).await;
    };
    application.batch_execute("COMMIT").await.expect("ended");
    drop(starting.await.expect("it starts"));
    schema.execute("DROP TABLE locals_sessions, locals_meta");
    lock
}

/// It may rewrite a large table, which takes longer than a transaction of the application is waited for, five
/// seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_waits_for_another_that_changes_the_tables() {
    let Some(schema) = with_users() else { return };
    let lock = lock_of_migrations(&schema).await;
    let other = schema.connect().await;
    let held = format!("BEGIN; SELECT pg_advisory_xact_lock({lock})");
    other.batch_execute(&held).await.expect("held");
    let url = schema.url();
    let starting = tokio::spawn(async move { auth::<Named>(url, "users").await });
    sleep(Duration::from_millis(5500)).await;
    assert!(!starting.is_finished(), "it waits");
    other.batch_execute("COMMIT").await.expect("ended");
    let started = starting.await.expect("it starts");
    let session = signed_in(&started, 1).await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
}

/// Nothing is locked where all is well.
#[tokio::test(flavor = "multi_thread")]
async fn l_09_a_node_starts_beside_a_transaction_that_holds_the_tables() {
    let Some(schema) = with_users() else { return };
    let serving: Auth<Named> = auth(schema.url(), "users").await;
    let session = signed_in(&serving, 1).await;
    let client = schema.connect().await;
    let held = "BEGIN; UPDATE users SET name = 'Augusta'; SELECT * FROM locals_sessions FOR UPDATE;
                LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE";
    client.batch_execute(held).await.expect("held");
    let started: Auth<Named> = auth(schema.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    client.batch_execute("COMMIT").await.expect("committed");
    assert_eq!(name(&started, &session).await.as_deref(), Some("Augusta"));
}

/// Tables of which one was made and the transaction did not come to its end are none.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_half_way_leaves_nothing() {
    let Some(postgres) = Postgres::shared() else {
        return;
    };
    let schema = postgres.schema();
    // The name of an index of ours, which is made last.
    schema.execute("CREATE TABLE locals_sessions_by_external_ref (x int)");
    let store = PostgresStore::connect(schema.url()).await.expect("a store");
    let built: Result<Auth<UserId>, _> = Auth::builder(store.clone()).connect().await;
    let message = built.expect_err("the name is taken").to_string();
    assert!(
        message.contains("locals_sessions_by_external_ref"),
        "{message}"
    );
    assert_eq!(schema.text("SELECT to_regclass('locals_sessions')"), "");
    schema.execute("DROP TABLE locals_sessions_by_external_ref");
    let auth: Auth<UserId> = Auth::builder(store).connect().await.expect("an Auth");
    let _ = auth.create_session("ada").await.expect("a session");
}
