//! A column of ids that becomes one of something else while a program runs.

use crate::rig::{database, store};
use locals::{Auth, Error, StoreError, UserId};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// What is asked in the end: a connection may have to be made again first.
async fn unreadable(auth: &Auth<UserId>, token: &locals::SessionToken) -> String {
    loop {
        match auth.validate_session(token).await {
            Err(Error::Store(StoreError::Corrupt { reason, .. })) => return reason,
            Err(error) if error.is_outage() => sleep(Duration::from_millis(20)).await,
            other => panic!("it is read: {other:?}"),
        }
    }
}

/// It could be the text of an id.
#[tokio::test(flavor = "multi_thread")]
async fn i_11_an_id_of_another_type_is_not_read() {
    let Some(database) = database() else { return };
    let auth: Auth<UserId> = Auth::builder(store(&database).await)
        .connect()
        .await
        .expect("an Auth");
    let session = auth.create_session("7").await.expect("a session");
    database.execute("ALTER TABLE locals_sessions MODIFY user_id bigint NOT NULL");
    let reason = timeout(Duration::from_secs(5), unreadable(&auth, session.token()));
    let reason = reason.await.expect("an answer");
    assert!(reason.contains("kind of user id"), "{reason}");
}
