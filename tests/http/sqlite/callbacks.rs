//! The application's own code, called beside a read or a write: its `Deserialize`, its `Drop`, its
//! wakers.

mod wakers;

use std::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use locals::{Auth, Session, SqliteStore};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use tokio::time::timeout;

use super::Database;
use crate::rig::{ADA, Account, BOB, LogFrom, Token};

const PATIENCE: Duration = Duration::from_secs(10);
const BOBS: &str = "bob@example.com";

/// Reading Bob panics.
struct Unreadable;

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: Deserializer<'de>>(row: D) -> Result<Self, D::Error> {
        let account = Account::deserialize(row)?;
        assert_ne!(account.email, BOBS, "the application's own panic");
        Ok(Self)
    }
}

/// Dropping Bob panics.
#[derive(Deserialize)]
struct Undroppable {
    email: String,
}

impl Drop for Undroppable {
    fn drop(&mut self) {
        // Another panic would end the program.
        let is_calm = !thread::panicking();
        assert!(
            !is_calm || self.email != BOBS,
            "the application's own panic"
        );
    }
}

fn database() -> Database {
    let database = Database::with_users();
    database.run("INSERT INTO users VALUES (2, 'bob@example.com', 0)");
    database
}

fn open<U: DeserializeOwned + Send + Sync + 'static>(
    database: &Database,
    read_threads: usize,
) -> Auth<U> {
    let store = SqliteStore::options(&database.path).read_threads(read_threads);
    let store = store.open().expect("a database");
    let built = Auth::builder(store.with_users("users")).build();
    built.expect("nothing is wrong with the file")
}

async fn sign_in<U: Send + Sync + 'static>(auth: &Auth<U>, user: i64) -> Session {
    auth.create_session(user).await.expect("a healthy store")
}

async fn is_signed_in<U: Send + Sync + 'static>(auth: &Auth<U>, session: &Session) -> bool {
    let found = timeout(PATIENCE, auth.validate_session(session.token())).await;
    found
        .expect("an answer")
        .expect("a healthy store")
        .is_some()
}

/// Polls an operation once.
fn poll<F: Future + Unpin>(operation: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(operation).poll(&mut Context::from_waker(waker))
}

/// Whoever asks sees the panic, or an error; more often than there are threads to lose.
async fn panics_for_whoever_asks<U: DeserializeOwned + Send + Sync + 'static>() {
    for read_threads in [0, 1, 2] {
        let database = database();
        let auth: Auth<U> = open(&database, read_threads);
        // A sign-in reads the user too.
        let reading: Auth<Account> = open(&database, read_threads);
        let (ada, bob) = (sign_in(&auth, ADA).await, sign_in(&reading, BOB).await);
        for _ in 0..read_threads + 2 {
            let (asker, bob) = (auth.clone(), bob.clone());
            let asked = tokio::spawn(async move {
                let found = asker.validate_session(bob.token()).await;
                found.map(|session| session.is_some())
            });
            match timeout(PATIENCE, asked).await.expect("an answer") {
                Err(task) => assert!(task.is_panic(), "{task}"),
                Ok(answer) => assert!(answer.is_err(), "{answer:?}"),
            }
            assert!(is_signed_in(&auth, &ada).await);
        }
        for _ in 0..read_threads + 2 {
            let (asker, bob) = (auth.clone(), bob.clone());
            let asked_and_gone = tokio::spawn(async move {
                let mut asked = Box::pin(asker.validate_session(bob.token()));
                drop(poll(&mut asked, Waker::noop()));
            });
            // Where nothing waits for a thread it panics here too.
            drop(timeout(PATIENCE, asked_and_gone).await.expect("an end"));
        }
        for _ in 0..read_threads + 2 {
            assert!(is_signed_in(&auth, &ada).await, "{read_threads} threads");
            drop(sign_in(&auth, ADA).await);
        }
    }
}

#[tokio::test]
async fn p_06_a_user_whose_deserialize_panics_costs_no_thread_of_the_store() {
    panics_for_whoever_asks::<Unreadable>().await;
}

#[tokio::test]
async fn p_06_a_user_whose_drop_panics_costs_no_thread_of_the_store() {
    panics_for_whoever_asks::<Undroppable>().await;
}

/// More than there are connections to read on.
const AT_ONCE: usize = 24;

static ALL_OF_THEM: std::sync::LazyLock<std::sync::Barrier> =
    std::sync::LazyLock::new(|| std::sync::Barrier::new(AT_ONCE));

/// Read only when all of them are being read.
struct Together;

impl<'de> Deserialize<'de> for Together {
    fn deserialize<D: Deserializer<'de>>(row: D) -> Result<Self, D::Error> {
        let account = Account::deserialize(row)?;
        if account.email == BOBS {
            ALL_OF_THEM.wait();
        }
        Ok(Self)
    }
}

/// Under a lock, one would wait for another that waits for the lock.
#[test]
fn j_05_a_user_is_read_under_no_lock() {
    let database = database();
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    };
    let reading: Auth<Account> = open(&database, 0);
    let bob = runtime()
        .expect("a runtime")
        .block_on(sign_in(&reading, BOB));
    let auth: Auth<Together> = open(&database, 0);
    let (done, all_done) = std::sync::mpsc::channel();
    for _ in 0..AT_ONCE {
        let (auth, bob, done) = (auth.clone(), bob.clone(), done.clone());
        thread::spawn(move || {
            let runtime = runtime().expect("a runtime");
            let found = runtime.block_on(auth.validate_session(bob.token()));
            done.send(found.expect("a healthy store").is_some())
        });
    }
    for _ in 0..AT_ONCE {
        assert_eq!(all_done.recv_timeout(PATIENCE), Ok(true));
    }
}

/// How often a [`Counted`] was asked for, by one test.
static READ: AtomicUsize = AtomicUsize::new(0);

struct Counted;

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(row: D) -> Result<Self, D::Error> {
        READ.fetch_add(1, Ordering::SeqCst);
        Account::deserialize(row).map(|_| Self)
    }
}

/// Not even where the user could not be read, which the owner of the secret is told.
#[tokio::test]
async fn a_06_a_made_up_secret_has_no_user_read_and_leaves_no_line_in_the_log() {
    for read_threads in [0, 2] {
        let database = database();
        let auth: Auth<Counted> = open(&database, read_threads);
        let session = sign_in(&auth, ADA).await;
        let token = Token::of(&session);
        for spoils in ["", "UPDATE users SET email = x'ff'"] {
            database.run(spoils);
            let (log, read) = (LogFrom::now(), READ.load(Ordering::SeqCst));
            for _ in 0..20 {
                let forged = token.with_made_up_secret().0;
                let found = auth.validate_session_user(&forged).await;
                assert!(matches!(found, Ok(None)), "{spoils}");
                let found = auth.renew_session(&forged).await;
                assert!(matches!(found, Ok(None)), "{spoils}");
            }
            assert_eq!(READ.load(Ordering::SeqCst), read, "{spoils}");
            let sid = &token.id()[..8];
            assert!(!log.text().contains(sid), "{spoils}");

            let found = auth.validate_session(&token.0).await;
            let is_found = matches!(found, Ok(Some(_)));
            assert_eq!(is_found, spoils.is_empty(), "{found:?}");
            assert_eq!(READ.load(Ordering::SeqCst), read + 1, "its own secret");
        }
        let log = LogFrom::now();
        let ended = auth.invalidate_session(session.id()).await;
        assert!(ended.expect("a healthy store"));
        assert!(
            log.text().contains(&token.id()[..8]),
            "what is logged is seen"
        );
    }
}
