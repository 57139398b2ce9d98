//! An [`Auth`] on a users table, and what the tests ask of it.

use crate::rig::{Database, database};
use locals::{
    Auth, BuildError, Error, MySqlStore, Session, StoreError, UserId, UsersTable, store::Store,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    fmt::Debug,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// A type of users.
pub(crate) trait User: DeserializeOwned + Send + Sync + 'static {}

impl<U: DeserializeOwned + Send + Sync + 'static> User for U {}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

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

pub(crate) fn refused<U>(built: Result<Auth<U>, BuildError>) -> String {
    match built {
        Err(BuildError::Store(StoreError::Setup(text))) => text,
        Err(error) => panic!("nothing that is set up wrongly: {error}"),
        Ok(auth) => panic!("it is not refused: {auth:?}"),
    }
}

/// Asserts that a message says all of these.
pub(crate) fn assert_says(message: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(message.contains(phrase), "no `{phrase}` in: {message}");
    }
}

pub(crate) async fn signed_in<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> Session {
    auth.create_session(id).await.expect("a session")
}

/// Who has this session; `None` if there is none.
pub(crate) async fn user<U: User>(auth: &Auth<U>, session: &Session) -> Option<U> {
    let found = auth.validate_session_user(session.token()).await;
    found.expect("an answer").map(|(_, user)| user)
}

/// Whose session it is, by the name.
pub(crate) async fn name(auth: &Auth<Named>, session: &Session) -> Option<String> {
    user(auth, session).await.map(|user| user.name)
}

/// How many sessions are listed of a user.
pub(crate) async fn listed<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> usize {
    auth.list_sessions(id).await.expect("a list").len()
}

/// What a sign-in says that has to be refused.
pub(crate) async fn sign_in_error<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> StoreError {
    match auth.create_session(id).await {
        Err(Error::Store(error)) => error,
        other => panic!("no error of the store: {other:?}"),
    }
}

/// Asserts that nobody has this id.
pub(crate) async fn is_nobody<U: User>(auth: &Auth<U>, id: impl Into<UserId>) {
    let id = id.into();
    let error = sign_in_error(auth, id.clone()).await;
    let is_unknown = matches!(error, StoreError::UnknownUser);
    assert!(is_unknown, "{}: {error}", id.as_str());
}

/// What an operation says that has to be answered with 503: that there is no session is another answer.
pub(crate) fn outage<T: Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(error) if error.is_outage() => error.to_string(),
        other => panic!("no outage: {other:?}"),
    }
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

/// Asks until the outage is over; meanwhile nobody is told that there is no session.
pub(crate) async fn name_in_the_end(auth: &Auth<Named>, session: &Session) -> Option<String> {
    let asked = async {
        loop {
            match auth.validate_session_user(session.token()).await {
                Ok(found) => return found.map(|(_, user)| user.name),
                Err(error) => assert!(error.is_outage(), "{error}"),
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let answer = timeout(Duration::from_secs(5), asked).await;
    answer.expect("the outage is over")
}

/// What an operator is told at start.
pub(crate) async fn warnings(url: impl AsRef<str>) -> String {
    let store = MySqlStore::connect(url).await.expect("a store");
    let store = store.with_users("users");
    Store::<Named>::prepare(&store).await.expect("ready");
    Store::<Named>::warnings(&store).concat()
}
