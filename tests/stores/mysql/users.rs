//! An [`Auth`] on a users table, and what the tests ask of it.

use crate::rig::{Database, database};
use locals::{Auth, BuildError, MySqlStore, Session, StoreError, UsersTable, store::Store};
use std::{
    fmt::Debug,
    time::{Duration, Instant},
};
use tokio::time::sleep;

pub(crate) use store_tests::users::{
    Named, User, assert_says, is_nobody, listed, name, name_in_the_end, outage, refused,
    sign_in_error, signed_in, unreadable, user,
};

/// Ada is 1, Grace 2.
pub(crate) const USERS: &str =
    "CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL);
    INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')";

/// Another table of the name, with other people under the same keys.
pub(crate) const OTHERS: &str =
    "CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL);
    INSERT INTO users VALUES (1, 'Eve'), (2, 'Mallory')";

/// A database with [`USERS`].
pub(crate) fn with_users() -> Option<Database> {
    let database = database()?;
    database.execute(USERS);
    Some(database)
}

/// As a dump is restored: nothing is checked that refers to something.
pub(crate) fn unchecked(statements: &str) -> String {
    format!("SET foreign_key_checks = 0; {statements}")
}

/// A start of a program: what it says, and what it is answered.
pub(crate) async fn connect<U: User>(
    url: impl AsRef<str>,
    users: impl Into<UsersTable>,
) -> Result<Auth<U>, BuildError> {
    let store = MySqlStore::connect(url).await?;
    Auth::builder(store.with_users(users)).connect().await
}

pub(crate) async fn auth<U: User>(url: impl AsRef<str>, users: impl Into<UsersTable>) -> Auth<U> {
    connect(url, users).await.expect("an Auth")
}

/// Why no such `Auth` can be, as whoever starts the program reads it.
pub(crate) async fn refusal<U: User>(url: impl AsRef<str>, users: impl Into<UsersTable>) -> String {
    refused(connect::<U>(url, users).await)
}

/// What is said of a program that runs on another users table than the one it was started with. It looks at
/// that once a second; from then on nobody is let in, and nobody is told that there is no session.
pub(crate) async fn stops<U: User + Debug>(auth: &Auth<U>, session: &Session) -> String {
    let start = Instant::now();
    let message = loop {
        match auth.validate_session_user(session.token()).await {
            Err(error) => break outage::<()>(Err(error)),
            Ok(found) => assert!(
                start.elapsed() < Duration::from_millis(2500),
                "it goes on: {found:?}"
            ),
        }
        sleep(Duration::from_millis(20)).await;
    };
    for _ in 0..3 {
        outage(auth.validate_session_user(session.token()).await);
        outage(auth.validate_session(session.token()).await);
        outage(auth.renew_session(session.token()).await);
        let error = sign_in_error(auth, 1).await;
        assert!(!matches!(error, StoreError::UnknownUser), "{error}");
    }
    message
}

/// What an operator is told at start.
pub(crate) async fn warnings(url: impl AsRef<str>) -> String {
    let store = MySqlStore::connect(url).await.expect("a store");
    let store = store.with_users("users");
    Store::<Named>::prepare(&store).await.expect("ready");
    Store::<Named>::warnings(&store).concat()
}
