//! Another program holds the write lock: how long a write waits, what becomes of one that nobody
//! waits for, and who needs no lock at all.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Waker},
    thread,
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use locals::{Auth, Error, Session, SqliteStore, StoreError};
use rusqlite::Connection;

use super::Database;
use crate::rig::{ADA, Account, Backend, Server, Site, Token};

fn take_lock(application: &Connection) {
    application
        .execute_batch("BEGIN IMMEDIATE")
        .expect("nobody else writes");
}

fn release_lock(application: &Connection) {
    application
        .execute_batch("COMMIT")
        .expect("the application's own lock");
}

/// A sign-in or a sign-out.
async fn write(auth: &Auth<Account>, session: &Session, turn: u32) -> Result<(), Error> {
    match turn % 2 {
        0 => auth.create_session(ADA).await.map(drop),
        _ => auth.invalidate_session(session.id()).await.map(drop),
    }
}

/// Fifteen seconds, if each of them waited for itself.
#[tokio::test]
async fn i_04_fifty_writes_wait_for_a_lock_together() {
    let database = Database::with_users();
    let store = SqliteStore::options(&database.path).busy_timeout(Duration::from_millis(300));
    let store = store.open().expect("a database").with_users("users");
    let auth: Auth<Account> = Auth::builder(store).build().expect("a database");
    let session = auth.create_session(ADA).await.expect("a healthy store");

    let application = database.app();
    take_lock(&application);
    let asked = Instant::now();
    let writes = (0..50).map(|turn| write(&auth, &session, turn));
    let answers = join_all(writes).await;
    let waited = asked.elapsed();
    for answer in answers {
        assert!(
            matches!(
                answer,
                Err(Error::Store(
                    StoreError::WriteLock { .. } | StoreError::Unavailable(_)
                ))
            ),
            "{answer:?}"
        );
    }
    let (least, most) = (Duration::from_millis(250), Duration::from_millis(1_500));
    assert!((least..most).contains(&waited), "{waited:?}");

    release_lock(&application);
    let found = auth.validate_session(session.token()).await;
    assert!(found.expect("a healthy store").is_some());
    let ended = auth.invalidate_session(session.id()).await;
    assert!(ended.expect("the lock is free"), "by nobody before");
    let rows = database.number("SELECT count(*) FROM locals_sessions");
    assert_eq!(rows, 0, "what was given up is not done later");
}

/// Polls a write once, so that it is asked for, and drops it.
fn asked_and_gone<T>(write: impl IntoFuture<Output = Result<T, Error>>) {
    let mut write = pin!(write.into_future());
    let polled = write.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "it waits for the lock");
}

#[tokio::test]
async fn i_04_a_write_that_nobody_waits_for_when_the_lock_is_free_is_not_done() {
    let database = Database::with_users();
    let auth = database.auth();
    let kept = auth.create_session(ADA).await.expect("a healthy store");

    let application = database.app();
    take_lock(&application);
    for _ in 0..5 {
        asked_and_gone(auth.create_session(ADA));
        asked_and_gone(auth.invalidate_session(kept.id()));
    }
    release_lock(&application);

    // Asked for after them, and done after them.
    let last = auth.create_session(ADA).await.expect("the lock is free");
    for session in [&kept, &last] {
        let found = auth.validate_session(session.token()).await;
        assert!(found.expect("a healthy store").is_some());
    }
    let rows = database.number("SELECT count(*) FROM locals_sessions");
    assert_eq!(rows, 2, "the two that somebody waited for");
}

async fn signs_out(site: &Site, token: Token) {
    let reply = site.post("/logout").session(&token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

/// A stranger cannot make the application wait for its own database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i_04_a_sign_out_with_a_made_up_token_takes_no_lock_and_waits_for_none() {
    let site = Site::start(Server::on(Backend::Sqlite)).await;
    let ada = site.log_in(ADA).await;
    let made_up = |turn: usize| match turn % 2 {
        0 => Token::made_up(),
        _ => ada.with_made_up_secret(),
    };
    let path = site.database.as_ref().expect("a site on SQLite");
    let application = Connection::open(path).expect("the site's database");
    application
        .busy_timeout(Duration::ZERO)
        .expect("no waiting for a lock");
    site.store.reset();

    take_lock(&application);
    let asked = Instant::now();
    join_all((0..30).map(|turn| signs_out(&site, made_up(turn)))).await;
    let waited = asked.elapsed();
    release_lock(&application);
    assert!(waited < Duration::from_secs(4), "for no lock: {waited:?}");

    let locks = tokio::task::spawn_blocking(move || {
        for _ in 0..200 {
            take_lock(&application);
            release_lock(&application);
            thread::sleep(Duration::from_micros(500));
        }
    });
    let sign_outs = join_all((0..200).map(|turn| signs_out(&site, made_up(turn))));
    let (_, locks) = join(sign_outs, locks).await;
    locks.expect("the lock was always free");
    assert_eq!(site.store.calls().writes(), 0);

    assert_eq!(site.whoami(&ada).await, 200);
    signs_out(&site, ada.clone()).await;
    assert_eq!(site.store.calls().writes(), 1, "its own secret");
    assert_eq!(site.whoami(&ada).await, 401);
}

/// The application's transaction waits for the sign-in, which waits for the transaction.
#[tokio::test]
async fn a_sign_in_inside_of_a_transaction_names_the_likely_cause() {
    let database = Database::with_users();
    let store = SqliteStore::options(&database.path).busy_timeout(Duration::from_millis(200));
    let store = store.open().expect("a database").with_users("users");
    let auth: Auth<Account> = Auth::builder(store)
        .build()
        .expect("nothing is wrong with the file");
    let application = database.app();
    take_lock(&application);
    let refused = auth
        .create_session(ADA)
        .await
        .expect_err("nobody gives way");
    let text = refused.to_string();
    for word in [
        "waited 0.2 s",
        "write lock",
        "transaction of this program",
        "commit before you sign in",
    ] {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
}

/// However long a sign-in would wait: a session that was read is served without its renewal.
#[tokio::test]
async fn i_02_a_renewal_does_not_wait_for_a_lock() {
    let database = Database::with_users();
    let clock = locals::testing::TestClock::new();
    let store = SqliteStore::options(&database.path).busy_timeout(Duration::from_secs(60));
    let store = store.open().expect("a database").with_users("users");
    let auth: Auth<Account> = Auth::builder(store)
        .clock(clock.clone())
        .build()
        .expect("nothing is wrong with the file");
    let session = auth.create_session(ADA).await.expect("a healthy store");
    clock.advance(Duration::from_secs(24 * 60 * 60));
    let application = database.app();
    take_lock(&application);
    let asked = Instant::now();
    let served = auth.renew_session(session.token()).await;
    let served = served.expect("no outage").expect("still a session");
    assert!(!served.is_fresh(), "unrenewed");
    assert!(asked.elapsed() < Duration::from_secs(10));
    release_lock(&application);
    let renewed = auth.renew_session(session.token()).await;
    assert!(
        renewed
            .expect("no outage")
            .expect("still a session")
            .is_fresh()
    );
}

/// As many writes as may be in flight wait for the lock.
#[tokio::test]
async fn i_10_writes_that_wait_keep_nobody_from_reading() {
    let database = Database::with_users();
    let store = SqliteStore::open(&database.path).expect("a database");
    let auth: Auth<Account> = Auth::builder(store.with_users("users"))
        .max_store_calls(4)
        .build()
        .expect("a database");
    let session = auth.create_session(ADA).await.expect("a healthy store");
    let application = database.app();
    take_lock(&application);
    let writes = join_all((0..8).map(|turn| write(&auth, &session, turn)));
    let reads = async {
        tokio::task::yield_now().await;
        let found = auth.validate_session(session.token()).await;
        assert!(found.expect("read in place").is_some());
        auth.ping().await.expect("it can be read");
        let rows = database.number("SELECT count(*) FROM locals_sessions");
        release_lock(&application);
        rows
    };
    let (answers, rows) = join(writes, reads).await;
    assert_eq!(rows, 1, "nothing was written yet");
    let (begun, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((begun.len(), refused.len()), (4, 4));
    for refused in refused {
        let refused = refused.expect_err("it was one too many");
        let too_many = StoreError::Overloaded { in_flight: 4 }.to_string();
        assert_eq!(refused.to_string(), too_many);
    }
    let rows = database.number("SELECT count(*) FROM locals_sessions");
    assert_eq!(
        rows, 2,
        "two signed in, one was ended: no refused write was begun"
    );
}

#[tokio::test]
async fn e_08_a_write_that_nobody_waits_for_is_told_of() {
    let database = Database::with_users();
    let told = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&told);
    let store = SqliteStore::open(&database.path).expect("a database");
    let auth: Auth<Account> = Auth::builder(store.with_users("users"))
        .on_event(move |event| {
            let mut lines = lines.lock().expect("no panic under it");
            lines.push(event.name());
        })
        .build()
        .expect("a database");
    let session = auth.create_session(ADA).await.expect("a healthy store");
    let application = database.app();
    take_lock(&application);
    asked_and_gone(async { auth.invalidate_session(session.id()).await });
    release_lock(&application);
    let found = auth.validate_session(session.token()).await;
    let _ = found.expect("a healthy store");
    let told = told.lock().expect("no panic under it");
    assert_eq!(told[..2], ["created", "write_abandoned"]);
}
