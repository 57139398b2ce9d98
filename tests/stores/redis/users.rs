//! Sessions in Redis, users from a function of the application.

use crate::rig::Keys;
use locals::{Auth, Error, StoreError, UserId};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    fmt,
    sync::{Arc, Mutex},
};
use store_tests::program::is_outage;

type Names = Arc<Mutex<BTreeMap<String, String>>>;

#[derive(Clone, Debug, PartialEq)]
struct Named(String);

fn names() -> Names {
    let names = [("1", "Ada"), ("2", "Grace")];
    let names = names.map(|(id, name)| (id.to_owned(), name.to_owned()));
    Arc::new(Mutex::new(names.into()))
}

async fn auth(keys: &Keys, names: &Names) -> Auth<Named> {
    let names = Arc::clone(names);
    let auth = Auth::<Named>::builder(keys.store().await).users_with(move |id: UserId| {
        let names = names.lock().expect("nothing panics while it is locked");
        let found = names.get(id.as_str()).cloned().map(Named);
        async move { Ok::<_, Infallible>(found) }
    });
    auth.connect().await.expect("a store that is ready")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_comes_from_the_function() {
    let Some(keys) = Keys::new() else { return };
    let names = names();
    let auth = auth(&keys, &names).await;
    let ada = auth.create_session(1).await.expect("a session");
    let grace = auth.create_session(2).await.expect("a session");
    for (session, name) in [(&ada, "Ada"), (&grace, "Grace")] {
        let found = auth.validate_session_user(session.token()).await;
        let (found, user) = found.expect("an answer").expect("the session");
        assert_eq!((found.id(), &*user.0), (session.id(), name));
    }
    assert_eq!(keys.rows(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_whom_the_function_does_not_know() {
    let Some(keys) = Keys::new() else { return };
    let auth = auth(&keys, &names()).await;
    let error = auth.create_session(3).await.expect_err("nobody");
    assert!(
        matches!(error, Error::Store(StoreError::UnknownUser)),
        "{error}"
    );
    assert_eq!(keys.rows(), 0);
}

/// The row stays until somebody ends it: whoever comes back is signed in again.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_user_who_is_gone_is_none() {
    let Some(keys) = Keys::new() else { return };
    let names = names();
    let auth = auth(&keys, &names).await;
    let session = auth.create_session(1).await.expect("a session");
    names.lock().expect("no panic").remove("1");
    let found = auth.validate_session_user(session.token()).await;
    assert!(found.expect("an answer").is_none());
    let ended = auth.invalidate_user_sessions(1).await;
    assert_eq!(ended.expect("an answer"), 1);
    assert_eq!(keys.rows(), 0);
}

#[derive(Debug)]
struct Away;

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the users are away")
    }
}

impl std::error::Error for Away {}

#[tokio::test(flavor = "multi_thread")]
async fn i_01_users_who_are_away_are_an_outage() {
    let Some(keys) = Keys::new() else { return };
    let known = auth(&keys, &names()).await;
    let session = known.create_session(1).await.expect("a session");
    let broken = Auth::<Named>::builder(keys.store().await)
        .users_with(|_: UserId| async { Err::<Option<Named>, _>(Away) });
    let broken = broken.connect().await.expect("a store that is ready");
    let read = broken.validate_session_user(session.token()).await;
    is_outage("a read", read);
    is_outage("a sign-in", broken.create_session(1).await);
    let read = broken.validate_session(session.token()).await;
    is_outage("a session whose user may be gone", read);
    let broken = broken.sessions_only();
    let read = broken.validate_session(session.token()).await;
    is_outage("the same where no user is wanted", read);
}
