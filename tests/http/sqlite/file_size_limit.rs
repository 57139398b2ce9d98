//! The operating system lets no file grow beyond a limit: this program, started again under one.

use std::{
    env,
    path::PathBuf,
    process::{self, Command},
};

use locals::{Auth, Error, Session, SqliteStore, StoreError};

use super::Database;

const DATABASE: &str = "LOCALS_TEST_DATABASE";

/// Half a megabyte, in the shell's blocks of 512 bytes; the signal that would end the process is
/// ignored, so that a write fails instead.
const LIMITED: &str = r#"trap "" XFSZ; ulimit -S -f 1024; exec "$0" "$@""#;

/// What was answered is kept, what could not be written is an error, and without the limit all goes
/// on, without a restart.
#[test]
fn k_05_a_file_that_may_not_grow_is_an_outage_and_no_loss() {
    let database = Database::none();
    // Its output goes through a pipe: a log that has grown beyond the limit takes no more of it.
    let ended = Command::new("sh")
        .args(["-c", LIMITED])
        .arg(env::current_exe().expect("this program"))
        .args([
            "sqlite::file_size_limit::a_process_whose_files_may_not_grow",
            "--exact",
            "--ignored",
        ])
        .env(DATABASE, &database.path)
        .output()
        .expect("a shell");
    let printed = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
    assert!(ended.status.success(), "{printed}");
    let rows = database.number("SELECT count(*) FROM locals_sessions");
    assert!(rows > 10, "{rows} sessions were made");
    let check = database
        .app()
        .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.expect("a database"), "ok");
}

#[tokio::test]
#[ignore = "the other process of a test"]
async fn a_process_whose_files_may_not_grow() {
    let path = PathBuf::from(env::var_os(DATABASE).expect("started by a test"));
    let store = SqliteStore::open(&path).expect("a new file");
    let auth: Auth = Auth::builder(store).build().expect("a new file");

    let mut made = Vec::new();
    let failed = loop {
        match auth.create_session(made.len().to_string()).await {
            Ok(session) => made.push(session),
            Err(error) => break error,
        }
        assert!(made.len() < 10_000, "half a megabyte holds less");
    };
    is_outage(failed);
    all_are_valid(&auth, &made).await;
    is_outage(
        auth.invalidate_session(made[0].id())
            .await
            .expect_err("an end takes a write too"),
    );
    all_are_valid(&auth, &made).await;

    let lifted = Command::new("prlimit")
        .args(["--fsize=unlimited:", "--pid", &process::id().to_string()])
        .status();
    assert!(lifted.expect("prlimit of util-linux").success());
    let ended = auth.invalidate_session(made[0].id()).await;
    assert!(ended.expect("room again"));
    drop(made.remove(0));
    made.push(auth.create_session("after").await.expect("room again"));
    all_are_valid(&auth, &made).await;
}

fn is_outage(error: Error) {
    assert!(
        matches!(error, Error::Store(StoreError::Unavailable(_))),
        "{error:?}"
    );
}

async fn all_are_valid(auth: &Auth, sessions: &[Session]) {
    for session in sessions {
        let found = auth.validate_session(session.token()).await;
        assert!(found.expect("a read needs no room").is_some());
    }
}
