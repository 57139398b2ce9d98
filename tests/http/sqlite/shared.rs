//! Several writers on one file: the application's own connections, and other handles to the store.

use std::{
    env,
    path::Path,
    process::Command,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use futures_util::future::join_all;
use locals::{Auth, BuildError, Error, Lifetimes, SqliteStore, testing::TestClock};
use rusqlite::Connection;

use super::Database;
use crate::framework::status_of;
use crate::rig::{ADA, Account};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Signs in, renews and signs out, so many times.
async fn comes_and_goes(auth: Auth<Account>, clock: TestClock, times: u32) -> Result<(), Error> {
    for _ in 0..times {
        let session = auth.create_session(ADA).await?;
        clock.advance(2 * MILLISECOND);
        let renewed = auth.renew_session(session.token()).await?;
        assert!(renewed.is_some(), "signed in, and not signed out");
        assert!(auth.invalidate_session(session.id()).await?);
        let gone = auth.validate_session(session.token()).await?;
        assert!(gone.is_none(), "signed out");
    }
    Ok(())
}

/// Two handles to the store and a connection of the application write at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn k_01_nobody_finds_the_database_locked() {
    let database = Database::with_users();
    database.run("CREATE TABLE notes (text TEXT)");
    let clock = TestClock::new();
    let lifetimes = Lifetimes {
        active: MILLISECOND,
        ..Lifetimes::default()
    };
    let node = || {
        let store = SqliteStore::open(&database.path).expect("a database");
        Auth::builder(store.with_users("users"))
            .clock(clock.clone())
            .lifetimes(lifetimes)
            .build()
            .expect("a database")
    };
    let nodes: [Auth<Account>; 2] = [node(), node()];

    let done = Arc::new(AtomicBool::new(false));
    let application = {
        let (connection, done) = (database.app(), Arc::clone(&done));
        thread::spawn(move || {
            let mut notes = 0_i64;
            while !done.load(Ordering::SeqCst) {
                connection
                    .execute_batch("BEGIN IMMEDIATE; INSERT INTO notes VALUES ('x'); COMMIT")
                    .expect("the application is not locked out");
                notes += 1;
                thread::sleep(MILLISECOND);
            }
            notes
        })
    };
    let clients = (0..8).map(|client| {
        let auth = nodes[client % 2].clone();
        tokio::spawn(comes_and_goes(auth, clock.clone(), 15))
    });
    for client in join_all(clients).await {
        let outcome = client.expect("no surprise");
        outcome.expect("the store is not locked out");
    }
    done.store(true, Ordering::SeqCst);
    let notes = application.join().expect("no surprise");
    assert!(notes > 0, "the application wrote meanwhile");
    assert_eq!(database.number("SELECT count(*) FROM notes"), notes);
    assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 0);
    let intact = "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'";
    assert_eq!(database.number(intact), 1);
}

const OF_THE_OTHER_PROCESS: &str = "LOCALS_TEST_DATABASE";

/// No test: what the other process of the next one does.
#[test]
#[ignore = "the other process of a test"]
fn another_process_looks_and_leaves() {
    if let Some(path) = env::var_os(OF_THE_OTHER_PROCESS) {
        let connection = Connection::open(path).expect("the database");
        let users: i64 = connection
            .query_row("SELECT count(*) FROM users", [], |row| row.get(0))
            .expect("the application's table");
        assert_eq!(users, 1);
    }
}

/// POSIX drops a process's locks on a file when the process closes any descriptor of it. The next
/// process to leave then takes itself for the last one, and the write-ahead log away from those who
/// are still there, with all that is only in it.
#[cfg(unix)]
#[tokio::test]
async fn k_01_opening_the_store_gives_up_no_lock_of_the_application() {
    let database = Database::with_users();
    let application = database.app();
    application
        .execute_batch("PRAGMA journal_mode = WAL; SELECT * FROM users")
        .expect("the application's own pool");
    let auth = database.auth();
    let session = auth.create_session(ADA).await.expect("a healthy store");

    let other = Command::new(env::current_exe().expect("this program"))
        .args(["sqlite::shared::another_process_looks_and_leaves"])
        .args(["--exact", "--ignored"])
        .env(OF_THE_OTHER_PROCESS, &database.path)
        .output()
        .expect("this program once more");
    let said = String::from_utf8_lossy(&other.stdout);
    assert!(
        other.status.success() && said.contains("1 passed"),
        "{said}"
    );

    let mut log = database.path.clone().into_os_string();
    log.push("-wal");
    assert!(Path::new(&log).exists(), "the write-ahead log is in use");
    assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 1);
    let found = auth.validate_session(session.token()).await;
    assert!(found.expect("a healthy store").is_some());
}

/// Another process holds the lock for longer than we wait: an outage for writes, none for reads,
/// and over when the lock is.
#[tokio::test]
async fn k_05_a_lock_held_too_long_is_an_outage_of_writes() {
    for read_threads in [0, 2] {
        let database = Database::with_users();
        let store = SqliteStore::options(&database.path)
            .busy_timeout(50 * MILLISECOND)
            .read_threads(read_threads)
            .open()
            .expect("a database");
        let built = Auth::builder(store.with_users("users")).build();
        let auth: Auth<Account> = built.expect("a database");
        let session = auth.create_session(ADA).await.expect("a healthy store");

        let application = database.app();
        application
            .execute_batch("BEGIN EXCLUSIVE; UPDATE users SET admin = 0")
            .expect("nobody else writes");
        let sign_in = auth.create_session(ADA).await;
        let sign_out = auth.invalidate_session(session.id()).await;
        let found = auth.validate_session_user(session.token()).await;
        application.execute_batch("COMMIT").expect("its own lock");

        for failed in [sign_in.err(), sign_out.err()] {
            let failed = failed.expect("a write without the lock");
            assert!(matches!(failed, Error::Store(_)), "{failed:?}");
            assert_eq!(status_of(failed), 503);
        }
        let (_, account) = found
            .expect("a read needs no lock")
            .expect("still signed in");
        assert!(account.admin, "as of before the application's commit");

        let found = auth.validate_session_user(session.token()).await;
        let (_, account) = found.expect("a healthy store").expect("still signed in");
        assert!(!account.admin);
        let ended = auth.invalidate_session(session.id()).await;
        assert!(ended.expect("the lock is free"), "without a restart");
        assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 0);
    }
}

/// Twenty programs start with no database, or with one that has only the application's tables.
#[tokio::test]
async fn k_07_twenty_can_start_at_once_on_a_new_file() {
    for _ in 0..3 {
        let database = Database::none();
        share_sessions(&all_at_once(without_users, &database), &database).await;
        let database = Database::with_users();
        share_sessions(&all_at_once(with_users, &database), &database).await;
    }
}

fn without_users(path: &Path) -> Result<Auth, BuildError> {
    Auth::builder(SqliteStore::open(path)?).build()
}

fn with_users(path: &Path) -> Result<Auth<Account>, BuildError> {
    Auth::builder(SqliteStore::open(path)?.with_users("users")).build()
}

fn all_at_once<U: Send + Sync + 'static>(
    open: fn(&Path) -> Result<Auth<U>, BuildError>,
    database: &Database,
) -> Vec<Auth<U>> {
    let all = Arc::new(Barrier::new(20));
    let start = |_| {
        let (all, path) = (Arc::clone(&all), database.path.clone());
        thread::spawn(move || {
            all.wait();
            open(&path)
        })
    };
    let starts: Vec<_> = (0..20).map(start).collect();
    let opened = starts
        .into_iter()
        .map(|start| start.join().expect("no surprise"));
    opened
        .map(|auth| auth.expect("every one of them starts"))
        .collect()
}

/// D-13: and what one of them ends is ended for all.
async fn share_sessions<U: Send + Sync + 'static>(nodes: &[Auth<U>], database: &Database) {
    assert_eq!(database.number("SELECT count(*) FROM locals_meta"), 1);
    let session = nodes[0].create_session(ADA).await.expect("a healthy store");
    for node in nodes {
        let found = node.validate_session(session.token()).await;
        assert!(found.expect("a healthy store").is_some());
    }
    let ended = nodes[1].invalidate_session(session.id()).await;
    assert!(ended.expect("a healthy store"));
    for node in nodes {
        let found = node.validate_session(session.token()).await;
        assert!(found.expect("a healthy store").is_none());
    }
}

/// Ended by another process: this one has kept nothing of it.
#[tokio::test]
async fn e_01_a_revocation_counts_on_every_node_at_once() {
    let database = Database::with_users();
    let (here, there) = (database.auth(), database.auth());
    let mut sessions = Vec::new();
    for _ in 0..20 {
        sessions.push(here.create_session(ADA).await.expect("a healthy store"));
    }
    for session in &sessions {
        let found = there.validate_session(session.token()).await;
        assert!(found.expect("a healthy store").is_some());
    }
    let ended = here.invalidate_user_sessions(ADA).await;
    assert_eq!(ended.expect("a healthy store"), 20);
    for session in &sessions {
        let found = there.renew_session(session.token()).await;
        assert!(found.expect("a healthy store").is_none());
    }
}
