//! A store that counts its calls, and fails or hangs when it is told to.

mod control;

pub use control::{Calls, ProbeControl};

use crate::{
    error::StoreError,
    store::{
        AnswersAtOnce, Credential, NewSession, Replaced, SessionRecord, SessionStore,
        SessionUpdate, Store, StoreFuture, Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use control::Verdict;
use std::marker::PhantomData;

/// A store around another one, steered by its [`ProbeControl`].
///
/// ```
/// use locals::{Auth, MemoryStore, testing::Probe};
///
/// # async fn show() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, control) = Probe::new(MemoryStore::new());
/// let auth: Auth = Auth::builder(store).build()?;
/// let session = auth.create_session("ada").await?;
/// control.fail();
/// assert!(auth.validate_session(session.token()).await.is_err(), "not: no session");
/// control.heal();
/// assert!(auth.validate_session(session.token()).await?.is_some());
/// assert_eq!(control.calls().load, 2);
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(show())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Probe<S, U> {
    store: S,
    control: ProbeControl,
    users: PhantomData<fn() -> U>,
}

fn failed() -> StoreError {
    StoreError::unavailable("failed on demand")
}

impl<S, U> Probe<S, U> {
    /// The store, and what steers it.
    pub fn new(store: S) -> (Self, ProbeControl) {
        let control = ProbeControl::default();
        let probe = Self {
            store,
            control: control.clone(),
            users: PhantomData,
        };
        (probe, control)
    }
}

impl<S: Store<U>, U: 'static> Probe<S, U> {
    fn call<'a, T: Send + 'a>(
        &'a self,
        operation: impl FnOnce(&mut Calls) -> &mut u64,
        row: Option<SessionId>,
        call: impl FnOnce(&'a S) -> StoreFuture<'a, T> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        self.done(self.control.count(operation), row, call)
    }

    fn done<'a, T: Send + 'a>(
        &'a self,
        verdict: Verdict,
        row: Option<SessionId>,
        call: impl FnOnce(&'a S) -> StoreFuture<'a, T> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        match (verdict, row) {
            (Verdict::Fail, _) => StoreFuture::ready(Err(failed())),
            (Verdict::Corrupt, Some(id)) => {
                StoreFuture::ready(Err(StoreError::corrupt(&id, "corrupt on demand")))
            }
            (Verdict::Hang, _) => StoreFuture::later(async move {
                self.control.until_healed().await;
                call(&self.store).await
            }),
            (Verdict::HoldAnswer, _) => StoreFuture::later(async move {
                let answer = call(&self.store).await;
                self.control.until_healed().await;
                answer
            }),
            (Verdict::LoseConnection, _) => StoreFuture::later(async {
                Err(StoreError::ConnectionLost("cut on demand".into()))
            }),
            (Verdict::Go | Verdict::Corrupt, _) => call(&self.store),
        }
    }
}

impl<S: Store<U>, U: 'static> SessionStore for Probe<S, U> {
    fn new_id(&self, user: &UserId, random: SessionId) -> SessionId {
        self.store.sessions().new_id(user, random)
    }
    fn sweeps(&self) -> bool {
        self.store.sessions().sweeps()
    }
    fn spans_users(&self) -> bool {
        self.store.sessions().spans_users()
    }
    fn replace(&self, new: NewSession, ended: Vec<SessionId>) -> StoreFuture<'_, Replaced> {
        self.call(
            |calls| &mut calls.replace,
            None,
            |store| store.sessions().replace(new, ended),
        )
    }
    fn load(&self, id: SessionId) -> StoreFuture<'_, Option<SessionRecord>> {
        self.call(
            |calls| &mut calls.load,
            Some(id),
            move |store| store.sessions().load(id),
        )
    }
    fn update(&self, update: SessionUpdate) -> StoreFuture<'_, bool> {
        let is_renewal = update.rotation.is_none() || update.extension.is_some();
        self.call(
            |calls| {
                if !is_renewal {
                    &mut calls.rotate
                } else {
                    &mut calls.extend
                }
            },
            None,
            move |store| store.sessions().update(update),
        )
    }
    fn end(&self, sessions: Vec<SessionId>) -> StoreFuture<'_, u64> {
        self.call(
            |calls| &mut calls.end,
            None,
            |store| store.sessions().end(sessions),
        )
    }
    fn delete_by_external_ref(&self, external_ref: &str) -> StoreFuture<'_, u64> {
        let external_ref = external_ref.to_owned();
        self.call(
            |calls| &mut calls.delete,
            None,
            move |store| store.sessions().delete_by_external_ref(&external_ref),
        )
    }
    fn delete(&self, id: SessionId) -> StoreFuture<'_, bool> {
        self.call(
            |calls| &mut calls.delete,
            None,
            move |store| store.sessions().delete(id),
        )
    }
    fn delete_of_user(&self, user: UserId, which: UserSessions) -> StoreFuture<'_, u64> {
        self.call(
            |calls| &mut calls.delete,
            None,
            move |store| store.sessions().delete_of_user(user, which),
        )
    }
    fn list(&self, user: UserId, now: Timestamp) -> StoreFuture<'_, Vec<SessionRecord>> {
        self.call(
            |calls| &mut calls.list,
            None,
            move |store| store.sessions().list(user, now),
        )
    }
    fn delete_expired(&self, deadline: Timestamp, limit: u32) -> StoreFuture<'_, u64> {
        self.call(
            |calls| &mut calls.delete,
            None,
            move |store| store.sessions().delete_expired(deadline, limit),
        )
    }
    fn ping(&self) -> StoreFuture<'_, ()> {
        self.call(
            |calls| &mut calls.ping,
            None,
            |store| store.ping_with_users(),
        )
    }
}

impl<S: AnswersAtOnce, U> AnswersAtOnce for Probe<S, U> {}

impl<S: Store<U>, U: Send + 'static> Store<U> for Probe<S, U> {
    fn sessions(&self) -> &dyn SessionStore {
        self
    }

    fn load_with_user(
        &self,
        credential: Credential,
    ) -> StoreFuture<'_, Option<(SessionRecord, U)>> {
        self.call(
            |calls| &mut calls.load,
            Some(credential.id),
            move |store| store.load_with_user(credential),
        )
    }

    fn load_user(&self, id: UserId) -> StoreFuture<'_, Option<(UserId, U)>> {
        let verdict = self.control.count_user();
        self.done(verdict, None, move |store| store.load_user(id))
    }

    fn prepare(&self) -> StoreFuture<'_, ()> {
        self.store.prepare()
    }

    fn warnings(&self) -> Vec<String> {
        self.store.warnings()
    }
}
