//! A server whose memory is full: what it evicts, and what it refuses.

use crate::rig::{auth, instance, store_at};
use locals::{Auth, Renewal, Session, UserId, testing::TestClock};
use std::time::Duration;
use store_tests::program::{Program, is_outage};
use test_servers::RedisInstance;
use tokio::task::JoinSet;

const USERS: u32 = 600;

/// How many each user has.
const SESSIONS: usize = 3;

/// Beside what the server needs for itself.
const ROOM: u64 = 300 * 1024;

fn limit(instance: &RedisInstance, bytes: u64) {
    instance.command(&["CONFIG", "SET", "maxmemory", &bytes.to_string()]);
}

async fn signs_in(auth: Auth, user: u32) -> (u32, Vec<Session>) {
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(auth.create_session(user).await.expect("a sign-in"));
    }
    (user, sessions)
}

async fn everybody_signs_in(auth: &Auth) -> Vec<(u32, Vec<Session>)> {
    let mut everybody = Vec::new();
    for first in (0..USERS).step_by(50) {
        let mut signing_in = JoinSet::new();
        for user in first..first + 50 {
            signing_in.spawn(signs_in(auth.clone(), user));
        }
        everybody.extend(signing_in.join_all().await);
    }
    everybody
}

async fn alive(auth: &Auth, sessions: &[Session]) -> usize {
    let mut alive = 0;
    for session in sessions {
        let read = auth.validate_session(session.token()).await;
        alive += usize::from(read.expect("an answer").is_some());
    }
    alive
}

/// After an eviction, too, no session is left that a sign-out everywhere would miss.
async fn evicts_no_index(policy: &str) {
    let settings = [("maxmemory-policy", policy)];
    let Some(instance) = instance(&settings) else {
        return;
    };
    let auth = auth(store_at(&instance.url()).await).await;
    let used: u64 = instance.info("used_memory").parse().expect("a number");
    limit(&instance, used + ROOM);
    let everybody = everybody_signs_in(&auth).await;
    assert_ne!(instance.info("evicted_keys"), "0", "{policy}");
    limit(&instance, 0);
    let mut evicted = 0;
    for (user, sessions) in &everybody {
        let alive_before = alive(&auth, sessions).await;
        let listed = auth.list_sessions(*user).await.expect("a list");
        assert_eq!(listed.len(), alive_before, "{policy}: what lives is listed");
        evicted += SESSIONS - alive_before;
        let ended = auth.invalidate_user_sessions(*user).await;
        assert_eq!(ended.expect("an answer"), alive_before as u64, "{policy}");
        assert_eq!(alive(&auth, sessions).await, 0, "{policy}");
    }
    assert!(evicted > 0, "{policy}");
    assert_eq!(instance.command(&["DBSIZE"]), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn m_01_eviction_of_any_key_leaves_nothing_that_a_sign_out_misses() {
    for policy in ["allkeys-lru", "allkeys-lfu", "allkeys-random"] {
        evicts_no_index(policy).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m_01_eviction_of_keys_that_expire_leaves_nothing_that_a_sign_out_misses() {
    for policy in [
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
    ] {
        evicts_no_index(policy).await;
    }
}

/// Who is signed in stays so, is renewed, and may sign out; nobody signs in.
#[tokio::test(flavor = "multi_thread")]
async fn m_02_a_full_server_refuses_sign_ins_alone() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let program = Program::at(&instance.url()).await;
    let auth = &program.auth;
    limit(&instance, 1);
    let refused = auth.create_session(1).await;
    let error = refused.as_ref().expect_err("there is no room").to_string();
    assert!(error.contains("maxmemory"), "{error}");
    is_outage("a sign-in", refused);
    program.knows_everybody(auth).await.expect("reads");
    auth.ping().await.expect("an answer");
    program.clock.advance(Duration::from_secs(36 * 3600));
    for session in &program.sessions {
        let renewed = auth.renew_session(session.token()).await;
        let renewed = renewed.expect("an answer").expect("the session");
        assert!(renewed.is_fresh(), "it takes the place of what was there");
    }
    let [one, other, ..] = program.sessions.as_slice() else {
        panic!("there are eight");
    };
    assert!(auth.invalidate_session(one.id()).await.expect("a sign-out"));
    let ended = auth.invalidate_user_sessions(2).await;
    assert_eq!(ended.expect("a sign-out"), 1);
    for session in [one, other] {
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_none());
    }
    assert_eq!(auth.list_sessions(3).await.expect("a list").len(), 1);
    is_outage("a sign-in", auth.create_session(1).await);
    limit(&instance, 0);
    drop(auth.create_session(1).await.expect("a sign-in"));
}

/// A secret, too, takes the place of the one before it.
#[tokio::test(flavor = "multi_thread")]
async fn m_02_a_full_server_rotates() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let (clock, grace) = (TestClock::new(), Duration::from_secs(60));
    let auth = Auth::<UserId>::builder(store_at(&instance.url()).await);
    let auth = auth.renewal(Renewal::Rotate { grace }).clock(clock.clone());
    let auth = auth.connect().await.expect("a store that is ready");
    let session = auth.create_session("ada").await.expect("a session");
    limit(&instance, 1);
    clock.advance(Duration::from_secs(36 * 3600));
    let renewed = auth.renew_session(session.token()).await;
    let renewed = renewed.expect("an answer").expect("the session");
    assert_ne!(renewed.token().expose(), session.token().expose());
    let read = auth.validate_session(renewed.token()).await;
    assert!(read.expect("an answer").is_some());
}

/// A sign-in that is refused ends nothing: not what it was to take the place of.
#[tokio::test(flavor = "multi_thread")]
async fn m_02_a_sign_in_that_is_refused_ends_nothing() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let auth = Auth::<UserId>::builder(store_at(&instance.url()).await);
    let auth = auth.max_sessions_per_user(1).connect().await;
    let auth = auth.expect("a store that is ready");
    let session = auth.create_session("ada").await.expect("a session");
    limit(&instance, 1);
    for _ in 0..3 {
        is_outage("a sign-in", auth.create_session("ada").await);
        let read = auth.validate_session(session.token()).await;
        assert!(read.expect("an answer").is_some());
    }
}

/// A node that starts meanwhile serves those who are signed in.
#[tokio::test(flavor = "multi_thread")]
async fn m_02_a_program_starts_on_a_full_server() {
    let Some(instance) = instance(&[]) else {
        return;
    };
    let before = auth(store_at(&instance.url()).await).await;
    let session = before.create_session("ada").await.expect("a session");
    limit(&instance, 1);
    instance.command(&["SCRIPT", "FLUSH"]);
    let after = auth(store_at(&instance.url()).await).await;
    let read = after.validate_session(session.token()).await;
    assert!(read.expect("an answer").is_some());
    is_outage("a sign-in", after.create_session("ada").await);
    let ended = after.invalidate_session(session.id()).await;
    assert!(ended.expect("a sign-out"));
}
