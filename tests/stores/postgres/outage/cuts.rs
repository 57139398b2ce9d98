//! A line that is cut in the middle of a change: it took place as a whole, or not at all (I-07).

use crate::{
    program::{DEADLINE, in_time, is_outage, soon},
    rig::{leaves_nothing_in, named, schema, through},
};
use locals::{Auth, Error, PostgresStore, Session};
use std::sync::Arc;
use test_servers::{Direction, Postgres, Proxy, Schema};
use tokio::{sync::Semaphore, task::JoinSet};

/// Somebody who may have one session, and has it.
struct Somebody {
    auth: Auth,
    user: String,
    session: Session,
    // Dropped after the store.
    proxy: Proxy,
}

impl Somebody {
    async fn called(user: String, schema: &Schema) -> Self {
        let server = Postgres::shared().expect("there is the schema of it");
        let proxy = Proxy::to(server.port()).await;
        let options = PostgresStore::options(through(&proxy, &named(schema)));
        let options = options.expect("options").write_connections(1);
        let store = options.connect().await.expect("a store");
        let auth = Auth::builder(store).max_sessions_per_user(1);
        let auth: Auth = auth.connect().await.expect("tables");
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

    fn rows(&self, schema: &Schema) -> String {
        schema.text(&format!(
            "SELECT count(*) FROM locals_sessions WHERE user_id = '{}'",
            self.user
        ))
    }
}

/// A sign-in that ends the former session, on a line that is cut after so many bytes.
async fn signs_in_until_cut_after(bytes: usize, direction: Direction, schema: &Schema) {
    let user = format!("{direction:?} {bytes}");
    let somebody = Somebody::called(user.clone(), schema).await;
    somebody.proxy.cut_after(bytes, direction);
    let answer = somebody.signs_in().await;
    somebody.proxy.pass();
    assert_eq!(somebody.rows(schema), "1", "{user}: the one or the other");
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
    assert_eq!(somebody.rows(schema), "1", "{user}: the last");
}

/// A few at a time.
async fn at_each(cuts: impl Iterator<Item = usize>, direction: Direction) {
    let Some(schema) = schema() else { return };
    // Of those who begin together one makes the tables; here they are not to wait for it.
    drop(Somebody::called("the first".to_owned(), &schema).await);
    let (schema, turns) = (Arc::new(schema), Arc::new(Semaphore::new(4)));
    let mut cutting = JoinSet::new();
    for bytes in cuts {
        let (schema, turns) = (Arc::clone(&schema), Arc::clone(&turns));
        cutting.spawn(async move {
            let _turn = turns.acquire().await;
            signs_in_until_cut_after(bytes, direction, &schema).await;
        });
    }
    cutting.join_all().await;
    leaves_nothing_in(&schema).await;
}

/// The shortest message is one of five bytes, so each is cut in two or before its end; the reply has 150 bytes.
#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_in_is_whole_wherever_its_reply_is_cut() {
    at_each((0..170).step_by(4), Direction::ToClient).await;
}

/// BEGIN, the lock, the row, the eviction and COMMIT have about 800 bytes.
#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_in_is_whole_wherever_it_is_cut() {
    let around_the_begin = (0..60).step_by(5);
    at_each(
        around_the_begin.chain((61..900).step_by(23)),
        Direction::ToServer,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_in_whose_commit_is_not_answered_took_place() {
    let Some(schema) = schema() else { return };
    let somebody = Somebody::called("ada".to_owned(), &schema).await;
    somebody.proxy.cut_on_commit_reply();
    is_outage("a sign-in", somebody.signs_in().await);
    assert!(somebody.proxy.passes(), "it was cut");
    assert_eq!(somebody.rows(&schema), "1");
    // Nobody knows the new one's secret: who asks again is signed in, and that one ends.
    assert!(!somebody.is_signed_in_by(&somebody.session).await);
    let again = soon(|| somebody.signs_in()).await;
    assert!(somebody.is_signed_in_by(&again).await);
    assert_eq!(somebody.rows(&schema), "1");
    leaves_nothing_in(&schema).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i_07_a_sign_out_that_is_not_answered_can_be_repeated() {
    let Some(schema) = schema() else { return };
    for bytes in [0, 5, 20, 33] {
        let somebody = Somebody::called(format!("{bytes}"), &schema).await;
        let id = somebody.session.id();
        somebody.proxy.cut_after(bytes, Direction::ToClient);
        let answer = in_time(DEADLINE, somebody.auth.invalidate_session(id)).await;
        is_outage("a sign-out", answer);
        let was_there_still = soon(|| somebody.auth.invalidate_session(id)).await;
        assert!(!was_there_still, "the server was asked");
        assert!(!somebody.is_signed_in_by(&somebody.session).await);
        assert_eq!(somebody.rows(&schema), "0");
    }
}

/// A read is asked again, and so nobody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn i_06_a_read_whose_answer_is_cut_is_asked_again() {
    let Some(schema) = schema() else { return };
    let somebody = Somebody::called("ada".to_owned(), &schema).await;
    // A connection that lived for a while is made again at once.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    somebody.proxy.cut_after(9, Direction::ToClient);
    let read = in_time(
        DEADLINE,
        somebody.auth.validate_session(somebody.session.token()),
    )
    .await;
    let found = read.expect("an answer").expect("the session");
    assert_eq!(found.id(), somebody.session.id());
    assert!(somebody.proxy.passes(), "it was cut");
}
