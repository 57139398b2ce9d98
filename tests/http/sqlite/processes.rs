//! Several processes on one file: this program, started again for a single test.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use futures_util::future::join_all;
use locals::{Auth, SqliteStore};

use super::Database;
use crate::rig::{ADA, Account};

const DATABASE: &str = "LOCALS_TEST_DATABASE";
const SESSIONS: i64 = 25;

fn auth(path: &Path) -> Auth<Account> {
    let store = SqliteStore::open(path).expect("a database");
    let auth = Auth::builder(store.with_users("users")).max_sessions_per_user(10_000);
    auth.build().expect("a database")
}

/// The other process: makes the tables if need be, and signs in and out.
#[tokio::test]
#[ignore = "the other process of a test"]
async fn another_process_signs_in() {
    let path = PathBuf::from(env::var_os(DATABASE).expect("started by a test"));
    let auth = auth(&path);
    for _ in 0..SESSIONS {
        let kept = auth.create_session(ADA).await.expect("not locked out");
        let ended = auth.create_session(ADA).await.expect("not locked out");
        assert!(
            auth.invalidate_session(ended.id())
                .await
                .expect("not locked out")
        );
        let found = auth
            .validate_session(kept.token())
            .await
            .expect("not locked out");
        assert!(found.is_some(), "signed in, and not signed out");
    }
}

fn start(database: &Database) -> Child {
    command(database).spawn().expect("this program once more")
}

fn command(database: &Database) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command
        .args([
            "sqlite::processes::another_process_signs_in",
            "--exact",
            "--ignored",
        ])
        .env(DATABASE, &database.path)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn is_whole(database: &Database) {
    let check = database
        .app()
        .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.expect("a database"), "ok");
}

/// Times are milliseconds in UTC, whatever the server's clock on the wall shows.
#[test]
fn h_06_the_time_zone_of_a_server_does_not_matter() {
    let database = Database::with_users();
    for zone in ["Pacific/Apia", "America/St_Johns"] {
        let mut process = command(&database)
            .env("TZ", zone)
            .spawn()
            .expect("this program");
        assert!(process.wait().expect("a process").success());
    }
    let now = std::time::UNIX_EPOCH
        .elapsed()
        .expect("after 1970")
        .as_millis();
    let oldest = database.number("SELECT min(created_at) FROM locals_sessions");
    let newest = database.number("SELECT max(created_at) FROM locals_sessions");
    let now = i64::try_from(now).expect("before the end of time");
    assert!(
        newest <= now && now - oldest < 600_000,
        "{oldest} to {newest}, now {now}"
    );
}

#[test]
fn k_07_processes_that_start_together_make_the_tables_once() {
    let database = Database::with_users();
    let processes: Vec<Child> = (0..8).map(|_| start(&database)).collect();
    for mut process in processes {
        assert!(process.wait().expect("a process").success());
    }
    let rows = database.number("SELECT count(*) FROM locals_sessions");
    assert_eq!(rows, 8 * SESSIONS);
    assert_eq!(database.number("SELECT count(*) FROM locals_meta"), 1);
    is_whole(&database);
}

/// Killed while it makes the tables or writes, it leaves a file that the next one goes on with.
#[tokio::test]
async fn k_07_a_process_killed_at_any_moment_leaves_a_file_to_go_on_with() {
    for round in 0..40 {
        let database = Database::with_users();
        let mut process = start(&database);
        thread::sleep(Duration::from_millis(round));
        process.kill().expect("a process of ours");
        process.wait().expect("a process of ours");
        let session = auth(&database.path).create_session(ADA).await;
        assert!(session.is_ok(), "killed after {round} ms: {session:?}");
        is_whole(&database);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn k_01_sixty_four_clients_and_two_more_processes_lock_nobody_out() {
    let database = Database::with_users();
    let auth = auth(&database.path);
    let others = [start(&database), start(&database)];
    let clients = (0..64).map(|_| {
        let auth = auth.clone();
        tokio::spawn(async move {
            for _ in 0..4 {
                let session = auth.create_session(ADA).await.expect("not locked out");
                let found = auth.validate_session(session.token()).await;
                assert!(found.expect("not locked out").is_some());
                assert!(
                    auth.invalidate_session(session.id())
                        .await
                        .expect("not locked out")
                );
            }
        })
    });
    for client in join_all(clients).await {
        client.expect("nobody is locked out");
    }
    for mut other in others {
        assert!(other.wait().expect("a process").success());
    }
    let rows = database.number("SELECT count(*) FROM locals_sessions");
    assert_eq!(rows, 2 * SESSIONS);
}
