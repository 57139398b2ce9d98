//! One of both servers is away: that is never "no session".

use super::{Account, USERS, name, signed_in};
use crate::rig::{instance, store_at};
use locals::{Auth, PostgresStore};
use store_tests::program::{DEADLINE, in_time, is_outage, soon};
use test_servers::{Instance, Options, RedisInstance};

/// A server for each.
struct Servers {
    redis: RedisInstance,
    postgres: Instance,
}

impl Servers {
    fn start() -> Option<Self> {
        let redis = instance(&[("appendonly", "yes"), ("appendfsync", "always")])?;
        let postgres = Instance::start(Options {
            without_fsync: true,
            ..Options::default()
        })?;
        postgres.execute(USERS);
        Some(Self { redis, postgres })
    }

    async fn auth(&self) -> Auth<Account> {
        let users = PostgresStore::connect(self.postgres.url()).await;
        let users = users.expect("a store").with_users("users");
        let auth = Auth::<Account>::builder(store_at(&self.redis.url()).await).users_from(users);
        auth.connect().await.expect("stores that are ready")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i_01_users_who_are_away_are_an_outage_until_they_are_back() {
    let Some(servers) = Servers::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth, 1).await;
    servers.postgres.kill();
    let read = in_time(DEADLINE, auth.validate_session(session.token()));
    is_outage("a read", read.await);
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    is_outage("a ping", in_time(DEADLINE, auth.ping()).await);
    // What needs no user goes on.
    let listed = auth.list_sessions(1).await.expect("an answer");
    assert_eq!(listed.len(), 1);
    servers.postgres.start_again();
    let found = soon(|| auth.validate_session(session.token())).await;
    assert!(found.is_some(), "the session has gone on");
    soon(|| auth.ping()).await;
    assert_eq!(name(&auth, &session).await.as_deref(), Some("Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn i_01_sessions_that_are_away_are_an_outage_until_they_are_back() {
    let Some(servers) = Servers::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth, 1).await;
    servers.redis.kill();
    let read = in_time(DEADLINE, auth.validate_session(session.token()));
    is_outage("a read", read.await);
    is_outage("a sign-in", in_time(DEADLINE, auth.create_session(1)).await);
    is_outage("a ping", in_time(DEADLINE, auth.ping()).await);
    servers.redis.start_again();
    let found = soon(|| auth.validate_session(session.token())).await;
    assert!(found.is_some(), "the session has gone on");
    soon(|| auth.ping()).await;
}

/// Both stores are asked within one deadline.
#[tokio::test(flavor = "multi_thread")]
async fn i_04_users_who_say_nothing_are_given_up_at_the_deadline() {
    let Some(servers) = Servers::start() else {
        return;
    };
    let auth = servers.auth().await;
    let session = signed_in(&auth, 1).await;
    servers.postgres.pause();
    let read = in_time(DEADLINE, auth.validate_session(session.token()));
    is_outage("a read", read.await);
    servers.postgres.resume();
    let found = soon(|| auth.validate_session(session.token())).await;
    assert!(found.is_some(), "the session has gone on");
}
