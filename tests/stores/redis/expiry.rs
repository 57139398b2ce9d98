//! Keys go by themselves, and that is all that their expiry is for (M-09): what is valid, the record says.

use crate::rig::Keys;
use locals::{Auth, Lifetimes, Session, UserId, testing::TestClock};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long a key may outlive its sessions.
const LEEWAY: Duration = Duration::from_secs(3 * 24 * 3600);

struct Place {
    keys: Keys,
    auth: Auth,
    clock: TestClock,
}

impl Place {
    async fn new(lifetimes: Lifetimes) -> Option<Self> {
        let keys = Keys::new()?;
        let clock = TestClock::new();
        let auth = Auth::<UserId>::builder(keys.store().await).lifetimes(lifetimes);
        let auth = auth.clock(clock.clone()).connect().await;
        let auth = auth.expect("a store that is ready");
        Some(Self { keys, auth, clock })
    }

    /// Another machine, whose sessions are short.
    async fn hasty(&self) -> Auth {
        let store = self.keys.store().await;
        let brief = Lifetimes {
            active: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            ..Lifetimes::default()
        };
        let auth = Auth::<UserId>::builder(store).lifetimes(brief);
        let auth = auth.clock(self.clock.clone()).connect().await;
        auth.expect("a store that is ready")
    }

    async fn signs_in(&self) -> Session {
        self.auth.create_session("ada").await.expect("a session")
    }

    fn key(&self) -> String {
        let pattern = format!("{}:*", self.keys.prefix);
        let keys = self.keys.redis.command(&["KEYS", &pattern]);
        assert_eq!(keys.lines().count(), 1, "of one user: {keys}");
        keys
    }

    /// The server keeps the key as long as this session lives, and a little longer.
    fn is_kept_for(&self, session: &Session) {
        let kept = self.keys.redis.command(&["PTTL", &self.key()]);
        let kept: u64 = kept.parse().expect("not for ever");
        let (kept, left) = (Duration::from_millis(kept), self.left_of(session));
        assert!(left < kept, "{kept:?} of {left:?}");
        assert!(kept < left + LEEWAY, "{kept:?} of {left:?}");
    }

    fn left_of(&self, session: &Session) -> Duration {
        let left = session.idle_until().duration_since(self.clock.now());
        left.expect("it has not ended")
    }

    async fn knows(&self, session: &Session) -> bool {
        let read = self.auth.validate_session(session.token()).await;
        read.expect("an answer").is_some()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn m_09_a_key_outlives_its_sessions_a_little() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    let session = place.signs_in().await;
    place.is_kept_for(&session);
}

/// The clock of the record decides, whatever the server has done with the key.
#[tokio::test(flavor = "multi_thread")]
async fn m_09_a_session_ends_in_a_key_that_does_not() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    let session = place.signs_in().await;
    place.keys.redis.command(&["PERSIST", &place.key()]);
    assert!(place.knows(&session).await);
    place.clock.advance(place.left_of(&session));
    assert!(!place.knows(&session).await);
    let listed = place.auth.list_sessions("ada").await;
    assert!(listed.expect("a list").is_empty());
    let renewed = place.auth.renew_session(session.token()).await;
    assert!(renewed.expect("an answer").is_none());
}

/// Not even what comes after it: a short session does not put an end to a key that was restored, or kept by hand.
#[tokio::test(flavor = "multi_thread")]
async fn m_09_a_key_that_is_kept_for_ever_stays_so() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    let long = place.signs_in().await;
    place.keys.redis.command(&["PERSIST", &place.key()]);
    let hasty = place.hasty().await;
    drop(hasty.create_session("ada").await.expect("a session"));
    let kept = || place.keys.redis.command(&["PTTL", &place.key()]);
    assert_eq!(kept(), "-1", "after a sign-in");
    place.clock.advance(Duration::from_secs(36 * 3600));
    let renewed = place.auth.renew_session(long.token()).await;
    assert!(renewed.expect("an answer").is_some_and(|it| it.is_fresh()));
    assert_eq!(kept(), "-1", "after a renewal");
    place.clock.advance(DAY);
    assert!(place.knows(&long).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_keeps_the_key_for_longer() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    let session = place.signs_in().await;
    let minute = Duration::from_secs(60).as_millis().to_string();
    place.clock.advance(Duration::from_secs(36 * 3600));
    place
        .keys
        .redis
        .command(&["PEXPIRE", &place.key(), &minute]);
    let renewed = place.auth.renew_session(session.token()).await;
    let renewed = renewed.expect("an answer").expect("the session");
    assert!(renewed.is_fresh());
    place.is_kept_for(&renewed);
}

/// The key is kept for the longest of the user's sessions, whichever is written last.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_session_does_not_end_a_long_one() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    let long = place.signs_in().await;
    let hasty = place.hasty().await;
    let short = hasty.create_session("ada").await.expect("a session");
    place.is_kept_for(&long);
    let ended = place.auth.invalidate_session(short.id()).await;
    assert!(ended.expect("an answer"));
    place.is_kept_for(&long);
    place.clock.advance(DAY);
    assert!(place.knows(&long).await);
}

/// Of a user without sessions nothing is left, not an empty key either.
#[tokio::test(flavor = "multi_thread")]
async fn the_last_session_takes_the_key_with_it() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    let session = place.signs_in().await;
    let ended = place.auth.invalidate_session(session.id()).await;
    assert!(ended.expect("an answer"));
    let pattern = format!("{}:*", place.keys.prefix);
    assert_eq!(place.keys.redis.command(&["KEYS", &pattern]), "");
}

/// Expired sessions of a user who comes back go with the next sign-in, so that a hash does not grow for ever.
#[tokio::test(flavor = "multi_thread")]
async fn k_06_sessions_that_have_long_ended_make_room() {
    let Some(place) = Place::new(Lifetimes::default()).await else {
        return;
    };
    for _ in 0..50 {
        drop(place.signs_in().await);
        place.keys.redis.command(&["PERSIST", &place.key()]);
        place.clock.advance(60 * DAY);
    }
    assert!(place.keys.rows() <= 2, "{}", place.keys.rows());
}
