//! A line that is cut in the middle of a change: it took place as a whole, or not at all (I-07).

use crate::{
    program::{DEADLINE, in_time, is_outage, soon},
    rig::{Manner, Place},
};
use locals::{Auth, Error, Session, UserId};
use std::{sync::Arc, time::Duration};
use test_servers::{Direction, Proxy};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

/// Somebody who may have one session, and has it.
struct Somebody {
    auth: Auth,
    user: String,
    session: Session,
    // Dropped after the store.
    proxy: Proxy,
}

impl Somebody {
    async fn called<P: Place>(user: String, place: &P) -> Self {
        let proxy = Proxy::to(place.port()).await;
        let store = place.store_by(proxy.port(), Manner::Narrow).await;
        let auth = Auth::<UserId>::builder(store.expect("a store")).max_sessions_per_user(1);
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

    /// After which nothing of a sign-out is left to be prepared.
    async fn signs_out_another(&self) {
        let another = self.auth.create_session("another").await;
        let another = another.expect("a session");
        let ended = self.auth.invalidate_session(another.id()).await;
        assert!(ended.expect("an answer"), "it was there");
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
async fn signs_in_until_cut_after<P: Place>(bytes: usize, direction: Direction, place: &P) {
    let user = format!("{direction:?} {bytes}");
    let somebody = Somebody::called(user.clone(), place).await;
    somebody.proxy.cut_after(bytes, direction);
    let answer = somebody.signs_in().await;
    somebody.proxy.pass();
    let rows = place.rows_of(&user).await;
    assert_eq!(rows, 1, "{user}: the one or the other");
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
    assert_eq!(place.rows_of(&user).await, 1, "{user}: the last");
}

/// A few at a time.
async fn at_each<P: Place>(cuts: Vec<usize>, direction: Direction) {
    let Some(place) = P::new() else { return };
    // Of those who begin together one makes the tables; here they are not to wait for it.
    drop(Somebody::called("the first".to_owned(), &place).await);
    let (place, turns) = (Arc::new(place), Arc::new(Semaphore::new(4)));
    let mut cutting = JoinSet::new();
    for bytes in cuts {
        let (place, turns) = (Arc::clone(&place), Arc::clone(&turns));
        cutting.spawn(async move {
            let _turn = turns.acquire().await;
            signs_in_until_cut_after::<P>(bytes, direction, &place).await;
        });
    }
    cutting.join_all().await;
    place.leaves_nothing().await;
}

pub async fn i_07_a_sign_in_is_whole_wherever_its_reply_is_cut<P: Place>() {
    at_each::<P>(P::cuts_of_its_reply(), Direction::ToClient).await;
}

pub async fn i_07_a_sign_in_is_whole_wherever_it_is_cut<P: Place>() {
    at_each::<P>(P::cuts_of_a_sign_in(), Direction::ToServer).await;
}

/// Somebody whose question has no answer, for the line was cut under it. What the store asks for itself goes over that
/// line too, and may be what is cut: then it is somebody else's turn.
async fn unanswered<P: Place, T>(
    asked: &str,
    place: &P,
    ask: impl AsyncFn(&Somebody) -> Result<T, Error>,
) -> Somebody {
    for turn in 0..5 {
        let somebody = Somebody::called(format!("{asked} {turn}"), place).await;
        let answer = ask(&somebody).await;
        if answer.is_err() || !somebody.proxy.passes() {
            is_outage(asked, answer);
            assert!(somebody.proxy.passes(), "it was cut");
            return somebody;
        }
    }
    panic!("{asked} is answered each time");
}

pub async fn i_07_a_sign_in_that_is_not_answered_took_place<P: Place>() {
    let Some(place) = P::new() else { return };
    let somebody = unanswered("a sign-in", &place, async |somebody: &Somebody| {
        P::cut_on_acknowledgement(&somebody.proxy);
        somebody.signs_in().await
    })
    .await;
    assert_eq!(place.rows_of(&somebody.user).await, 1);
    // Nobody knows the new one's secret: who asks again is signed in, and that one ends.
    assert!(!somebody.is_signed_in_by(&somebody.session).await);
    let again = soon(|| somebody.signs_in()).await;
    assert!(somebody.is_signed_in_by(&again).await);
    assert_eq!(place.rows_of(&somebody.user).await, 1);
    place.leaves_nothing().await;
}

pub async fn i_07_a_sign_out_that_is_not_answered_can_be_repeated<P: Place>() {
    let Some(place) = P::new() else { return };
    for bytes in P::CUTS_OF_A_SIGN_OUT {
        let asked = format!("a sign-out, cut after {bytes},");
        let somebody = unanswered(&asked, &place, async |somebody: &Somebody| {
            somebody.signs_out_another().await;
            somebody.proxy.cut_after(*bytes, Direction::ToClient);
            let ended = somebody.auth.invalidate_session(somebody.session.id());
            in_time(DEADLINE, ended).await
        })
        .await;
        let id = somebody.session.id();
        let was_there_still = soon(|| somebody.auth.invalidate_session(id)).await;
        assert!(!was_there_still, "the server was asked");
        assert!(!somebody.is_signed_in_by(&somebody.session).await);
        assert_eq!(place.rows_of(&somebody.user).await, 0);
    }
}

/// A read is asked again, and so nobody hears of it.
pub async fn i_06_a_read_whose_answer_is_cut_is_asked_again<P: Place>() {
    let Some(place) = P::new() else { return };
    let somebody = Somebody::called("ada".to_owned(), &place).await;
    // A connection that lived for a while is made again at once.
    sleep(Duration::from_millis(1100)).await;
    somebody
        .proxy
        .cut_after(P::CUT_OF_A_READ, Direction::ToClient);
    let read = in_time(
        DEADLINE,
        somebody.auth.validate_session(somebody.session.token()),
    )
    .await;
    let found = read.expect("an answer").expect("the session");
    assert_eq!(found.id(), somebody.session.id());
    assert!(somebody.proxy.passes(), "it was cut");
}
