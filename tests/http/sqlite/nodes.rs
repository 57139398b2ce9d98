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

/// Whether a write may be found done: not if it was never asked for, and surely if it was answered.
fn is_possible(done: bool, polls: u32, answered: bool) -> bool {
    if done { polls > 0 } else { !answered }
}

/// A write that nobody waits for any more when its turn comes is left out; none is done in part.
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
        let user = locals::UserId::from(ADA);
        auth.invalidate_user_sessions(&user)
            .await
            .expect("a healthy store");
        auth.create_session(ADA).await.expect("a healthy store")
    };
    for polls in 0..=6 {
        let first = fresh().await;
        let created = dropped_after(polls, auth.create_session(ADA)).await;
        settle().await;
        let done = rows() == 2;
        assert!(done || rows() == 1, "creation, {polls} polls");
        assert!(is_possible(done, polls, created.is_some()), "{polls} polls");
        let found = auth.validate_session(first.token()).await;
        assert!(found.expect("a healthy store").is_some());

        let session = fresh().await;
        let ended = dropped_after(polls, auth.invalidate_session(session.id())).await;
        settle().await;
        let done = rows() == 0;
        assert!(done || rows() == 1, "ending, {polls} polls");
        assert!(is_possible(done, polls, ended.is_some()), "{polls} polls");

        let session = fresh().await;
        clock.advance(ACTIVE);
        let renewed = dropped_after(polls, auth.renew_session(session.token())).await;
        settle().await;
        let found = auth.validate_session(session.token()).await;
        let found = found
            .expect("a healthy store")
            .expect("renewed or not, it is there");
        let done = found.state() == SessionState::Active;
        assert!(is_possible(done, polls, renewed.is_some()), "{polls} polls");
        assert_eq!(rows(), 1);
    }
}
