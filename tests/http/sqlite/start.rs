//! What can be wrong when the program starts: each message names it, and says what to do.

use std::{collections::HashMap, fs, path::Path};

use locals::{Auth, BuildError, SqliteStore, UsersTable};

use super::Database;
use crate::rig::{ADA, Account, LogFrom};

fn open(path: &Path, users: impl Into<UsersTable>) -> Result<Auth<Account>, BuildError> {
    Auth::builder(SqliteStore::open(path)?.with_users(users)).build()
}

/// The refusal's text, with each of these words in it.
fn refusal(result: Result<Auth<Account>, BuildError>, words: &[&str]) -> String {
    let text = result.expect_err("something is wrong").to_string();
    for word in words {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
    text
}

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
        refusal(open(Path::new(path), "users"), &["MemoryStore"]);
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

#[test]
fn a_missing_users_table_is_named() {
    let database = Database::with_users();
    refusal(
        open(&database.path, "accounts"),
        &["`accounts`", "create it before"],
    );
    refusal(
        Database::none().open(),
        &["`users`", "create it before", "build()"],
    );
}

#[test]
fn a_missing_column_is_named() {
    let database = Database::with("CREATE TABLE users (id INTEGER PRIMARY KEY, admin INTEGER)");
    refusal(
        database.open(),
        &["`users`", "`email`", "Account", "`admin`", "rename"],
    );
    database.run("ALTER TABLE users ADD COLUMN email TEXT");
    database.auth();
}

#[test]
fn a_missing_key_column_is_named() {
    let database = Database::with_users();
    let users = UsersTable::new("users").key("number");
    refusal(
        open(&database.path, users),
        &["`users`", "`number`", "`id`", ".key("],
    );
}

/// Refused at the start, and not at the first sign-in; nothing is left behind that would be in the
/// way afterwards.
#[test]
fn a_key_that_is_not_unique_is_refused() {
    let database = Database::with("CREATE TABLE users (id INTEGER, email TEXT, admin INTEGER)");
    refusal(database.open(), &["`users`", "`id`", "UNIQUE"]);
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    assert_eq!(database.number(ours), 0);
    database.run("CREATE UNIQUE INDEX users_by_id ON users (id)");
    database.auth();
}

#[test]
fn a_key_that_is_one_of_several_columns_is_refused_with_a_way_out() {
    let database = Database::with(
        "CREATE TABLE users (tenant INTEGER, id INTEGER, email TEXT, admin INTEGER,
                             PRIMARY KEY (tenant, id))",
    );
    refusal(
        database.open(),
        &["`id`", "`users`", "several columns", "by itself"],
    );
    database.run("CREATE UNIQUE INDEX users_by_id ON users (id)");
    database.auth();
}

#[test]
fn a_table_of_the_applications_own_called_as_ours_is_refused_and_kept() {
    let database = Database::with_users();
    database
        .run("CREATE TABLE locals_sessions (town TEXT); INSERT INTO locals_sessions VALUES ('x')");
    refusal(
        database.open(),
        &["`locals_sessions`", "rename it", "the application's own"],
    );
    assert_eq!(database.number("SELECT count(*) FROM locals_sessions"), 1);
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    assert_eq!(database.number(ours), 1, "the application's");
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

#[test]
fn a_key_of_a_type_that_no_id_has_is_refused() {
    let database = Database::with("CREATE TABLE users (id REAL PRIMARY KEY, email, admin)");
    refusal(database.open(), &["`users`", "`id`", "`REAL`", "INTEGER"]);
}

#[test]
fn a_view_of_the_users_is_refused() {
    let database = Database::with_users();
    database.run("CREATE VIEW members AS SELECT * FROM users");
    refusal(
        open(&database.path, "members"),
        &["`members`", "view", "name the table"],
    );
}

#[test]
fn l_10_a_name_that_carries_sql_is_refused() {
    let database = Database::with_users();
    for name in [
        "users; DROP TABLE users",
        "users\"",
        "users--",
        "",
        "1users",
    ] {
        refusal(
            open(&database.path, name),
            &[&format!("`{name}`"), "letters"],
        );
        let users = UsersTable::new("users").key(name);
        refusal(
            open(&database.path, users),
            &[&format!("`{name}`"), "letters"],
        );
    }
    assert_eq!(database.number("SELECT count(*) FROM users"), 1);
}

#[test]
fn a_user_type_without_named_fields_is_refused() {
    let database = Database::with_users();
    let store = SqliteStore::open(&database.path).expect("a database");
    let result: Result<Auth<HashMap<String, String>>, _> =
        Auth::builder(store.with_users("users")).build();
    let text = result.expect_err("a map has no fields").to_string();
    assert!(
        text.contains("HashMap") && text.contains("named fields"),
        "{text}"
    );
}

/// The sessions would be those of other users. Also where nobody has signed in yet: two programs
/// that disagree are told at once.
#[test]
fn another_users_table_than_before_is_refused() {
    let database = Database::with_users();
    database.auth();
    database.run(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, admin INTEGER);
         ALTER TABLE users ADD COLUMN number INTEGER;
         CREATE UNIQUE INDEX users_by_number ON users (number)",
    );
    refusal(
        open(&database.path, "accounts"),
        &["`users`", "`accounts`", "DROP TABLE locals_sessions"],
    );
    let other_key = UsersTable::new("users").key("number");
    refusal(
        open(&database.path, other_key),
        &["`id`", "`number`", "`users`"],
    );
    database.auth();
}

#[test]
fn a_first_attempt_that_was_refused_is_in_the_way_of_no_other() {
    let database = Database::with_users();
    database.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)");
    refusal(open(&database.path, "orders"), &["`orders`", "`email`"]);
    database.auth();
}

#[tokio::test]
async fn e_04_a_user_who_takes_a_former_key_gets_no_former_session() {
    let database = Database::with_users();
    let auth = database.auth();
    let session = auth.create_session(ADA).await.expect("a healthy store");
    database.run(
        "PRAGMA foreign_keys = OFF;
         UPDATE users SET id = 100 WHERE id = 1;
         INSERT INTO users VALUES (1, 'mallory@example.com', 0)",
    );
    let found = auth.validate_session_user(session.token()).await;
    let (_, account) = found.expect("a healthy store").expect("Ada is still there");
    assert_eq!(account.email, "ada@example.com");
}

#[test]
fn a_key_under_which_a_user_has_several_ids_is_refused() {
    for (key, name) in [
        ("TEXT PRIMARY KEY COLLATE NOCASE", "NOCASE"),
        ("TEXT COLLATE RTRIM UNIQUE", "RTRIM"),
    ] {
        let database = Database::with(&format!(
            "CREATE TABLE users (id {key}, email TEXT, admin INTEGER)"
        ));
        refusal(database.open(), &[name, "`id`", "BINARY"]);
    }
}

#[test]
fn a_key_that_keeps_something_else_than_it_says_is_refused() {
    let database = Database::with(
        "CREATE TABLE users (id INT PRIMARY KEY, email TEXT, admin INTEGER);
         INSERT INTO users VALUES ('ada', 'ada@example.com', 1)",
    );
    refusal(database.open(), &["`id`", "INTEGER", "text"]);
}

/// SQLite lets our table refer to the renamed one.
#[tokio::test]
async fn a_users_table_that_was_renamed_is_named_in_the_refusal() {
    let database = Database::with_users();
    let session = database.auth().create_session(ADA).await;
    drop(session.expect("a healthy store"));
    database.run(
        "PRAGMA foreign_keys = OFF;
         ALTER TABLE users RENAME TO former;
         CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, admin INTEGER);
         INSERT INTO users SELECT * FROM former",
    );
    refusal(database.open(), &["renamed", "`former`", "`users`"]);
}

/// What the refusal offers: with the sessions gone, the former table is of no concern any more.
#[tokio::test]
async fn started_anew_the_new_users_table_is_the_one_that_counts() {
    let database = Database::with_users();
    database.auth();
    database.run(
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT, admin INTEGER);
         INSERT INTO accounts VALUES (1, 'ada@example.com', 1);
         DROP TABLE locals_sessions; DROP TABLE locals_meta",
    );
    let auth = open(&database.path, "accounts").expect("nothing is in the way");
    let session = auth.create_session(ADA).await.expect("a healthy store");
    database.run("PRAGMA foreign_keys = OFF; DELETE FROM users");
    let found = auth.validate_session(session.token()).await;
    assert!(found.expect("a healthy store").is_some(), "no user of ours");
    database.run("PRAGMA foreign_keys = OFF; DELETE FROM accounts");
    let sessions = "SELECT count(*) FROM locals_sessions";
    assert_eq!(database.number(sessions), 0, "E-04");
}

#[tokio::test]
async fn users_for_sessions_that_had_none_are_refused() {
    let database = Database::with_users();
    let store = SqliteStore::open(&database.path).expect("a database");
    let without: Result<Auth, _> = Auth::builder(store).build();
    let session = without.expect("sessions only").create_session(ADA).await;
    drop(session.expect("a healthy store"));
    refusal(
        database.open(),
        &["no users table", "`users`", "DROP TABLE locals_sessions"],
    );
    database.run("DROP TABLE locals_sessions; DROP TABLE locals_meta");
    database.auth();
}

#[test]
fn k_07_tables_of_a_newer_release_are_refused() {
    let database = Database::with_users();
    database.auth();
    database.run("UPDATE locals_meta SET version = 99");
    refusal(database.open(), &["version 99", "newer release"]);
    let store = SqliteStore::open(&database.path).expect("a database");
    let without: Result<Auth, _> = Auth::builder(store).build();
    let text = without.expect_err("a newer release").to_string();
    assert!(text.contains("version 99"), "{text}");
    assert_eq!(database.number("SELECT version FROM locals_meta"), 99);

    database.run("DROP TABLE locals_meta; CREATE TABLE locals_meta (something TEXT)");
    refusal(database.open(), &["`locals_meta`", "newer release"]);
}

/// Somebody dropped one table of two: the other says that both are there.
#[test]
fn a_missing_sessions_table_is_not_blamed_on_the_users() {
    let database = Database::with_users();
    database.auth();
    database.run("DROP TABLE locals_sessions");
    let text = refusal(database.open(), &["locals_sessions"]);
    assert!(!text.contains("UNIQUE"), "the key is fine: {text}");
    let store = SqliteStore::open(&database.path).expect("a database");
    let without: Result<Auth, _> = Auth::builder(store).build();
    assert!(without.is_err(), "every request would fail");
}
