//! Clocks that jump: nothing panics, nobody alive is signed out for good, nothing lives too long.

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

#[cfg(feature = "sqlite")]
use locals::SqliteStore;
use locals::{Auth, Clock, MemoryStore, UserId, testing::TestClock};

use super::{ABSOLUTE, ACTIVE, DAY, HOUR, IDLE};
use crate::rig::{ADA, BOB, Backend, Server, Site, eventually, on_every_server};

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Further than any store can write down.
const END_OF_TIME: Duration = Duration::from_secs(i64::MAX.unsigned_abs());

/// A clock that counts how often it is read.
#[derive(Clone, Default)]
struct Counted {
    clock: TestClock,
    reads: Arc<AtomicU64>,
}

impl Counted {
    fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }
}

impl Clock for Counted {
    fn now(&self) -> SystemTime {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.clock.now()
    }
}

/// An engine without a site, for what no request does.
async fn auth(backend: Backend, clock: Counted) -> (Auth, Box<dyn Any + Send>) {
    let directory = tempfile::tempdir().expect("a directory for the database");
    let built = match backend {
        #[cfg(feature = "postgres")]
        Backend::Postgres => {
            let schema = test_servers::Postgres::shared().expect("a server").schema();
            let store = locals::PostgresStore::connect(schema.url()).await;
            let builder = Auth::builder(store.expect("a store")).clock(clock);
            let auth = builder.connect().await.expect("nothing is wrong with it");
            return (auth, Box::new(schema));
        }
        #[cfg(feature = "mysql")]
        Backend::MySql => {
            let database = test_servers::MySql::shared().expect("a server").database();
            let store = locals::MySqlStore::connect(database.url()).await;
            let builder = Auth::builder(store.expect("a store")).clock(clock);
            let auth = builder.connect().await.expect("nothing is wrong with it");
            return (auth, Box::new(database));
        }
        #[cfg(feature = "redis")]
        Backend::Redis => {
            let prefix = crate::rig::Prefix::new();
            let builder = Auth::builder(prefix.store().await).clock(clock);
            let auth = builder.connect().await.expect("nothing is wrong with it");
            return (auth, Box::new(prefix));
        }
        Backend::Memory => Auth::builder(MemoryStore::new()).clock(clock).build(),
        #[cfg(feature = "sqlite")]
        Backend::Sqlite => {
            let store = SqliteStore::open(directory.path().join("app.db"));
            Auth::builder(store.expect("a new file"))
                .clock(clock)
                .build()
        }
        #[allow(unreachable_patterns, reason = "a store that is left out")]
        _ => unreachable!("the store is left out"),
    };
    (
        built.expect("nothing is wrong with it"),
        Box::new(directory),
    )
}

/// `idle_until` and `expires_at` of Ada's one session.
async fn ends(site: &Site) -> (SystemTime, SystemTime) {
    let list = site.auth.list_sessions(ADA).await;
    let list = list.expect("a healthy store");
    let [session] = list.as_slice() else {
        panic!("not one session: {list:?}");
    };
    (session.idle_until(), session.expires_at())
}

on_every_server! {
    async fn h_01_a_clock_set_back_ends_and_writes_nothing(site: Site) {
        let start = site.clock.now();
        let token = site.log_in(ADA).await;
        let before = ends(&site).await;
        site.store.reset();
        for now in [
            start - HOUR,
            start - 10 * YEAR,
            UNIX_EPOCH,
            UNIX_EPOCH - 1000 * YEAR,
        ] {
            site.clock.set(now);
            assert_eq!(site.whoami(&token).await, 200, "{now:?}");
        }
        assert_eq!(site.store.calls().writes(), 0);
        site.clock.set(start);
        assert_eq!(ends(&site).await, before);
    }

    /// Signing in and out and sweeping under a clock that is off by any amount: answers, no panic.
    async fn h_01_at_both_ends_of_time_every_request_is_answered(site: Site) {
        let start = site.clock.now();
        let token = site.log_in(ADA).await;
        for now in [
            UNIX_EPOCH - END_OF_TIME,
            UNIX_EPOCH,
            UNIX_EPOCH + END_OF_TIME,
        ] {
            site.clock.set(now);
            let reply = site.post("/login?u=2").send().await;
            assert_eq!(reply.status, 200, "{now:?}");
            let bob = reply.our_cookie().expect("a session's cookie").token();
            for target in ["/whoami", "/sessions"] {
                let status = site.get(target).session(&bob).send().await.status;
                assert!([200, 401].contains(&status), "{target} at {now:?}: {status}");
            }
            let status = site.post("/sudo").session(&bob).send().await.status;
            assert!([200, 401].contains(&status), "{now:?}: {status}");
            assert_eq!(site.post("/logout").session(&bob).send().await.status, 200, "{now:?}");
        }
        assert_eq!(site.whoami(&token).await, 401, "at the end of time");
        site.clock.set(start);
        assert_eq!(site.whoami(&token).await, 200, "back in its own");
    }

    async fn h_02_a_clock_set_back_for_a_while_wins_no_time(site: Site) {
        let start = site.clock.now();
        let token = site.log_in(ADA).await;
        site.clock.advance(2 * DAY);
        assert_eq!(site.whoami(&token).await, 200, "renewed");
        let renewed = ends(&site).await;
        assert_eq!(renewed, (start + 2 * DAY + ACTIVE + IDLE, start + ABSOLUTE));
        for back in [HOUR, 3 * DAY, 10 * YEAR] {
            site.clock.set(start + 2 * DAY - back);
            assert_eq!(site.whoami(&token).await, 200, "{back:?}");
            assert_eq!(ends(&site).await, renewed, "{back:?}");
        }
        site.clock.set(renewed.0);
        assert_eq!(site.whoami(&token).await, 401);
    }

    /// However the clock jumps, the end only moves on, and never past the absolute one.
    async fn h_02_a_walking_clock_moves_the_end_forward_only(site: Site) {
        let seed = fastrand::u64(..);
        let mut random = fastrand::Rng::with_seed(seed);
        let start = site.clock.now();
        let token = site.log_in(ADA).await;
        let (mut idle_until, expires_at) = ends(&site).await;
        assert_eq!(expires_at, start + ABSOLUTE);
        for step in 0..300 {
            let away = Duration::from_secs(random.u64(..40 * DAY.as_secs()));
            let now = if random.bool() { start + away } else { start - away };
            site.clock.set(now);
            let status = site.whoami(&token).await;
            assert_eq!(status == 200, now < idle_until, "seed {seed}, step {step}");
            if status == 200 {
                let after = ends(&site).await;
                assert!(after.0 >= idle_until, "seed {seed}, step {step}");
                assert!(after.0 <= expires_at, "seed {seed}, step {step}");
                assert_eq!(after.1, expires_at, "seed {seed}, step {step}");
                idle_until = after.0;
            }
        }
        site.clock.set(expires_at);
        assert_eq!(site.whoami(&token).await, 401, "seed {seed}");
    }

    async fn h_03_a_sweeper_leaves_the_newly_expired_alone(site: Site) {
        if !site.has_sessions_table() {
            return;
        }
        let long_gone = site.log_in(ADA).await;
        site.clock.advance(2 * HOUR);
        let newly_gone = site.log_in(BOB).await;
        site.clock.advance(ACTIVE + IDLE + 23 * HOUR);
        site.store.reset();
        let sweeper = site.auth.sweep_every(Duration::from_millis(1));
        let rounds = async || site.store.calls().delete > 1;
        eventually("the sweeper has been round", rounds).await;
        drop(sweeper);
        site.clock.rewind(ACTIVE + IDLE + 23 * HOUR);
        assert_eq!(site.whoami(&long_gone).await, 401, "expired 25 hours ago");
        assert_eq!(site.whoami(&newly_gone).await, 200, "expired 23 hours ago");
    }

    /// A wrong clock costs nobody a session: 400 days ahead for some rounds, then right again.
    async fn h_03_a_sweeper_distrusts_a_clock_that_jumped(server: Server) {
        let clock = Counted::default();
        let (auth, _directory) = auth(server.backend, clock.clone()).await;
        let session = auth.create_session("ada").await.expect("a healthy store");
        let sweeper = auth.sweep_every(Duration::from_millis(1));
        let rounds = async |rounds: u64| {
            let before = clock.reads();
            eventually("the sweeper goes round", async || clock.reads() > before + rounds).await;
        };
        rounds(2).await;
        clock.clock.advance(400 * DAY);
        rounds(10).await;
        let meanwhile = auth.validate_session(session.token()).await;
        assert!(meanwhile.expect("a healthy store").is_none(), "expired, by this clock");
        clock.clock.rewind(400 * DAY);
        rounds(2).await;
        drop(sweeper);
        let found: Option<locals::Session> =
            auth.validate_session(session.token()).await.expect("a healthy store");
        assert_eq!(found.expect("still there").user_id(), &UserId::from("ada"));
    }

    async fn a_sweeper_stops_when_its_handle_is_dropped(server: Server) {
        let clock = Counted::default();
        let (auth, _directory) = auth(server.backend, clock.clone()).await;
        let sweeper = auth.sweep_every(Duration::from_millis(1));
        eventually("the sweeper goes round", async || clock.reads() > 3).await;
        drop(sweeper);
        let mut before = clock.reads();
        eventually("nobody reads the clock any more", async || {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let now = clock.reads();
            std::mem::replace(&mut before, now) == now
        })
        .await;
    }
}
