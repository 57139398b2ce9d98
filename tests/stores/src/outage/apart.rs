//! Sessions in Redis, users on another server: that one of both is away is never "no session".

use crate::{
    program::{Account, DEADLINE, in_time, is_outage, soon},
    rig::{KeepsUsers, Server, redis::ready},
    served::Served,
};
use locals::{Auth, RedisStore, Session};
use test_servers::RedisInstance;

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
