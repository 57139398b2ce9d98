//! Two servers on one file whose clocks differ, and operations that are dropped half-way.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use locals::{Auth, Error, Session, SessionState, SqliteStore, testing::TestClock};

use super::Database;
use crate::rig::{ADA, Account};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const SKEW: Duration = Duration::from_secs(5 * 60);

fn node(database: &Database, clock: &TestClock) -> Auth<Account> {
    let store = SqliteStore::open(&database.path).expect("a database");
    let auth = Auth::builder(store.with_users("users")).clock(clock.clone());
    auth.build().expect("a database")
}

#[tokio::test]
async fn h_04_nodes_whose_clocks_differ_renew_once_and_agree() {
    let database = Database::with_users();
    let (ahead, behind) = (TestClock::new(), TestClock::new());
    ahead.advance(SKEW);
    behind.rewind(SKEW);
    let nodes = [node(&database, &ahead), node(&database, &behind)];
    let session = nodes[0].create_session(ADA).await.expect("a healthy store");
    for day in 1..=5 {
        ahead.advance(ACTIVE);
        behind.advance(ACTIVE);
        let mut renewals = 0;
        for turn in 0..6 {
            let found = nodes[turn % 2].renew_session(session.token()).await;
            let found = found.expect("a healthy store").expect("in use every day");
            assert_eq!(found.state(), SessionState::Active, "day {day}");
            renewals += u32::from(found.is_fresh());
        }
        assert_eq!(renewals, 1, "day {day}");
    }
}

/// Polls an operation so many times, then drops it; `Some` if it was done by then.
async fn dropped_after<T>(
    polls: u32,
    operation: impl IntoFuture<Output = Result<T, Error>>,
) -> Option<T> {
    let mut operation = pin!(operation.into_future());
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        match operation.as_mut().poll(&mut context) {
            Poll::Ready(done) => return Some(done.expect("a healthy store")),
            Poll::Pending => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    None
}

#[tokio::test]
async fn p_01_an_operation_dropped_after_any_poll_is_done_or_was_never_begun() {
    let database = Database::with_users();
    let clock = TestClock::new();
    let auth = node(&database, &clock);
    let rows = || database.number("SELECT count(*) FROM locals_sessions");
    // What is queued behind the dropped write is answered after it.
    let settle = async || {
        auth.delete_expired_sessions()
            .await
            .expect("a healthy store")
    };
    let fresh = async || -> Session {
        let user = ADA.into();
        auth.invalidate_user_sessions(&user)
            .await
            .expect("a healthy store");
        auth.create_session(ADA).await.expect("a healthy store")
    };
    for polls in 0..=6 {
        drop(fresh().await);
        let created = dropped_after(polls, auth.create_session(ADA)).await;
        settle().await;
        let expected = if polls == 0 { 1 } else { 2 };
        assert_eq!(rows(), expected, "creation, {polls} polls, {created:?}");

        let session = fresh().await;
        dropped_after(polls, auth.invalidate_session(session.id())).await;
        settle().await;
        assert_eq!(rows(), i64::from(polls == 0), "ending, {polls} polls");

        let session = fresh().await;
        clock.advance(ACTIVE);
        dropped_after(polls, auth.renew_session(session.token())).await;
        settle().await;
        let found = auth.validate_session(session.token()).await;
        let found = found
            .expect("a healthy store")
            .expect("renewed or not, it is there");
        let renewed = found.state() == SessionState::Active;
        assert_eq!(renewed, polls > 0, "renewal, {polls} polls");
        assert_eq!(rows(), 1);
    }
}
