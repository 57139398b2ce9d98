//! Whoever stops waiting leaves a reply behind: it is nobody else's.

use crate::rig::Keys;
use locals::{
    Auth, RedisStore, Session, UserId,
    store::{SessionRecord, SessionStore},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use test_servers::Proxy;
use tokio::{task::JoinSet, time::timeout};

const CANCELLED: u32 = 10_000;
const AT_ONCE: u64 = 100;

/// Until a reply is there.
const DELAY: Duration = Duration::from_millis(20);

struct Asking {
    store: RedisStore,
    auth: Auth,
    sessions: Vec<Session>,
    cancelled: AtomicU32,
    answered: AtomicU32,
}

impl Asking {
    /// Waits as long as it likes; the answer, where there is one by then.
    async fn perhaps<T>(&self, patience: Duration, asked: impl Future<Output = T>) -> Option<T> {
        let answer = timeout(patience, asked).await.ok();
        let count = match &answer {
            Some(_) => &self.answered,
            None => &self.cancelled,
        };
        count.fetch_add(1, Ordering::Relaxed);
        answer
    }

    async fn ask(&self, random: &mut fastrand::Rng) {
        let session = random.choice(&self.sessions).expect("there are some");
        let patience = Duration::from_millis(random.u64(0..40));
        match random.u32(..3) {
            0 => {
                let loaded = self.store.load(*session.id());
                let loaded = self.perhaps(patience, loaded).await;
                if let Some(record) = loaded {
                    is_of(session, &record.expect("an answer").expect("the session"));
                }
            }
            1 => {
                let read = self.auth.validate_session_user(session.token());
                let read = self.perhaps(patience, read).await;
                if let Some(found) = read {
                    let (found, user) = found.expect("an answer").expect("the session");
                    assert_eq!(found.id(), session.id());
                    assert_eq!(&user, session.user_id());
                }
            }
            _ => {
                let listed = self.auth.list_sessions(session.user_id().clone());
                let listed = self.perhaps(patience, listed).await;
                for found in listed.into_iter().flat_map(|list| list.expect("a list")) {
                    let ours = self.sessions.iter().find(|known| known.id() == found.id());
                    let owner = ours.expect("a session of ours").user_id();
                    assert_eq!(owner, session.user_id());
                }
            }
        }
    }
}

fn is_of(session: &Session, record: &SessionRecord) {
    assert_eq!(&record.id, session.id());
    assert_eq!(&record.user_id, session.user_id());
}

async fn signed_in(store: &RedisStore) -> (Auth, Vec<Session>) {
    let auth = Auth::<UserId>::builder(store.clone()).connect().await;
    let auth = auth.expect("a store that is ready");
    let mut sessions = Vec::new();
    for user in ["ada", "bob"].into_iter().cycle().take(8) {
        sessions.push(auth.create_session(user).await.expect("a session"));
    }
    (auth, sessions)
}

#[tokio::test(flavor = "multi_thread")]
async fn p_01_ten_thousand_replies_that_nobody_waits_for_are_nobody_elses() {
    let Some(keys) = Keys::new() else { return };
    let proxy = Proxy::to(keys.redis.port()).await;
    let store = keys.store_through(&proxy).await;
    let (auth, sessions) = signed_in(&store).await;
    let asking = Arc::new(Asking {
        store,
        auth,
        sessions,
        cancelled: AtomicU32::new(0),
        answered: AtomicU32::new(0),
    });
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    proxy.delay(DELAY / 2);
    let mut clients = JoinSet::new();
    for number in 0..AT_ONCE {
        let asking = Arc::clone(&asking);
        let mut random = fastrand::Rng::with_seed(seed.wrapping_add(number));
        clients.spawn(async move {
            while asking.cancelled.load(Ordering::Relaxed) < CANCELLED {
                asking.ask(&mut random).await;
            }
        });
    }
    clients.join_all().await;
    let answered = asking.answered.load(Ordering::Relaxed);
    assert!(answered > CANCELLED / 20, "{answered} answers");
    proxy.pass();
    for session in &asking.sessions {
        let record = asking.store.load(*session.id()).await;
        is_of(session, &record.expect("an answer").expect("the session"));
    }
}

/// Writes, too: a sign-in that nobody waits for took place or not, and no other says that it did.
#[tokio::test(flavor = "multi_thread")]
async fn p_01_a_reply_to_a_write_that_was_cancelled_is_no_other_writes() {
    let Some(keys) = Keys::new() else { return };
    let proxy = Proxy::to(keys.redis.port()).await;
    let store = keys.store_through(&proxy).await;
    let (auth, kept) = signed_in(&store).await;
    proxy.delay(DELAY / 2);
    let mut clients = JoinSet::new();
    for number in 0..AT_ONCE {
        let (auth, kept) = (auth.clone(), kept.clone());
        clients.spawn(async move {
            let user = format!("user {number}");
            for patience in 0..20 {
                let patience = Duration::from_millis(patience * 2);
                let gone = auth.invalidate_user_sessions("nobody");
                let gone = timeout(patience, gone).await;
                assert!(gone.is_err() || gone.is_ok_and(|ended| ended.expect("an answer") == 0));
                let signed_in = timeout(patience, auth.create_session(&user).into_future()).await;
                if let Ok(session) = signed_in {
                    let session = session.expect("a session");
                    assert_eq!(session.user_id().as_str(), user);
                    let ended = auth.invalidate_session(session.id()).await;
                    assert!(ended.expect("an answer"), "it was there");
                }
            }
            for session in &kept {
                let read = auth.validate_session(session.token()).await;
                let found = read.expect("an answer").expect("the session");
                assert_eq!(found.user_id(), session.user_id());
            }
        });
    }
    clients.join_all().await;
    proxy.pass();
    store.ping().await.expect("an answer");
}
