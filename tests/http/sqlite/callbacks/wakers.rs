//! Wakers that panic, behind a read and behind a write.

use std::{
    sync::Arc,
    task::{Poll, Wake, Waker},
};

use locals::Auth;
use tokio::time::timeout;

use super::{PATIENCE, database, is_signed_in, open, poll, sign_in};
use crate::rig::{ADA, Account, BOB};

/// The waker of a task that is beyond help.
struct Hostile;

impl Wake for Hostile {
    fn wake(self: Arc<Self>) {
        panic!("the waker's own panic");
    }
}

/// The writes take place all the same, and so does the one after them.
#[tokio::test]
async fn i_05_a_waker_that_panics_ends_no_writer() {
    let database = database();
    let auth = database.auth();
    let session = sign_in(&auth, ADA).await;
    let hostile = Waker::from(Arc::new(Hostile));

    let application = database.app();
    application
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody else writes");
    let mut sign_ins = [BOB, BOB, ADA].map(|user| auth.create_session(user).into_future());
    for sign_in in &mut sign_ins {
        assert!(
            poll(sign_in, &hostile).is_pending(),
            "it waits for the lock"
        );
    }
    let mut sign_out = Box::pin(auth.invalidate_session(session.id()));
    assert!(poll(&mut sign_out, &hostile).is_pending());
    application
        .execute_batch("COMMIT")
        .expect("the application's own lock");

    let next = timeout(PATIENCE, auth.create_session(ADA)).await;
    let next = next.expect("an answer").expect("a healthy store");
    assert!(is_signed_in(&auth, &next).await);
    for sign_in in &mut sign_ins {
        let Poll::Ready(Ok(session)) = poll(sign_in, Waker::noop()) else {
            panic!("asked for before the one that is done");
        };
        assert!(is_signed_in(&auth, &session).await);
    }
    let Poll::Ready(Ok(true)) = poll(&mut sign_out, Waker::noop()) else {
        panic!("asked for before the one that is done");
    };
    assert!(!is_signed_in(&auth, &session).await);
}

/// A read may be answered before it is waited for: so many are asked that some are not.
#[tokio::test]
async fn i_05_a_waker_that_panics_ends_no_reader() {
    for read_threads in [0, 1, 2] {
        let database = database();
        let auth: Auth<Account> = open(&database, read_threads);
        let session = sign_in(&auth, ADA).await;
        let hostile = Waker::from(Arc::new(Hostile));
        let mut asked = Vec::new();
        for _ in 0..50 {
            let mut read = Box::pin(auth.validate_session(session.token()));
            if poll(&mut read, &hostile).is_pending() {
                asked.push(read);
            }
        }
        for _ in 0..read_threads + 2 {
            assert!(
                is_signed_in(&auth, &session).await,
                "{read_threads} threads"
            );
        }
        for read in asked {
            let found = timeout(PATIENCE, read).await.expect("an answer");
            assert!(found.expect("a healthy store").is_some());
        }
    }
}
