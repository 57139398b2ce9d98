//! Users from a SQLite file, in which there are no sessions.

use crate::{
    auth::Auth,
    error::{BuildError, Error, StoreError},
    store::{MemoryStore, SqliteStore, SqliteStoreWithUsers, UserStore, UsersTable},
};
use rusqlite::Connection;
use tempfile::TempDir;

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Named {
    name: String,
}

const USERS: &str = "CREATE TABLE users (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, verified INTEGER NOT NULL DEFAULT 1
    );
    INSERT INTO users (name) VALUES ('Ada'), ('Grace')";

/// The application's file.
struct Database {
    directory: TempDir,
    app: Connection,
}

impl Database {
    fn with(statements: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let app = Connection::open(directory.path().join("app.db")).unwrap();
        app.execute_batch(statements).unwrap();
        Self { directory, app }
    }

    fn users(&self, table: impl Into<UsersTable>) -> SqliteStoreWithUsers {
        let store = SqliteStore::open(self.directory.path().join("app.db"));
        store.unwrap().with_users(table)
    }

    fn run(&self, statements: &str) {
        self.app.execute_batch(statements).unwrap();
    }

    fn connect(&self, table: impl Into<UsersTable>) -> Result<Auth<Named>, BuildError> {
        let auth = Auth::<Named>::builder(MemoryStore::new());
        auth.users_from(self.users(table)).build()
    }

    fn warnings(&self) -> String {
        let users = self.users("users");
        UserStore::<Named>::prepare(&users)
            .at_once()
            .unwrap()
            .unwrap();
        UserStore::<Named>::warnings(&users).concat()
    }
}

fn refused(built: Result<Auth<Named>, BuildError>) -> String {
    match built {
        Err(BuildError::Store(StoreError::Setup(text))) => text,
        other => panic!("it is not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_user_comes_from_the_file_and_nothing_is_made_in_it() {
    let database = Database::with(USERS);
    let auth = database.connect("users").unwrap();
    let session = auth.create_session(2).await.unwrap();
    let found = auth.validate_session_user(session.token()).await.unwrap();
    assert_eq!(found.unwrap().1.name, "Grace");
    let stranger = auth.create_session(3).await;
    assert!(matches!(
        stranger,
        Err(Error::Store(StoreError::UnknownUser))
    ));
    auth.ping().await.unwrap();
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    let ours = database.app.query_row(ours, [], |row| row.get::<_, i64>(0));
    assert_eq!(ours.unwrap(), 0);
}

#[tokio::test]
async fn a_user_of_whom_the_condition_does_not_hold_has_no_session() {
    let database = Database::with(USERS);
    let users = UsersTable::new("users").only_if("verified");
    let auth = database.connect(users).unwrap();
    let session = auth.create_session(1).await.unwrap();
    database.run("UPDATE users SET verified = 0 WHERE id = 1");
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_none());
    database.run("UPDATE users SET verified = 1 WHERE id = 1");
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_some());
}

#[tokio::test]
async fn i_01_a_table_that_is_gone_is_an_outage() {
    let database = Database::with(USERS);
    let auth = database.connect("users").unwrap();
    let session = auth.create_session(1).await.unwrap();
    database.run("ALTER TABLE users RENAME TO former");
    let found = auth.validate_session(session.token()).await;
    assert!(found.is_err_and(|error| error.is_outage()));
    assert!(auth.ping().await.is_err_and(|error| error.is_outage()));
    database.run("ALTER TABLE former RENAME TO users");
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_some());
}

#[tokio::test]
async fn sessions_are_found_however_a_uuid_is_written() {
    let database = Database::with(
        "CREATE TABLE users (id BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
         INSERT INTO users VALUES (x'67e5504410b1426f9247bb680e5fe0c8', 'Ada')",
    );
    let auth = database.connect("users").unwrap();
    let uuid = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let session = auth.create_session(uuid.to_uppercase()).await.unwrap();
    assert_eq!(session.user_id().as_str(), uuid);
    let listed = auth.list_sessions(uuid.replace('-', "")).await;
    assert_eq!(listed.unwrap().len(), 1);
    let ended = auth.invalidate_user_sessions(uuid.to_uppercase()).await;
    assert_eq!(ended.unwrap(), 1);
}

#[test]
fn a_key_that_tells_no_users_apart_is_refused() {
    for users in [
        "(id INTEGER, name TEXT)",
        "(id INTEGER, name TEXT, PRIMARY KEY (id, name))",
        "(id INTEGER, name TEXT, UNIQUE (name, id))",
    ] {
        let database = Database::with(&format!("CREATE TABLE users {users}"));
        let refused = refused(database.connect("users"));
        assert!(refused.contains("does not tell users apart"), "{refused}");
    }
    for users in [
        "(id INTEGER PRIMARY KEY, name TEXT)",
        "(id TEXT, name TEXT PRIMARY KEY, UNIQUE (id))",
    ] {
        let database = Database::with(&format!("CREATE TABLE users {users}"));
        database.connect("USERS").unwrap();
    }
}

#[test]
fn a_key_that_may_be_given_again_is_warned_of() {
    let database = Database::with("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
    assert!(database.warnings().contains("AUTOINCREMENT"));
    for users in [
        USERS,
        "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT)",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT) WITHOUT ROWID",
    ] {
        let warnings = Database::with(users).warnings();
        assert!(!warnings.contains("AUTOINCREMENT"), "{warnings}");
    }
}

#[test]
fn a_table_that_is_not_there_is_refused() {
    let refused = refused(Database::with("").connect("users"));
    assert!(refused.contains("there is no table `users`"), "{refused}");
}
