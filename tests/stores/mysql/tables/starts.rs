//! Several nodes that start at once, and beside others that serve.

use super::{guard, sessions};
use crate::{
    rig::Database,
    users::{Named, USERS, auth, name, name_in_the_end, signed_in, unchecked, with_users},
};
use locals::{Auth, MySqlStore};
use mysql_async::prelude::Queryable;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Mutex, task::JoinSet, time::sleep};

const NODES: usize = 10;

/// A server has 151 connections where nobody gives it more: one test of these at a time.
static TURN: Mutex<()> = Mutex::const_new(());

async fn node(url: String) -> Auth<Named> {
    let options = MySqlStore::options(url).expect("options");
    let options = options.read_connections(1).write_connections(1);
    let store = options.connect().await.expect("a store");
    let auth = Auth::builder(store.with_users("users")).connect().await;
    auth.expect("an Auth")
}

/// Starts them all, each with connections of its own.
async fn nodes(database: &Database) -> Vec<Auth<Named>> {
    let mut starting = JoinSet::new();
    for _ in 0..NODES {
        starting.spawn(node(database.url()));
    }
    starting.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_at_once_on_an_empty_database() {
    let _turn = TURN.lock().await;
    let Some(database) = with_users() else { return };
    let nodes = nodes(&database).await;
    assert_eq!(database.text("SELECT count(*) FROM locals_meta"), "1");
    let session = signed_in(&nodes[0], 1).await;
    for node in &nodes {
        assert_eq!(name(node, &session).await.as_deref(), Some("Ada"));
    }
    let ended = nodes[9].invalidate_session(session.id()).await;
    assert!(ended.expect("ended"));
    for node in &nodes {
        assert_eq!(name(node, &session).await, None);
    }
}

/// The first to be ready serves while others look at what it has made.
#[tokio::test(flavor = "multi_thread")]
async fn l_09_whoever_signs_in_while_other_nodes_start_stays_signed_in() {
    let _turn = TURN.lock().await;
    for _ in 0..12 {
        let Some(database) = with_users() else { return };
        let mut starting = JoinSet::new();
        for _ in 0..6 {
            let url = database.url();
            starting.spawn(async {
                let node = node(url).await;
                let session = signed_in(&node, 1).await;
                (node, session)
            });
        }
        let started = starting.join_all().await;
        // Each looks at the tables once a second.
        sleep(Duration::from_millis(1100)).await;
        for (node, _) in &started {
            for (_, session) in &started {
                assert_eq!(name(node, session).await.as_deref(), Some("Ada"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_while_another_serves() {
    let _turn = TURN.lock().await;
    let Some(database) = with_users() else { return };
    let serving: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&serving, 1).await;
    let guard_before = guard(&database);
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
    let nodes = nodes(&database).await;
    is_over.store(true, Ordering::Relaxed);
    assert!(requests.await.expect("every request was answered") > 0);
    assert_eq!(guard(&database), guard_before);
    assert_eq!(sessions(&database), "1");
    for node in &nodes {
        assert_eq!(name(node, &session).await.as_deref(), Some("Ada"));
    }
}

/// Of ten nodes that find the sessions of another users table one ends them, and no other does so again.
#[tokio::test(flavor = "multi_thread")]
async fn l_09_ten_nodes_start_where_the_tables_have_to_be_made_anew() {
    let _turn = TURN.lock().await;
    let Some(database) = with_users() else { return };
    let before: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&before, 1).await;
    let old_guard = guard(&database);
    database.execute(&unchecked(&format!("DROP TABLE users; {USERS}")));
    let nodes = nodes(&database).await;
    assert_ne!(guard(&database), old_guard);
    let made = signed_in(&nodes[0], 1).await;
    for node in &nodes {
        assert_eq!(name(node, &session).await, None);
        let found = name_in_the_end(node, &made).await;
        assert_eq!(found.as_deref(), Some("Ada"));
    }
}

/// Nothing is locked where all is well.
#[tokio::test(flavor = "multi_thread")]
async fn l_09_a_node_starts_beside_a_transaction_that_holds_the_tables() {
    let Some(database) = with_users() else { return };
    let serving: Auth<Named> = auth(database.url(), "users").await;
    let session = signed_in(&serving, 1).await;
    let mut application = database.open().await;
    let held = "BEGIN; UPDATE users SET name = 'Augusta'; SELECT * FROM locals_sessions FOR UPDATE";
    application.query_drop(held).await.expect("held");
    let started: Auth<Named> = auth(database.url(), "users").await;
    assert_eq!(name(&started, &session).await.as_deref(), Some("Ada"));
    application.query_drop("COMMIT").await.expect("committed");
    assert_eq!(name(&started, &session).await.as_deref(), Some("Augusta"));
}
