//! What a program is told at start: options that do not fit, and what whoever runs the server should mend.

use crate::rig::{Keys, instance, rows, store_at};
use locals::{Auth, RedisStore, StoreError, UserId, store::Store};
use test_servers::RedisInstance;

async fn warnings(instance: &RedisInstance) -> Vec<String> {
    Store::<UserId>::warnings(&store_at(&instance.url()).await)
}

/// A policy and a persistence for which nobody need be warned.
const SOUND: [(&str, &str); 2] = [("maxmemory-policy", "noeviction"), ("appendonly", "yes")];

#[tokio::test(flavor = "multi_thread")]
async fn m_03_a_sound_server_is_not_warned_of() {
    let Some(instance) = instance(&SOUND) else {
        return;
    };
    let warnings = warnings(&instance).await;
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn m_03_a_server_that_evicts_is_warned_of() {
    for policy in ["allkeys-lru", "volatile-ttl"] {
        let Some(instance) = instance(&[SOUND[1], ("maxmemory-policy", policy)]) else {
            return;
        };
        let warnings = warnings(&instance).await;
        let [warning] = warnings.as_slice() else {
            panic!("{policy}: {warnings:?}");
        };
        assert!(warning.contains(policy), "{warning}");
        assert!(warning.contains("noeviction"), "{warning}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m_03_a_server_that_keeps_nothing_is_warned_of() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let warnings = warnings(&instance).await;
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:?}");
    };
    assert!(warning.contains("appendonly"), "{warning}");
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_a_persistence_too() {
    let Some(instance) = instance(&[("save", "3600 1")]) else {
        return;
    };
    let warnings = warnings(&instance).await;
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_connected_to() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let url = format!("unix://{}?db=3", instance.socket().display());
    let auth = Auth::<UserId>::builder(store_at(&url).await);
    let auth = auth.connect().await.expect("a store that is ready");
    let session = auth.create_session("ada").await.expect("a session");
    let read = auth.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
    assert_eq!(rows(|words| instance.command(words), "*"), 0, "not in 0");
    instance.command(&["SWAPDB", "0", "3"]);
    assert_eq!(rows(|words| instance.command(words), "locals:*"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_of_the_url_is_used() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let url = format!("redis://127.0.0.1:{}/5", instance.port());
    let auth = Auth::<UserId>::builder(store_at(&url).await);
    let auth = auth.connect().await.expect("a store that is ready");
    drop(auth.create_session("ada").await.expect("a session"));
    assert_eq!(instance.command(&["DBSIZE"]), "0");
    instance.command(&["CLIENT", "KILL", "TYPE", "normal"]);
    // In a connection that is made again, too.
    drop(store_tests::program::soon(|| auth.create_session("ada").into_future()).await);
    assert_eq!(instance.command(&["DBSIZE"]), "0");
    instance.command(&["SWAPDB", "0", "5"]);
    assert_eq!(rows(|words| instance.command(words), "locals:*"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_refused() {
    let Some(instance) = instance(&[("databases", "2")]) else {
        return;
    };
    let url = format!("redis://127.0.0.1:{}/7", instance.port());
    let error = RedisStore::connect(url).await.expect_err("there are two");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
}

/// L-08: 192.0.2.1 is nobody's, and nobody is asked.
#[tokio::test(flavor = "multi_thread")]
async fn l_08_nothing_is_sent_over_a_network_unencrypted() {
    let refused = RedisStore::connect("redis://:secret@192.0.2.1:6379").await;
    let error = refused.expect_err("it would be read");
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
    let text = error.to_string();
    for way in ["rediss://", "allow_plaintext()"] {
        assert!(text.contains(way), "{text}");
    }
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prefixes_that_would_break_a_key_are_refused() {
    let Some(keys) = Keys::new() else { return };
    let long = "x".repeat(65);
    for prefix in ["", "a{b}", "a b", "ä", "a*", long.as_str()] {
        let options = RedisStore::options(keys.redis.url()).expect("options");
        let connected = options.prefix(prefix).connect().await;
        let error = connected.expect_err("no prefix");
        assert!(matches!(error, StoreError::Setup(_)), "{prefix:?}: {error}");
    }
}
