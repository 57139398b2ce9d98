//! The engine: [`Auth`] creates, validates, renews and ends sessions.

mod ask;
mod builder;
mod config;
mod create;
mod end;
mod open;
mod renew;
mod reuse;
mod rotate;
mod sweep;

pub use builder::AuthBuilder;
pub use create::CreateSession;
pub use renew::Renewal;
pub use sweep::SweepHandle;

pub(crate) use config::Config;
pub(crate) use create::{SignInOptions, sign_in_options};
pub(crate) use end::Ending;

use crate::{
    clock::Timestamp,
    error::{Error, StoreError},
    event::Event,
    session::{RenewalsUnderWay, Session, SessionInfo},
    stamp::Stamp,
    store::{Credential, SessionRecord, Store},
    token::{AsToken, SessionToken},
    user_id::UserId,
};
use std::{fmt, sync::Arc};

/// A handle to the sessions of an application, and to its users of type `U`.
///
/// Cheap to clone: put it into the application's state (axum `with_state`, actix-web `app_data`,
/// plain `http` any field). `U` is what [`get_session_user`](crate::Locals) brings: with SQLite,
/// PostgreSQL and MySQL any `DeserializeOwned` type whose field names are columns of the users table; by default
/// [`UserId`], which means that there is no users table.
///
/// ```
/// use locals::{Auth, MemoryStore};
///
/// # async fn show() -> Result<(), Box<dyn std::error::Error>> {
/// let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
/// let session = auth.create_session("ada").await?;
/// assert!(auth.validate_session(session.token()).await?.is_some());
/// assert!(auth.invalidate_session(session.id()).await?);
/// assert!(auth.validate_session(session.token()).await?.is_none());
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(show())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Every function that asks the store fails with [`Error::Store`] if the store cannot answer; that
/// is never mistaken for "no session".
///
/// Two kinds of users in one program, customers and staff say, need two `Auth`s on two stores, with
/// two cookie names: a token opens the session in whichever store has it, whoever its user is there.
pub struct Auth<U = UserId> {
    engine: Arc<Engine<U>>,
}

struct Engine<U> {
    store: Arc<dyn Store<U>>,
    config: Arc<Config>,
    renewals: RenewalsUnderWay,
}

impl<U> Clone for Auth<U> {
    fn clone(&self) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
        }
    }
}

impl<U> fmt::Debug for Auth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("config", &self.engine.config)
            .finish_non_exhaustive()
    }
}

impl<U> Auth<U> {
    /// Begins with a store; [`AuthBuilder`] has the options.
    pub fn builder<S>(store: S) -> AuthBuilder<U, S> {
        AuthBuilder::new(store)
    }

    fn new(store: Arc<dyn Store<U>>, config: Arc<Config>, renewals: RenewalsUnderWay) -> Self {
        Self {
            engine: Arc::new(Engine {
                store,
                config,
                renewals,
            }),
        }
    }

    /// Whether both are handles to the same.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.engine, &other.engine)
    }

    pub(crate) fn config(&self) -> &Arc<Config> {
        &self.engine.config
    }

    fn store(&self) -> &dyn Store<U> {
        &*self.engine.store
    }

    pub(crate) fn stamp_of(&self, user: &U) -> Option<Stamp>
    where
        U: 'static,
    {
        self.store().stamp_of(user)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.config().clock.now().into()
    }

    pub(crate) fn tell(&self, event: &Event<'_>) {
        self.config().events.tell(event);
    }
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// Makes a session for a user who has just proved who they are.
    ///
    /// Commit a transaction of your own on the same SQLite file first: there is one write lock, and a
    /// sign-in inside of it waits for it in vain ([`StoreError::WriteLock`]). In PostgreSQL it waits for
    /// one that holds the user, half a second twice, and fails then; in MySQL a second. A user whom that
    /// transaction inserts is not there before it is committed: [`StoreError::UnknownUser`].
    ///
    /// In a handler, [`Locals::sign_in`](crate::Locals::sign_in) is better: it also ends the
    /// session that the browser presented, and sends the cookie.
    ///
    /// # Errors
    ///
    /// [`Error::Random`] without random bytes; [`StoreError::UnknownUser`] if there is no such user,
    /// [`StoreError::NotAdmitted`] if it may not sign in, [`StoreError::UserUnreadable`] if its row does
    /// not fit `U`; [`Error::SignInOption`] for an option that no session can keep. No session is made then.
    pub fn create_session(&self, user_id: impl Into<UserId>) -> CreateSession<'_, U> {
        CreateSession::new(self, user_id.into())
    }

    /// The session of a token, if it is valid; renews nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn validate_session(&self, token: impl AsToken) -> Result<Option<Session>, Error> {
        Ok(self
            .validate_session_user(token)
            .await?
            .map(|(session, _)| session))
    }

    /// The session of a token and its user, if it is valid; renews nothing, and raises no alarm of
    /// [`Renewal::Rotate`].
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn validate_session_user(
        &self,
        token: impl AsToken,
    ) -> Result<Option<(Session, U)>, Error> {
        let Some((token, credential)) = self.parsed(&token) else {
            return Ok(None);
        };
        let found = self.find(token.text(), &credential).await?;
        Ok(self.told_of(found))
    }

    /// The session of a token, if it is valid, renewed if it is idle; with
    /// [`Renewal::Rotate`] it may have another token then, for whoever presented this one.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn renew_session(&self, token: impl AsToken) -> Result<Option<Session>, Error> {
        let Some((token, credential)) = self.parsed(&token) else {
            return Ok(None);
        };
        let renewed = self.renew(token.text(), &credential, true).await?;
        Ok(renewed.map(|(session, _)| {
            // No exit of a handler decides about it.
            session.note_answered();
            session
        }))
    }

    /// The sessions of a user, most recently used first. One whose row cannot be read is left out,
    /// and logged; one of another [security stamp](AuthBuilder::security_stamp) is over.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn list_sessions(
        &self,
        user_id: impl Into<UserId>,
    ) -> Result<Vec<SessionInfo>, Error> {
        let (user_id, now) = (user_id.into(), self.now());
        let records = self.read("list", |store| store.sessions().list(user_id.clone(), now));
        let mut records = records.await?;
        if self.config().has_stamps {
            self.retain_as_stamped(&mut records, &user_id).await?;
        }
        Ok(records.into_iter().map(SessionInfo::new).collect())
    }

    /// Those that are made for the stamp the user has.
    async fn retain_as_stamped(
        &self,
        records: &mut Vec<SessionRecord>,
        user_id: &UserId,
    ) -> Result<(), Error> {
        let user = self.read("load_user", |store| store.load_stamp(user_id.clone()));
        let user = match user.await {
            // Whoever is not admitted now may be so again.
            Err(StoreError::NotAdmitted) => return Ok(()),
            user => user?,
        };
        let stamp = user.and_then(|(_, stamp)| stamp);
        let is_made_for =
            |record: &SessionRecord, stamp: &Stamp| record.is_made_for(&stamp.hash(record.id));
        records.retain(|record| {
            stamp
                .as_ref()
                .is_some_and(|stamp| is_made_for(record, stamp))
        });
        Ok(())
    }

    /// Whether the store answers; for a readiness check. With a users table in PostgreSQL or MySQL that is looked at
    /// too: where a migration makes every session a 503, the store is not ready.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.read("ping", |store| store.ping_with_users()).await?)
    }

    /// The same sessions without the users: for handlers that need the id only.
    pub fn sessions_only(&self) -> Auth<UserId> {
        let store = crate::store::SessionsOnly::new(Arc::clone(&self.engine.store));
        let renewals = self.engine.renewals.clone();
        Auth::new(Arc::new(store), Arc::clone(self.config()), renewals)
    }

    fn parsed(&self, token: &impl AsToken) -> Option<(SessionToken, Credential)> {
        let parsed = token.parsed();
        if parsed.is_none() {
            self.tell(&Event::Malformed);
        }
        parsed
    }
}
