//! What a crash of the machine costs (M-04): with each way to persist, what was acknowledged and is lost.

use crate::rig::{auth, instance, store_at};
use locals::{Auth, Session};
use std::time::{Duration, Instant};
use store_tests::program::soon;
use test_servers::RedisInstance;
use tokio::{task::JoinSet, time::sleep};

const CLIENTS: usize = 8;

/// Between what a client does.
const PAUSE: Duration = Duration::from_millis(4);

/// How much `everysec` may lose: a second, and another one where the disk is slow.
const WINDOW: Duration = Duration::from_secs(2);

/// What was acknowledged, and when.
#[derive(Default)]
struct Seen {
    signed_in: Vec<(Session, Instant)>,
    signed_out: Vec<(Session, Instant)>,
}

/// Signs in, and out again every third time, until the server is gone.
async fn lives(auth: Auth, number: usize) -> Seen {
    let mut seen = Seen::default();
    for round in 0.. {
        sleep(PAUSE).await;
        let user = format!("user {number} {round}");
        let Ok(session) = auth.create_session(&user).await else {
            break;
        };
        if round % 3 > 0 {
            seen.signed_in.push((session, Instant::now()));
        } else if auth.invalidate_session(session.id()).await.is_ok() {
            seen.signed_out.push((session, Instant::now()));
        } else {
            break;
        }
    }
    seen
}

struct Crash {
    auth: Auth,
    seen: Seen,
    /// When the server was killed.
    at: Instant,
    // Dropped after the store.
    _instance: RedisInstance,
}

impl Crash {
    /// In the middle of everything, after so long; the server is there again, with what was on the disk.
    async fn of(settings: &[(&'static str, &str)], after: Duration) -> Option<Self> {
        let instance = instance(settings)?;
        let disk = match settings {
            [] => None,
            _ => Some(instance.watch_disk()?),
        };
        let auth = auth(store_at(&instance.url()).await).await;
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            clients.spawn(lives(auth.clone(), number));
        }
        sleep(after).await;
        let at = Instant::now();
        instance.kill();
        let mut seen = Seen::default();
        for client in clients.join_all().await {
            seen.signed_in.extend(client.signed_in);
            seen.signed_out.extend(client.signed_out);
        }
        assert!(seen.signed_in.len() > 50 && seen.signed_out.len() > 20);
        if let Some(disk) = disk {
            disk.lose_power();
        }
        instance.start_again();
        soon(|| auth.ping()).await;
        Some(Self {
            auth,
            seen,
            at,
            _instance: instance,
        })
    }

    async fn knows(&self, session: &Session) -> bool {
        let read = soon(|| self.auth.validate_session(session.token())).await;
        read.is_some()
    }

    /// How long before the crash that was acknowledged first which is lost; `None` if nothing is.
    async fn loss(&self) -> Option<Duration> {
        let mut loss = None;
        for (session, acknowledged) in &self.seen.signed_in {
            if !self.knows(session).await {
                loss = loss.max(Some(self.at.saturating_duration_since(*acknowledged)));
            }
        }
        for (session, acknowledged) in &self.seen.signed_out {
            if self.knows(session).await {
                loss = loss.max(Some(self.at.saturating_duration_since(*acknowledged)));
            }
        }
        loss
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m_04_nothing_is_lost_that_is_written_before_it_is_acknowledged() {
    let settings = [("appendonly", "yes"), ("appendfsync", "always")];
    let after = Duration::from_millis(700);
    let Some(crash) = Crash::of(&settings, after).await else {
        return;
    };
    assert_eq!(crash.loss().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn m_04_two_seconds_are_lost_at_most_where_each_second_is_written() {
    let settings = [("appendonly", "yes"), ("appendfsync", "everysec")];
    let after = Duration::from_millis(3000);
    let Some(crash) = Crash::of(&settings, after).await else {
        return;
    };
    let loss = crash.loss().await;
    assert!(loss.is_none_or(|loss| loss <= WINDOW), "{loss:?}");
}

/// Which is after half a minute, or when it likes to.
#[tokio::test(flavor = "multi_thread")]
async fn m_04_more_is_lost_where_the_system_writes_when_it_likes() {
    let settings = [("appendonly", "yes"), ("appendfsync", "no")];
    let after = WINDOW + Duration::from_secs(1);
    let Some(crash) = Crash::of(&settings, after).await else {
        return;
    };
    assert!(crash.loss().await > Some(WINDOW));
}

/// Everybody is signed out: nobody who had signed out is back.
#[tokio::test(flavor = "multi_thread")]
async fn m_04_everything_is_lost_where_nothing_is_written() {
    let after = Duration::from_millis(500);
    let Some(crash) = Crash::of(&[], after).await else {
        return;
    };
    for (session, _) in crash.seen.signed_in.iter().chain(&crash.seen.signed_out) {
        assert!(!crash.knows(session).await);
    }
    let session = soon(|| crash.auth.create_session("ada").into_future()).await;
    assert!(crash.knows(&session).await);
}
