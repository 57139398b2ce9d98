//! An [`Auth`] on a users table, and what the tests ask of it.

use locals::{
    Auth, BuildError, Error, PostgresStore, Session, StoreError, UserId, UsersTable, store::Store,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{fmt::Debug, time::Duration};
use test_servers::{Postgres, Schema};
use tokio::time::{sleep, timeout};

/// A type of users.
pub(crate) trait User: DeserializeOwned + Send + Sync + 'static {}

impl<U: DeserializeOwned + Send + Sync + 'static> User for U {}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// Ada is 1, Grace 2.
pub(crate) const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')";

/// A schema with [`USERS`].
pub(crate) fn with_users() -> Option<Schema> {
    let schema = Postgres::shared()?.schema();
    schema.execute(USERS);
    Some(schema)
}

pub(crate) async fn connect<U: User>(
    url: impl AsRef<str>,
    users: impl Into<UsersTable>,
) -> Result<Auth<U>, BuildError> {
    let store = PostgresStore::connect(url).await?;
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

/// What a sign-in says that has to be refused.
pub(crate) async fn sign_in_error<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> StoreError {
    match auth.create_session(id).await {
        Err(Error::Store(error)) => error,
        other => panic!("no error of the store: {other:?}"),
    }
}

/// What an operation says that has to be answered with 503: that there is no session is another answer.
pub(crate) fn outage<T: Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(error) if error.is_outage() => error.to_string(),
        other => panic!("no outage: {other:?}"),
    }
}

/// Asks until the connections are made again that a migration has cost; meanwhile nobody is told that there
/// is no session.
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
    answer.expect("the connections are made again")
}

/// What an operator is told at start.
pub(crate) async fn warnings(url: impl AsRef<str>) -> String {
    let store = PostgresStore::connect(url).await.expect("a store");
    let store = store.with_users("users");
    Store::<Named>::prepare(&store).await.expect("ready");
    Store::<Named>::warnings(&store).concat()
}
