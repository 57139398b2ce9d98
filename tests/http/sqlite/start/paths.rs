//! The path: of what is no database, of what may not be read, and what is no path at all.

use std::{fs, path::Path};

use locals::{Auth, SqliteStore};

use super::{open, refusal};
use crate::{
    rig::{Account, LogFrom},
    sqlite::Database,
};

#[test]
fn a_directory_is_no_database() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().display().to_string();
    refusal(
        open(directory.path(), "users"),
        &[&path, "directory", "name a file"],
    );
}

#[test]
fn a_directory_that_is_not_there_is_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("missing").join("app.db");
    let shown = path.display().to_string();
    refusal(
        open(&path, "users"),
        &[&shown, "cannot be created", "does its directory exist"],
    );
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let database = Database::none();
    let text = "To whom it may concern. ".repeat(100);
    fs::write(&database.path, &text).expect("a new file");
    let path = database.path.display().to_string();
    refusal(database.open(), &[&path, "not a database"]);
    let after = fs::read_to_string(&database.path).expect("still there");
    assert_eq!(after, text);
}

#[test]
fn a_database_in_memory_is_the_memory_store() {
    for path in [":memory:", ""] {
        let says = ["MemoryStore", ".users_with(..)"];
        refusal(open(Path::new(path), "users"), &says);
    }
    assert!(!Path::new(":memory:").exists(), "nor is a file made of it");
}

/// Taken for a path, each of them would make a file of an odd name.
#[test]
fn a_connection_string_is_no_path() {
    for (string, file) in [
        ("sqlite://app.db", "app.db"),
        ("sqlite:app.db", "app.db"),
        ("SQLITE:///srv/app.db?mode=rwc", "/srv/app.db"),
        ("sqlite3:data/app.db", "data/app.db"),
        ("file:app.db?cache=shared", "app.db"),
        ("file:///srv/app.db", "/srv/app.db"),
        ("file://localhost/srv/app.db", "/srv/app.db"),
        ("jdbc:sqlite:app.db", "app.db"),
        ("Data Source=app.db;Version=3", "app.db"),
        ("app.db?mode=rwc", "app.db"),
    ] {
        let text = refusal(
            open(Path::new(string), "users"),
            &[&format!("`{string}`"), "connection string"],
        );
        assert!(text.contains(&format!("`{file}`")), "{text}");
        assert!(!Path::new(string).exists(), "{string} is made");
    }
    for string in ["sqlite::memory:", "file::memory:?cache=shared", "sqlite:"] {
        refusal(open(Path::new(string), "users"), &["MemoryStore"]);
    }
    let other = "postgres://app:secret@db.example/app";
    let text = refusal(open(Path::new(other), "users"), &["`postgres`", "app.db"]);
    assert!(!text.contains("secret"), "{text}");
    let directory = tempfile::tempdir().expect("a directory");
    for path in ["a?b.db", "100%.db", "it's=fine.db"] {
        SqliteStore::open(directory.path().join(path)).expect("a file's name may be odd");
    }
}

/// As root there is no such file: then this shows only that root may read what it likes.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::with_users();
    for mode in [0o000, 0o400] {
        fs::set_permissions(&database.path, fs::Permissions::from_mode(mode)).expect("our file");
        let is_root = fs::OpenOptions::new()
            .write(true)
            .open(&database.path)
            .is_ok();
        let path = database.path.display().to_string();
        if is_root {
            database.auth();
        } else {
            refusal(database.open(), &[&path, "permissions"]);
        }
    }
}

/// In development the file was made by whatever made the users table.
#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_warned_of_once_and_not_in_development() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::with_users();
    fs::set_permissions(&database.path, fs::Permissions::from_mode(0o644)).expect("our file");
    let path = database.path.display().to_string();
    let warnings = |log: LogFrom| {
        let text = log.text();
        let lines = text.lines().filter(|line| line.contains(&path));
        lines.filter(|line| line.contains("WARN")).count()
    };
    let log = LogFrom::now();
    database.auth();
    assert_eq!(warnings(log), 1);
    let log = LogFrom::now();
    let store = SqliteStore::open(&database.path).expect("a database");
    let built: Result<Auth<Account>, _> = Auth::builder(store.with_users("users"))
        .insecure_dev()
        .build();
    built.expect("nothing is wrong with the file");
    assert_eq!(warnings(log), 0);
}
