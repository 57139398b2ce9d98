//! Sessions in memory, users in a store of the test's own.

mod apart;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::*;
use crate::{
    auth::Auth,
    error::{BuildError, Error},
    store::MemoryStore,
    token::SecretHash,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

#[derive(Clone, Debug, PartialEq)]
struct Account {
    name: String,
    password_hash: String,
}

type Answer = Result<Option<Account>, StoreError>;

/// What is answered from now on.
type Told = Option<fn() -> Answer>;

/// Whoever is asked for is there, once by each id whatever its case, until it is told otherwise.
#[derive(Clone, Default)]
struct Accounts {
    answer: Arc<Mutex<Told>>,
    asked: Arc<AtomicUsize>,
}

impl Accounts {
    fn answers(&self, answer: fn() -> Answer) {
        *self.answer.lock().unwrap() = Some(answer);
    }

    fn answer(&self, id: &UserId) -> Answer {
        let answer = *self.answer.lock().unwrap();
        answer.map_or_else(
            || Ok(Some(account(id.as_str(), "first"))),
            |answer| answer(),
        )
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::Relaxed)
    }
}

fn account(name: &str, password_hash: &str) -> Account {
    Account {
        name: name.to_owned(),
        password_hash: password_hash.to_owned(),
    }
}

fn down() -> Answer {
    Err(StoreError::unavailable("the users are away"))
}

impl UserStore<Account> for Accounts {
    fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<Account>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        StoreFuture::ready(self.answer(&id))
    }

    fn canonical_id(&self, id: UserId) -> Result<Option<UserId>, StoreError> {
        let canonical = UserId::from(id.as_str().to_lowercase());
        Ok((!id.as_str().is_empty()).then_some(canonical))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        StoreFuture::ready(self.answer(&"ada".into()).map(drop))
    }

    fn warnings(&self) -> Vec<String> {
        vec!["of the users".to_owned()]
    }
}

impl AnswersAtOnce for Accounts {}

fn auth(accounts: &Accounts) -> Auth<Account> {
    let auth = Auth::<Account>::builder(MemoryStore::new());
    auth.users_from(accounts.clone()).build().unwrap()
}

fn is_outage<T>(answer: Result<T, Error>) -> bool {
    answer.is_err_and(|error| error.is_outage())
}

#[tokio::test]
async fn a_user_comes_from_the_second_store() {
    let accounts = Accounts::default();
    let auth = auth(&accounts);
    let session = auth.create_session("ada").await.unwrap();
    let found = auth.validate_session_user(session.token()).await;
    let (found, user) = found.unwrap().unwrap();
    assert_eq!((found.id(), user), (session.id(), account("ada", "first")));
    auth.ping().await.unwrap();
}

/// A public id with a made-up secret causes no work of the second store.
#[tokio::test]
async fn the_secret_is_compared_before_the_user_is_looked_for() {
    let (accounts, sessions) = (Accounts::default(), MemoryStore::new());
    let store = UsersFrom::<_, _, Account>::new(sessions.clone(), accounts.clone());
    let auth = Auth::<Account>::builder(sessions).users_from(accounts.clone());
    let auth = auth.build().unwrap();
    let session = auth.create_session("ada").await.unwrap();
    let right = session.credential();
    let wrong = Credential {
        secret_hash: SecretHash::from_bytes([0; 32]),
        ..right
    };
    accounts.asked();
    assert!(store.load_with_user(wrong).await.unwrap().is_none());
    assert_eq!(accounts.asked(), 0);
    assert!(store.load_with_user(right).await.unwrap().is_some());
    assert_eq!(accounts.asked(), 1);
}

#[tokio::test]
async fn a_user_who_is_gone_has_no_session_until_somebody_removes_it() {
    let accounts = Accounts::default();
    let auth = auth(&accounts);
    let session = auth.create_session("ada").await.unwrap();
    accounts.answers(|| Ok(None));
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_none());
    let again = auth.create_session("ada").await;
    assert!(matches!(again, Err(Error::Store(StoreError::UnknownUser))));
    let removed = auth.invalidate_user_sessions("ada").await;
    assert_eq!(removed.unwrap(), 1);
}

#[tokio::test]
async fn who_is_not_admitted_has_no_session_and_makes_none() {
    let accounts = Accounts::default();
    let auth = auth(&accounts);
    let session = auth.create_session("ada").await.unwrap();
    accounts.answers(|| Err(StoreError::NotAdmitted));
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_none());
    let again = auth.create_session("ada").await;
    assert!(matches!(again, Err(Error::Store(StoreError::NotAdmitted))));
}

#[tokio::test]
async fn i_01_users_who_are_away_are_an_outage() {
    let accounts = Accounts::default();
    let auth = auth(&accounts);
    let session = auth.create_session("ada").await.unwrap();
    accounts.answers(down);
    assert!(is_outage(auth.validate_session(session.token()).await));
    assert!(is_outage(auth.create_session("ada").await));
    assert!(is_outage(auth.ping().await));
    accounts.answers(|| Ok(Some(account("ada", "first"))));
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_some());
}

#[tokio::test]
async fn another_stamp_signs_out() {
    let accounts = Accounts::default();
    let auth = Auth::<Account>::builder(MemoryStore::new())
        .security_stamp(|account: &Account| account.password_hash.as_bytes())
        .users_from(accounts.clone());
    let auth = auth.build().unwrap();
    let session = auth.create_session("ada").await.unwrap();
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_some());
    accounts.answers(|| Ok(Some(account("ada", "second"))));
    let found = auth.validate_session(session.token()).await;
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn sessions_are_found_however_the_id_is_written() {
    let auth = auth(&Accounts::default());
    let session = auth.create_session("Ada").await.unwrap();
    assert_eq!(session.user_id().as_str(), "ada");
    drop(auth.create_session("ADA").await.unwrap());
    for id in ["ada", "ADA", "aDa"] {
        assert_eq!(auth.list_sessions(id).await.unwrap().len(), 2);
    }
    let removed = auth.invalidate_user_session("ADA", session.id()).await;
    assert!(removed.unwrap());
    assert_eq!(auth.invalidate_user_sessions("ADa").await.unwrap(), 1);
    let nobody = auth.create_session("").await;
    assert!(matches!(nobody, Err(Error::Store(StoreError::UnknownUser))));
    assert_eq!(auth.invalidate_user_sessions("").await.unwrap(), 0);
}

/// As one made by whoever wrote the ids in another way before: signing the user out everywhere would miss it.
#[tokio::test]
async fn j_01_a_session_under_another_id_of_its_user_is_nobodys() {
    let sessions = MemoryStore::new();
    let before = Auth::<UserId>::builder(sessions.clone()).build().unwrap();
    let auth = Auth::<Account>::builder(sessions).users_from(Accounts::default());
    let auth = auth.build().unwrap();
    let upper = before.create_session("ADA").await.unwrap();
    let lower = before.create_session("ada").await.unwrap();
    let found = auth.validate_session(upper.token()).await;
    assert!(found.unwrap().is_none());
    let found = auth.validate_session_user(upper.token()).await;
    assert!(found.unwrap().is_none());
    let found = auth.validate_session(lower.token()).await;
    assert!(found.unwrap().is_some());
}

#[test]
fn the_warnings_are_those_of_both() {
    let store = UsersFrom::<_, _, Account>::new(MemoryStore::new(), Accounts::default());
    assert_eq!(store.warnings(), ["of the users"]);
}

/// Whose answers take waiting.
struct Late(Result<(), fn() -> StoreError>);

impl UserStore<Account> for Late {
    fn find_user(&self, _: UserId) -> StoreFuture<'_, Option<Account>> {
        StoreFuture::ready(Ok(None))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        StoreFuture::later(async move {
            tokio::task::yield_now().await;
            self.0.map_err(|error| error())
        })
    }
}

#[tokio::test]
async fn a_second_store_that_is_not_ready_is_no_auth() {
    let builder = |late: Late| Auth::<Account>::builder(MemoryStore::new()).users_from(late);
    builder(Late(Ok(()))).connect().await.unwrap();
    let late = Late(Err(|| StoreError::Setup("no such table".to_owned())));
    let refused = builder(late).connect().await;
    assert!(
        matches!(refused, Err(BuildError::Store(StoreError::Setup(_)))),
        "{refused:?}"
    );
}

#[cfg(feature = "testing")]
#[tokio::test]
async fn every_promise_of_a_store_is_kept() {
    use crate::testing::conformance;
    let store = UsersFrom::<_, _, u64>::new(MemoryStore::new(), Numbered);
    conformance::check_with_users::<u64>(&store, ["1".into(), "2".into()]).await;
}

/// Ten users, by their numbers.
#[cfg(feature = "testing")]
struct Numbered;

#[cfg(feature = "testing")]
impl UserStore<u64> for Numbered {
    fn find_user(&self, id: UserId) -> StoreFuture<'_, Option<u64>> {
        let number = id.parse::<u64>().ok();
        StoreFuture::ready(Ok(number.filter(|number| *number < 10)))
    }
}
