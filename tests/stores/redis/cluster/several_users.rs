//! The one exception: what is done to sessions of several users is done user by user.

use super::{LASTING, cluster, key_of, store};
use locals::{
    RedisStore, SessionId, StoreError, UserId,
    store::{
        Credential, Deadlines, NewSession, SecretHash, SessionRecord, SessionStore, Timestamp,
    },
};
use std::time::{Duration, Instant};
use test_servers::RedisCluster;
use tokio::{task::block_in_place, time::sleep};

const NOW: Timestamp = Timestamp::from_millis(1_893_456_000_000);

fn record(store: &RedisStore, user: &UserId) -> SessionRecord {
    let credential = Credential {
        id: store.new_id(user, SessionId::from_bytes([1; 16])),
        secret_hash: SecretHash::from_bytes([2; 32]),
    };
    let hour = Duration::from_secs(3600);
    let deadlines = Deadlines {
        active_until: NOW.plus(hour),
        idle_until: NOW.plus(2 * hour),
        expires_at: NOW.plus(9 * hour),
    };
    SessionRecord::new(credential, user.clone(), NOW, deadlines)
}

/// Two users on different nodes.
fn users(cluster: &RedisCluster, store: &RedisStore) -> [UserId; 2] {
    let port = |user: &UserId| {
        let slot = cluster.slot(&key_of(store, user));
        cluster.owner(&slot).port()
    };
    let first = UserId::from(0);
    let at = port(&first);
    let second = (1..100).map(UserId::from).find(|user| port(user) != at);
    [first, second.expect("there are three nodes")]
}

/// Its node may be on its way back.
async fn loaded(store: &RedisStore, id: SessionId) -> Option<SessionRecord> {
    let start = Instant::now();
    loop {
        match store.load(id).await {
            Ok(found) => return found,
            Err(error) => assert!(start.elapsed() < Duration::from_secs(5), "{error}"),
        }
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_several_users_end_and_are_counted() {
    let Some(cluster) = cluster(&[]) else { return };
    let store = store(&cluster).await;
    let [one, other] = users(&cluster, &store).map(|user| record(&store, &user));
    let make = |record: &SessionRecord, ended| {
        let new = NewSession::new(record.clone(), 9);
        store.replace(new, ended)
    };
    make(&one, Vec::new()).await.expect("a session");
    let replaced = make(&other, vec![one.id]).await.expect("a session");
    assert_eq!(replaced.ended, 1);
    assert!(loaded(&store, one.id).await.is_none());
    let taken = make(&other, vec![one.id]).await;
    assert!(matches!(taken, Err(StoreError::DuplicateId)));
    make(&one, Vec::new()).await.expect("a session");
    let ended = store.end(vec![one.id, other.id, one.id]).await;
    assert_eq!(ended.expect("an answer"), 2);
}

/// Of the new user's sessions none makes room for one that cannot be, however often it is tried.
#[tokio::test(flavor = "multi_thread")]
async fn d_04_a_sign_in_that_cannot_end_another_user_s_session_changes_nothing() {
    let Some(cluster) = cluster(&LASTING) else {
        return;
    };
    let store = store(&cluster).await;
    let users = users(&cluster, &store);
    let [old, new] = users.each_ref().map(|user| record(&store, user));
    let made = store.replace(NewSession::new(old.clone(), 9), Vec::new());
    made.await.expect("a session");
    let mut own = new.clone();
    own.id = store.new_id(&users[1], SessionId::from_bytes([3; 16]));
    let made = store.replace(NewSession::new(own.clone(), 1), Vec::new());
    made.await.expect("a session");
    let node = cluster.owner(&cluster.slot(&key_of(&store, &users[0])));
    node.kill();
    let replaced = store.replace(NewSession::new(new.clone(), 1), vec![old.id]);
    let error = replaced.await.expect_err("a node is away");
    let is_outage = matches!(
        error,
        StoreError::Unavailable(_) | StoreError::ConnectionLost(_)
    );
    assert!(is_outage, "{error}");
    block_in_place(|| {
        node.start_again();
        cluster.settle();
    });
    for record in [old, own] {
        assert!(loaded(&store, record.id).await.is_some());
    }
    assert!(loaded(&store, new.id).await.is_none());
}

/// Its node answers, and refuses: that is known only when the new session is there.
#[tokio::test(flavor = "multi_thread")]
async fn d_04_a_sign_in_that_another_user_s_session_outlives_is_taken_back() {
    let Some(cluster) = cluster(&[]) else { return };
    let store = store(&cluster).await;
    let users = users(&cluster, &store);
    let [old, new] = users.each_ref().map(|user| record(&store, user));
    let made = store.replace(NewSession::new(old.clone(), 9), Vec::new());
    made.await.expect("a session");
    let node = cluster.owner(&cluster.slot(&key_of(&store, &users[0])));
    node.command(&["ACL", "SETUSER", "default", "-hdel"]);
    let replaced = store.replace(NewSession::new(new.clone(), 9), vec![old.id]);
    let error = replaced.await.expect_err("it may not be ended");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(loaded(&store, old.id).await.is_some());
    assert!(loaded(&store, new.id).await.is_none());
    node.command(&["ACL", "SETUSER", "default", "+hdel"]);
    let replaced = store.replace(NewSession::new(new.clone(), 9), vec![old.id]);
    assert_eq!(replaced.await.expect("a session").ended, 1);
}
