//! Many at once: of one user, of two sessions that are nearly the same, and beside those who sweep.

use crate::{
    rig::{database, store},
    users::{Named, auth, listed, signed_in, with_users},
};
use locals::{
    Auth, MySqlStore, SessionId, UserId,
    store::{
        Credential, Deadlines, Extension, NewSession, SecretHash, SessionRecord, SessionStore,
        SessionUpdate, Timestamp,
    },
};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const BORN: Timestamp = Timestamp::from_millis(1_893_456_000_000);
const TASKS: usize = 16;
const SIGN_INS: usize = 40;
const CAP: usize = 3;

fn until(renewed: Timestamp) -> Deadlines {
    Deadlines {
        active_until: renewed.plus(DAY),
        idle_until: renewed.plus(10 * DAY),
        expires_at: BORN.plus(90 * DAY),
    }
}

/// A session of this user with these bytes, which expires as [`until`] says.
async fn insert(store: &MySqlStore, id: [u8; 16], hash: [u8; 32], user: &str) -> Credential {
    let credential = Credential {
        id: SessionId::from_bytes(id),
        secret_hash: SecretHash::from_bytes(hash),
    };
    let record = SessionRecord::new(credential, UserId::from(user), BORN, until(BORN));
    let made = store
        .replace(NewSession::new(record, 10_000), Vec::new())
        .await;
    made.expect("a new session");
    credential
}

/// A row that has everything already that is to be set is counted as found.
#[tokio::test(flavor = "multi_thread")]
async fn l_02_a_renewal_that_changes_nothing_is_one() {
    let Some(database) = database() else { return };
    let store = store(&database).await;
    let credential = insert(&store, [7; 16], [7; 32], "ada").await;
    for _ in 0..2 {
        let extension = Extension::new(until(BORN).active_until, BORN, until(BORN));
        let update = SessionUpdate::extension(credential, extension);
        assert!(store.update(update).await.expect("an answer"));
    }
    let stale = Extension::new(BORN, BORN, until(BORN));
    let update = SessionUpdate::extension(credential, stale);
    assert!(
        !store.update(update).await.expect("an answer"),
        "it was read otherwise"
    );
    assert!(
        store
            .load(credential.id)
            .await
            .expect("an answer")
            .is_some()
    );
}

/// Bytes that are letters, of which collations take some for others, and blanks at the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_09_ids_that_differ_in_one_bit_of_case_are_two_sessions() {
    let Some(database) = database() else { return };
    let store = store(&database).await;
    let mut ids = vec![[b'A'; 16], [b'a'; 16]];
    for last in [b'a', b'A', b' ', 0] {
        let mut id = *b"0123456789abcde?";
        id[15] = last;
        ids.push(id);
    }
    for (user, id) in ids.iter().enumerate() {
        insert(&store, *id, [b'A'; 32], &user.to_string()).await;
    }
    for (user, id) in ids.iter().enumerate() {
        let found = store.load(SessionId::from_bytes(*id)).await;
        let found = found.expect("an answer").expect("a session");
        assert_eq!(found.user_id.as_str(), user.to_string());
        let wrong = Credential {
            id: SessionId::from_bytes(*id),
            secret_hash: SecretHash::from_bytes([b'a'; 32]),
        };
        let extension = Extension::new(until(BORN).active_until, BORN, until(BORN));
        let update = SessionUpdate::extension(wrong, extension);
        assert!(
            !store.update(update).await.expect("an answer"),
            "another hash"
        );
    }
    let ended = store.delete(SessionId::from_bytes([b'A'; 16])).await;
    assert!(ended.expect("an answer"));
    let other = store.load(SessionId::from_bytes([b'a'; 16])).await;
    assert!(other.expect("an answer").is_some());
    let count = database.text("SELECT count(*) FROM locals_sessions");
    assert_eq!(count, (ids.len() - 1).to_string());
}

async fn node(url: &str, cap: u32) -> Auth<Named> {
    let store = MySqlStore::connect(url).await.expect("a store");
    let auth = Auth::builder(store.with_users("users")).max_sessions_per_user(cap);
    auth.connect().await.expect("an Auth")
}

/// Each of them succeeds, and never has somebody more sessions than are allowed.
#[tokio::test(flavor = "multi_thread")]
async fn l_04_a_storm_of_one_hot_user() {
    let Some(database) = with_users() else { return };
    let cap = u32::try_from(CAP).expect("a small number");
    let nodes = [
        node(&database.url(), cap).await,
        node(&database.url(), cap).await,
    ];
    let mut storm = JoinSet::new();
    for task in 0..TASKS {
        let auth = nodes[task % 2].clone();
        storm.spawn(async move {
            for _ in 0..SIGN_INS {
                let _ = signed_in(&auth, 1).await;
                assert!(listed(&auth, 1).await <= CAP);
            }
        });
    }
    storm.join_all().await;
    assert_eq!(
        database.text("SELECT count(*) FROM locals_sessions"),
        CAP.to_string()
    );
    for node in &nodes {
        assert_eq!(listed(node, 1).await, CAP);
    }
}

/// Users whose sessions are beside each other in every index.
#[tokio::test(flavor = "multi_thread")]
async fn l_04_a_storm_of_neighbours_and_of_those_who_sign_out_everywhere() {
    let Some(database) = with_users() else { return };
    let people: Vec<_> = (10..30).map(|id| format!("({id}, 'user {id}')")).collect();
    database.execute(&format!("INSERT INTO users VALUES {}", people.join(", ")));
    let nodes = [
        auth::<Named>(database.url(), "users").await,
        auth::<Named>(database.url(), "users").await,
    ];
    let mut storm = JoinSet::new();
    for task in 0..TASKS {
        let auth = nodes[task % 2].clone();
        storm.spawn(async move {
            let mut random = fastrand::Rng::with_seed(u64::try_from(task).expect("small"));
            for _ in 0..SIGN_INS {
                let user = random.i32(10..30);
                let session = signed_in(&auth, user).await;
                let ended = if random.bool() {
                    auth.invalidate_user_sessions(user).await
                } else {
                    auth.invalidate_other_sessions(&session).await
                };
                ended.expect("an answer");
            }
        });
    }
    storm.join_all().await;
    for user in 10..30 {
        let found = nodes[0].invalidate_user_sessions(user).await;
        found.expect("an answer");
    }
    assert_eq!(database.text("SELECT count(*) FROM locals_sessions"), "0");
}

/// Sessions by the thousand, of one user and of many.
async fn fill(store: &MySqlStore, count: u16) {
    for number in 0..count {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        let user = if number < count / 2 {
            "ada".to_owned()
        } else {
            number.to_string()
        };
        insert(store, id, [1; 32], &user).await;
    }
}

/// Four that sweep, those who sign in meanwhile, and one who signs out everywhere: nobody is in anybody's way.
#[tokio::test(flavor = "multi_thread")]
async fn l_07_sweepers_beside_each_other_do_no_harm() {
    let Some(database) = database() else { return };
    let stores = [store(&database).await, store(&database).await];
    fill(&stores[0], 600).await;
    let stores = Arc::new(stores);
    let mut sweepers = JoinSet::new();
    for sweeper in 0..4 {
        let stores = Arc::clone(&stores);
        sweepers.spawn(async move {
            let mut removed = 0;
            loop {
                let swept = stores[sweeper % 2]
                    .delete_expired(BORN.plus(91 * DAY), 20)
                    .await;
                match swept.expect("an answer") {
                    0 => return removed,
                    some => removed += some,
                }
            }
        });
    }
    let everywhere = tokio::spawn({
        let stores = Arc::clone(&stores);
        async move {
            let all = locals::store::UserSessions::All;
            stores[1]
                .delete_of_user("ada".into(), all)
                .await
                .expect("an answer")
        }
    });
    // Of whom nothing is swept: they are not expired.
    let mut alive = JoinSet::new();
    for task in 0..4_u8 {
        let stores = Arc::clone(&stores);
        alive.spawn(async move {
            for number in 0..20 {
                let id = [200 + task, number, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
                let credential = Credential {
                    id: SessionId::from_bytes(id),
                    secret_hash: SecretHash::from_bytes([2; 32]),
                };
                let born = BORN.plus(200 * DAY);
                let deadlines = Deadlines {
                    active_until: born.plus(DAY),
                    idle_until: born.plus(DAY),
                    expires_at: born.plus(DAY),
                };
                let record = SessionRecord::new(credential, "eve".into(), born, deadlines);
                let new = NewSession::new(record, 10_000);
                let made = stores[usize::from(task % 2)].replace(new, Vec::new()).await;
                made.expect("a session");
            }
        });
    }
    alive.join_all().await;
    let swept: u64 = sweepers.join_all().await.into_iter().sum();
    let ended = everywhere.await.expect("no panic");
    assert_eq!(swept + ended, 600, "each has been counted once");
    assert_eq!(database.text("SELECT count(*) FROM locals_sessions"), "80");
}
