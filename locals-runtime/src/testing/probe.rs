//! A store that counts its calls, and fails or hangs when it is told to.

use crate::{
    error::StoreError,
    store::{
        AnswersAtOnce, Credential, NewSession, Replaced, SessionRecord, SessionStore,
        SessionUpdate, Store, StoreFuture, Timestamp, UserSessions,
    },
    token::SessionId,
    user_id::UserId,
};
use std::{
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

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

/// How often each operation of a store was called, failed calls included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// `load` and `load_with_user`.
    pub load: u64,
    /// `load_user`, before a sign-in: about users and not about sessions, so it is in no sum, and is not
    /// the call that [`fail_nth`](ProbeControl::fail_nth) counts. It fails, hangs and loses its connection
    /// like the others.
    pub user: u64,
    /// `replace`.
    pub replace: u64,
    /// `update` with new deadlines, or of a renewed token that came back.
    pub extend: u64,
    /// `update` with another secret.
    pub rotate: u64,
    /// `end`.
    pub end: u64,
    /// `delete`, `delete_of_user`, `delete_expired`.
    pub delete: u64,
    /// `list`.
    pub list: u64,
    /// `ping`.
    pub ping: u64,
}

impl Calls {
    /// All calls.
    pub fn total(&self) -> u64 {
        self.reads() + self.writes()
    }

    /// Calls that change nothing.
    pub fn reads(&self) -> u64 {
        self.load + self.list + self.ping
    }

    /// Calls that may change something.
    pub fn writes(&self) -> u64 {
        self.replace + self.extend + self.rotate + self.end + self.delete
    }
}

/// Steers a [`Probe`]. Clones steer the same one.
#[derive(Clone, Debug, Default)]
pub struct ProbeControl(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    healed: Notify,
}

#[derive(Debug, Default)]
struct State {
    calls: Calls,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, Default)]
enum Fault {
    #[default]
    None,
    EveryCall,
    /// The call that is so many calls ahead.
    Nth(u64),
    CorruptRows,
    Hang,
    /// Changes are made, and their answers kept back.
    HeldAnswers,
    /// Of the next call, or of the next that changes something.
    LostConnection {
        writes: bool,
    },
}

/// What a call is to do.
enum Verdict {
    Go,
    Fail,
    Corrupt,
    Hang,
    HoldAnswer,
    LoseConnection,
}

impl ProbeControl {
    /// The calls since the start or the last [`reset`](Self::reset).
    pub fn calls(&self) -> Calls {
        self.lock().calls
    }

    /// Counts from zero again.
    pub fn reset(&self) {
        self.lock().calls = Calls::default();
    }

    /// Every call fails as unavailable.
    pub fn fail(&self) {
        self.lock().fault = Fault::EveryCall;
    }

    /// Only the `n`-th call from now fails as unavailable; 1 is the next.
    pub fn fail_nth(&self, n: u64) {
        self.lock().fault = Fault::Nth(n);
    }

    /// Rows cannot be read.
    pub fn corrupt(&self) {
        self.lock().fault = Fault::CorruptRows;
    }

    /// The next call finds its connection broken, and does nothing.
    pub fn lose_connection(&self) {
        self.lock().fault = Fault::LostConnection { writes: false };
    }

    /// The next call that changes something finds its connection broken, and does nothing.
    pub fn lose_connection_of_writes(&self) {
        self.lock().fault = Fault::LostConnection { writes: true };
    }

    /// No call answers, or does anything, until [`heal`](Self::heal), or until it is given up at the
    /// [deadline](crate::AuthBuilder::store_deadline). That one counts real time: let it be short,
    /// `.store_deadline(Duration::from_millis(50))`. In a test that pauses tokio's clock (`start_paused`)
    /// it never comes.
    pub fn hang(&self) {
        self.lock().fault = Fault::Hang;
    }

    /// Calls that change something do so, but are not answered until [`heal`](Self::heal), or until they are
    /// given up at the deadline, as after [`hang`](Self::hang): the store is known to others sooner than to
    /// whoever changed it. The other calls are answered.
    pub fn hold_answers_of_writes(&self) {
        self.lock().fault = Fault::HeldAnswers;
    }

    /// Back to normal; calls that hang go on, and answers that were held are given.
    pub fn heal(&self) {
        self.lock().fault = Fault::None;
        self.0.healed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, operation: impl FnOnce(&mut Calls) -> &mut u64) -> Verdict {
        let mut state = self.lock();
        let before = state.calls.writes();
        *operation(&mut state.calls) += 1;
        let is_write = state.calls.writes() > before;
        state.verdict(is_write)
    }

    /// Of `load_user`, which is not among the calls that [`fail_nth`](Self::fail_nth) counts.
    fn count_user(&self) -> Verdict {
        let mut state = self.lock();
        state.calls.user += 1;
        match state.fault {
            Fault::Nth(_) => Verdict::Go,
            _ => state.verdict(false),
        }
    }

    async fn until_healed(&self) {
        loop {
            let healed = self.0.healed.notified();
            if !matches!(self.lock().fault, Fault::Hang | Fault::HeldAnswers) {
                return;
            }
            healed.await;
        }
    }
}

impl State {
    fn verdict(&mut self, is_write: bool) -> Verdict {
        match self.fault {
            Fault::None => Verdict::Go,
            Fault::EveryCall => Verdict::Fail,
            Fault::Nth(n) if n <= 1 => {
                self.fault = Fault::None;
                Verdict::Fail
            }
            Fault::Nth(n) => {
                self.fault = Fault::Nth(n - 1);
                Verdict::Go
            }
            Fault::CorruptRows => Verdict::Corrupt,
            Fault::Hang => Verdict::Hang,
            Fault::HeldAnswers if is_write => Verdict::HoldAnswer,
            Fault::HeldAnswers => Verdict::Go,
            Fault::LostConnection { writes } if writes && !is_write => Verdict::Go,
            Fault::LostConnection { .. } => {
                self.fault = Fault::None;
                Verdict::LoseConnection
            }
        }
    }
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
