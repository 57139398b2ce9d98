//! The disk is full.

use std::{
    fs::{self, File},
    io::Write,
    process::{Command, Stdio},
};

use locals::{Auth, Error, SqliteStore};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::framework::status_of;

/// A file system of two megabytes, mounted as long as the value lives.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory to mount on");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "locals"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(directory))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a thread of the store may be about to close the file.
        let unmounted = Command::new("umount").arg("-l").arg(self.0.path()).status();
        unmounted.expect("what could be mounted can be unmounted");
    }
}

/// What was answered is kept, what could not be written is an error, and with room again all goes
/// on, without a restart.
#[tokio::test]
async fn k_05_a_full_disk_is_an_outage_and_no_loss() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("skipped: a small disk takes the right to mount one");
        return;
    };
    let path = disk.0.path().join("app.db");
    let store = SqliteStore::open(&path).expect("a new file");
    let auth: Auth = Auth::builder(store).build().expect("a new file");
    let mut made = vec![auth.create_session("0").await.expect("there is room")];

    let filler = disk.0.path().join("filler");
    let mut file = File::create(&filler).expect("there is room");
    while file.write_all(&[0; 1024]).is_ok() {}
    let failed = loop {
        match auth.create_session(made.len().to_string()).await {
            Ok(session) => made.push(session),
            Err(error) => break error,
        }
        assert!(made.len() < 10_000, "two megabytes hold less");
    };
    assert!(matches!(failed, Error::Store(_)), "{failed:?}");
    assert_eq!(status_of(failed), 503);
    for session in &made {
        let found = auth.validate_session(session.token()).await;
        assert!(found.expect("a read needs no room").is_some());
    }

    drop(file);
    fs::remove_file(&filler).expect("the filler");
    let after = auth.create_session("after").await;
    made.push(after.expect("there is room again"));
    for session in &made {
        let found = auth.validate_session(session.token()).await;
        assert!(found.expect("a healthy store").is_some());
    }
    let rows: i64 = Connection::open(&path)
        .expect("the database")
        .query_row("SELECT count(*) FROM locals_sessions", [], |row| row.get(0))
        .expect("the store's table");
    let made = i64::try_from(made.len()).expect("a few");
    assert_eq!(rows, made, "what failed left nothing");
}
