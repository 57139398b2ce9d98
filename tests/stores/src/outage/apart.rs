//! Sessions in Redis, users on another server: that one of both is away is never "no session".

use crate::{
    program::{Account, DEADLINE, in_time, is_outage, soon},
    rig::{KeepsUsers, Server, redis::ready},
    served::Served,
};
use locals::{Auth, RedisStore, Session, testing::TestClock};
use std::time::{Duration, Instant};
use test_servers::RedisInstance;
use tokio::time::sleep;

/// A server for each.
struct Servers<U> {
    sessions: RedisInstance,
    users: U,
}

impl<U: KeepsUsers> Servers<U> {
    fn start() -> Option<Self> {
        Some(Self {
            sessions: RedisInstance::lasting()?,
            users: U::lasting()?,
        })
    }

    async fn auth(&self) -> Auth<Account> {
        let sessions = RedisStore::at(&self.sessions.url()).await;
        let sessions = ready(sessions.expect("a store")).await;
        self.users.users_of(sessions).await
    }
}

async fn signed_in(auth: &Auth<Account>) -> Session {
    auth.create_session(1).await.expect("a session")
}

pub async fn i_01_users_who_are_away_are_an_outage_until_they_are_back<U: KeepsUsers>() {
    let Some(servers) = Servers::<U>::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth).await;
    servers.users.kill();
    let read = in_time(DEADLINE, auth.validate_session(session.token()));
    is_outage("a read", read.await);
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    is_outage("a ping", in_time(DEADLINE, auth.ping()).await);
    // What needs no user goes on.
    let listed = auth.list_sessions(1).await.expect("an answer");
    assert_eq!(listed.len(), 1);
    servers.users.start_again();
    let found = soon(|| auth.validate_session(session.token())).await;
    assert!(found.is_some(), "the session has gone on");
    soon(|| auth.ping()).await;
    let found = auth.validate_session_user(session.token()).await;
    let (_, account) = found.expect("an answer").expect("the session");
    assert_eq!(account.name, "user 1");
}

pub async fn i_01_sessions_that_are_away_are_an_outage_until_they_are_back<U: KeepsUsers>() {
    let Some(servers) = Servers::<U>::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth).await;
    servers.sessions.kill();
    let read = in_time(DEADLINE, auth.validate_session(session.token()));
    is_outage("a read", read.await);
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    is_outage("a ping", in_time(DEADLINE, auth.ping()).await);
    servers.sessions.start_again();
    let found = soon(|| auth.validate_session(session.token())).await;
    assert!(found.is_some(), "the session has gone on");
    soon(|| auth.ping()).await;
}

/// Both stores are asked within one deadline.
pub async fn i_04_users_who_say_nothing_are_given_up_at_the_deadline<U: KeepsUsers>() {
    let Some(servers) = Servers::<U>::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth).await;
    servers.users.pause();
    let read = in_time(DEADLINE, auth.validate_session(session.token()));
    is_outage("a read", read.await);
    servers.users.resume();
    let found = soon(|| auth.validate_session(session.token())).await;
    assert!(found.is_some(), "the session has gone on");
}

/// Waits until there are so many connections, and sees that it stays so.
async fn has_connections<U: KeepsUsers>(server: &U, count: usize) {
    let start = Instant::now();
    while server.connections() != count {
        let is_late = start.elapsed() > Duration::from_secs(3);
        assert!(!is_late, "{} and not {count}", server.connections());
        sleep(Duration::from_millis(20)).await;
    }
    sleep(Duration::from_millis(300)).await;
    assert_eq!(server.connections(), count);
}

/// Nothing is written there.
pub async fn users_alone_are_asked_by_the_connections_that_read<U: KeepsUsers>() {
    let Some(servers) = Servers::<U>::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth).await;
    let found = auth.validate_session(session.token()).await;
    assert!(found.expect("an answer").is_some());
    has_connections(&servers.users, U::READING).await;
}

/// Nobody who signs in waits for one.
pub async fn the_connections_that_write_are_there_before_anybody_signs_in<U: KeepsUsers>() {
    let Some(server) = U::lasting() else { return };
    let store = <U::Store as Served>::at(&server.url()).await;
    let store = store.expect("a store");
    let auth = store.auth(&TestClock::new(), DEADLINE).await;
    has_connections(&server, U::CONNECTIONS).await;
    drop(auth);
}
