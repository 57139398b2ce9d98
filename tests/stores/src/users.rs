//! An [`Auth`] on a users table, and what the tests ask of it.

use locals::{Auth, BuildError, Error, Session, StoreError, UserId};
use serde::{Deserialize, de::DeserializeOwned};
use std::{fmt::Debug, time::Duration};
use tokio::time::{sleep, timeout};

/// A type of users.
pub trait User: DeserializeOwned + Send + Sync + 'static {}

impl<U: DeserializeOwned + Send + Sync + 'static> User for U {}

/// Whoever has a name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Named {
    /// As the table has it.
    pub name: String,
}

/// What a program is told that is set up wrongly.
///
/// # Panics
///
/// Where it is not.
pub fn refused<U>(built: Result<Auth<U>, BuildError>) -> String {
    match built {
        Err(BuildError::Store(StoreError::Setup(text))) => text,
        Err(error) => panic!("nothing that is set up wrongly: {error}"),
        Ok(auth) => panic!("it is not refused: {auth:?}"),
    }
}

/// Asserts that a message says all of these.
pub fn assert_says(message: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(message.contains(phrase), "no `{phrase}` in: {message}");
    }
}

/// A sign-in of this user.
pub async fn signed_in<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> Session {
    auth.create_session(id).await.expect("a session")
}

/// Who has this session; `None` if there is none.
pub async fn user<U: User>(auth: &Auth<U>, session: &Session) -> Option<U> {
    let found = auth.validate_session_user(session.token()).await;
    found.expect("an answer").map(|(_, user)| user)
}

/// Whose session it is, by the name.
pub async fn name(auth: &Auth<Named>, session: &Session) -> Option<String> {
    user(auth, session).await.map(|user| user.name)
}

/// How many sessions are listed of a user.
pub async fn listed<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> usize {
    auth.list_sessions(id).await.expect("a list").len()
}

/// What a sign-in says that has to be refused.
pub async fn sign_in_error<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> StoreError {
    match auth.create_session(id).await {
        Err(Error::Store(error)) => error,
        other => panic!("no error of the store: {other:?}"),
    }
}

/// Why this user cannot be read, as the log has it.
pub async fn unreadable<U: User>(auth: &Auth<U>, id: impl Into<UserId>) -> String {
    match sign_in_error(auth, id).await {
        StoreError::UserUnreadable { reason } => reason,
        error => panic!("{error}"),
    }
}

/// Asserts that nobody has this id.
pub async fn is_nobody<U: User>(auth: &Auth<U>, id: impl Into<UserId>) {
    let id = id.into();
    let error = sign_in_error(auth, id.clone()).await;
    let is_unknown = matches!(error, StoreError::UnknownUser);
    assert!(is_unknown, "{}: {error}", id.as_str());
}

/// What an operation says that has to be answered with 503: that there is no session is another answer.
pub fn outage<T: Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(error) if error.is_outage() => error.to_string(),
        other => panic!("no outage: {other:?}"),
    }
}

/// Asks until the outage is over; meanwhile nobody is told that there is no session.
pub async fn name_in_the_end(auth: &Auth<Named>, session: &Session) -> Option<String> {
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
