//! Ten thousand orders in which requests of one session may meet its end, on both stores.

#![cfg(all(feature = "sqlite", feature = "testing"))]

use std::{hint::spin_loop, path::Path, sync::Arc, time::Duration};

use fastrand::Rng;
use locals::{
    Auth, MemoryStore, Session, SqliteStore, UserId,
    store::{AnswersAtOnce, Store},
    testing::TestClock,
};
use tokio::{sync::Barrier, task::JoinSet};

const ROUNDS: usize = 10_000;
const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Clone, Copy, Debug)]
enum Ending {
    ById,
    ByIdAndUser,
    AllOthers,
    AllOfTheUser,
}

const ENDINGS: [Ending; 4] = [
    Ending::ById,
    Ending::ByIdAndUser,
    Ending::AllOthers,
    Ending::AllOfTheUser,
];

async fn end(auth: &Auth, ending: Ending, session: &Session, other: &Session) {
    let (id, user) = (session.id(), session.user_id());
    let ended = match ending {
        Ending::ById => auth.invalidate_session(id).await.map(u64::from),
        Ending::ByIdAndUser => auth.invalidate_user_session(user, id).await.map(u64::from),
        Ending::AllOthers => auth.invalidate_other_sessions(other).await,
        Ending::AllOfTheUser => auth.invalidate_user_sessions(user).await,
    };
    assert!(ended.expect("a healthy store") > 0, "{ending:?}");
}

/// A time that is different for each request, and shorter than any timer knows.
fn dawdle(turns: u32) {
    (0..turns).for_each(|_| spin_loop());
}

async fn no_interleaving_brings_it_back(store: impl Store<UserId> + AnswersAtOnce) {
    let clock = TestClock::new();
    let builder = Auth::builder(store).clock(clock.clone());
    let auth: Auth = builder.build().expect("safe defaults");
    let seed = fastrand::u64(..);
    let mut random = Rng::with_seed(seed);
    for round in 0..ROUNDS {
        let session = auth.create_session("ada").await.expect("a healthy store");
        clock.advance(ACTIVE);
        let other = auth.create_session("ada").await.expect("a healthy store");

        let at_once = Arc::new(Barrier::new(4));
        let mut requests = JoinSet::new();
        for _ in 0..3 {
            let (auth, at_once) = (auth.clone(), Arc::clone(&at_once));
            let (token, turns) = (session.token().clone(), random.u32(..3_000));
            requests.spawn(async move {
                at_once.wait().await;
                dawdle(turns);
                let renewed = auth.renew_session(&token).await;
                renewed.expect("a healthy store").is_some()
            });
        }
        let ending = ENDINGS[random.usize(..ENDINGS.len())];
        let turns = random.u32(..3_000);
        at_once.wait().await;
        dawdle(turns);
        end(&auth, ending, &session, &other).await;
        requests.join_all().await;

        let run = format!("{ending:?}, round {round}, seed {seed}");
        let found = auth.renew_session(session.token()).await;
        assert!(found.expect("a healthy store").is_none(), "{run}");
        let left = auth.invalidate_user_sessions("ada").await;
        let others = u64::from(!matches!(ending, Ending::AllOfTheUser));
        assert_eq!(left.expect("a healthy store"), others, "{run}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn d_12_ten_thousand_interleavings_in_memory() {
    no_interleaving_brings_it_back(MemoryStore::new()).await;
}

/// On a file system in memory, where there is one: what is in doubt is the order, not the disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn d_12_ten_thousand_interleavings_in_sqlite() {
    let directory = match tempfile::tempdir_in(Path::new("/dev/shm")) {
        Ok(directory) => directory,
        Err(_) => tempfile::tempdir().expect("a directory for the database"),
    };
    let store = SqliteStore::open(directory.path().join("app.db")).expect("a new file");
    no_interleaving_brings_it_back(store).await;
}
