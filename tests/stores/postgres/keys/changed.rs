//! A column of ids that becomes one of something else while a program runs.

use crate::rig::{schema, store};
use locals::{Auth, Error, StoreError, UserId};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// What is asked in the end: the connections are made again first.
async fn unreadable(auth: &Auth<UserId>, token: &locals::SessionToken) -> String {
    loop {
        match auth.validate_session(token).await {
            Err(Error::Store(StoreError::Corrupt { reason, .. })) => return reason,
            Err(error) if error.is_outage() => sleep(Duration::from_millis(20)).await,
            other => panic!("it is read: {other:?}"),
        }
    }
}

/// Its bytes may be those of an id.
#[tokio::test(flavor = "multi_thread")]
async fn i_11_an_id_of_another_type_is_not_read() {
    let Some(schema) = schema() else { return };
    let auth: Auth<UserId> = Auth::builder(store(&schema).await)
        .connect()
        .await
        .expect("an Auth");
    let session = auth.create_session("ada").await.expect("a session");
    schema.execute(
        "ALTER TABLE locals_sessions ALTER COLUMN user_id TYPE bytea
         USING convert_to(user_id, 'UTF8')",
    );
    let reason = timeout(Duration::from_secs(5), unreadable(&auth, session.token()));
    let reason = reason.await.expect("the connections are made again");
    assert!(reason.contains("kind of user id"), "{reason}");
}
