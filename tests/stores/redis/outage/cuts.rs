//! A line that is cut in the middle of a change: it took place as a whole, or not at all (I-07).

use crate::rig::{Keys, auth};
use locals::{Auth, Error, Session, UserId};
use std::{sync::Arc, time::Duration};
use store_tests::program::{DEADLINE, in_time, is_outage, soon};
use test_servers::{Direction, Proxy};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// Keys, and a handle whose line is whole.
struct Place {
    keys: Keys,
    auth: Auth,
}

impl Place {
    async fn new() -> Option<Self> {
        let keys = Keys::new()?;
        let auth = auth(keys.store().await).await;
        Some(Self { keys, auth })
    }

    /// How many sessions somebody has.
    async fn rows(&self, user: &str) -> usize {
        let listed = self.auth.list_sessions(user).await;
        listed.expect("an answer").len()
    }
}

/// Somebody who may have one session, and has it.
struct Somebody {
    auth: Auth,
    user: String,
    session: Session,
    // Dropped after the store.
    proxy: Proxy,
}

impl Somebody {
    async fn called(user: String, place: &Place) -> Self {
        let proxy = Proxy::to(place.keys.redis.port()).await;
        let store = place.keys.store_through(&proxy).await;
        let auth = Auth::<UserId>::builder(store).max_sessions_per_user(1);
        let auth = auth.connect().await.expect("a store that is ready");
        Self {
            session: auth.create_session(&user).await.expect("a session"),
            auth,
            user,
            proxy,
        }
    }

    async fn signs_in(&self) -> Result<Session, Error> {
        in_time(DEADLINE, self.auth.create_session(&self.user)).await
    }

    async fn is_signed_in_by(&self, session: &Session) -> bool {
        let found = soon(|| self.auth.validate_session(session.token())).await;
        if let Some(found) = &found {
            assert_eq!(found.user_id().as_str(), self.user);
        }
        found.is_some()
    }
}

/// A sign-in that ends the former session, on a line that is cut after so many bytes.
async fn signs_in_until_cut_after(bytes: usize, direction: Direction, place: &Place) {
    let user = format!("{direction:?} {bytes}");
    let somebody = Somebody::called(user.clone(), place).await;
    somebody.proxy.cut_after(bytes, direction);
    let answer = somebody.signs_in().await;
    somebody.proxy.pass();
    assert_eq!(
        place.rows(&somebody.user).await,
        1,
        "{user}: the one or the other"
    );
    match answer {
        Ok(session) => {
            assert!(somebody.is_signed_in_by(&session).await, "{user}");
            let former = somebody.is_signed_in_by(&somebody.session).await;
            assert!(!former, "{user}: its end was part of it");
        }
        Err(error) => assert!(error.is_outage(), "{user}: {error}"),
    }
    let again = soon(|| somebody.signs_in()).await;
    assert!(somebody.is_signed_in_by(&again).await, "{user}");
    assert_eq!(place.rows(&somebody.user).await, 1, "{user}: the last");
}

/// A few at a time.
async fn at_each(cuts: impl Iterator<Item = usize>, direction: Direction) {
    let Some(place) = Place::new().await else {
        return;
    };
    let (place, turns) = (Arc::new(place), Arc::new(Semaphore::new(4)));
    let mut cutting = JoinSet::new();
    for bytes in cuts {
        let (place, turns) = (Arc::clone(&place), Arc::clone(&turns));
        cutting.spawn(async move {
            let _turn = turns.acquire().await;
            signs_in_until_cut_after(bytes, direction, &place).await;
        });
    }
    cutting.join_all().await;
}

/// The reply has two small numbers.
#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_in_is_whole_wherever_its_reply_is_cut() {
    at_each(0..24, Direction::ToClient).await;
}

/// The hash of the script, the key and the record have about 400 bytes.
#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_in_is_whole_wherever_it_is_cut() {
    at_each((0..600).step_by(13), Direction::ToServer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_in_that_is_not_answered_took_place() {
    let Some(place) = Place::new().await else {
        return;
    };
    let somebody = Somebody::called("ada".to_owned(), &place).await;
    somebody.proxy.cut_after(0, Direction::ToClient);
    is_outage("a sign-in", somebody.signs_in().await);
    assert!(somebody.proxy.passes(), "it was cut");
    assert_eq!(place.rows(&somebody.user).await, 1);
    // Nobody knows the new one's secret: who asks again is signed in, and that one ends.
    assert!(!somebody.is_signed_in_by(&somebody.session).await);
    let again = soon(|| somebody.signs_in()).await;
    assert!(somebody.is_signed_in_by(&again).await);
    assert_eq!(place.rows(&somebody.user).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_out_that_is_not_answered_can_be_repeated() {
    let Some(place) = Place::new().await else {
        return;
    };
    for bytes in 0..4 {
        let somebody = Somebody::called(format!("{bytes}"), &place).await;
        let id = somebody.session.id();
        somebody.proxy.cut_after(bytes, Direction::ToClient);
        let answer = in_time(DEADLINE, somebody.auth.invalidate_session(id)).await;
        is_outage("a sign-out", answer);
        let was_there_still = soon(|| somebody.auth.invalidate_session(id)).await;
        assert!(!was_there_still, "the server was asked");
        assert!(!somebody.is_signed_in_by(&somebody.session).await);
        assert_eq!(place.rows(&somebody.user).await, 0);
    }
}

/// A read is asked again, and so nobody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_read_whose_answer_is_cut_is_asked_again() {
    let Some(place) = Place::new().await else {
        return;
    };
    let somebody = Somebody::called("ada".to_owned(), &place).await;
    // A connection that lived for a while is made again at once.
    sleep(Duration::from_millis(1100)).await;
    somebody.proxy.cut_after(2, Direction::ToClient);
    let read = in_time(
        DEADLINE,
        somebody.auth.validate_session(somebody.session.token()),
    )
    .await;
    let found = read.expect("an answer").expect("the session");
    assert_eq!(found.id(), somebody.session.id());
    assert!(somebody.proxy.passes(), "it was cut");
}
