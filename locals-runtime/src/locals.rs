//! The binding of a handler: [`Locals`], its three kinds, and what it changes.

mod getters;
mod kind;
mod pending_cookie;
mod request_state;
mod sign_in;
mod visitor;

pub use kind::{Eager, Kind, Lazy, Required};
pub use sign_in::SignIn;

pub(crate) use request_state::Shared;

use crate::{
    auth::{Auth, Ending},
    error::Error,
    event::EndedBy,
    request::RequestHead,
    response::SessionHeaders,
    session::Session,
    store::UserSessions,
    user_id::UserId,
};
use pending_cookie::Change;
use request_state::Held;
use std::{fmt, marker::PhantomData, time::Duration};

/// The session and the user of one request, bound to a handler by `#[with_locals]`.
///
/// | kind | `get_session()` | `get_session_user()` |
/// |---|---|---|
/// | [`Lazy`], the default | `async -> Result<Option<&Session>, Error>` | `async -> Result<Option<(&Session, &U)>, Error>` |
/// | [`Eager`] | `-> Option<&Session>` | `-> Option<(&Session, &U)>` |
/// | [`Required`] | `-> &Session` | `-> (&Session, &U)` |
///
/// Both return what the request came with, validated and if necessary renewed once, however often
/// they are called; `set_session` and `clear_session` do not change it. What the browser will hold
/// after the response is [`current_session`](Locals::current_session).
///
/// A change of password, after which this device has another token and the others are signed out (with a
/// [`security_stamp`](crate::AuthBuilder::security_stamp) it signs in anew instead):
///
/// ```
/// # #[cfg(feature = "axum")] mod on_axum {
/// use axum::http::StatusCode;
/// use locals::{UserId, with_locals};
/// use std::time::Duration;
///
/// #[with_locals(required)]
/// async fn change_password(new: String) -> Result<StatusCode, locals::Error> {
///     if !locals.authenticated_within(Duration::from_secs(10 * 60)) {
///         return Ok(StatusCode::FORBIDDEN); // ask for the old one, then `reauthenticated()`
///     }
///     let session = locals.get_session();
///     keep_hash(session.user_id(), new).await;
///     // Without a `security_stamp`; with one: `locals.sign_in(id).verified(&account).await?`.
///     locals.rotate().await?;
///     locals.auth().invalidate_other_sessions(locals.get_session()).await?;
///     Ok(StatusCode::NO_CONTENT)
/// }
///
/// /// The application's part.
/// async fn keep_hash(user: &UserId, password: String) {
///     // ..
/// # let _ = (user, password);
/// }
/// # }
/// ```
pub struct Locals<U = UserId, M = Lazy> {
    state: Held<U>,
    loads_first: bool,
    kind: PhantomData<fn() -> M>,
}

impl<U, M> fmt::Debug for Locals<U, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = self.found().map(|(session, _)| session);
        f.debug_struct("Locals")
            .field("session", &session)
            .finish_non_exhaustive()
    }
}

impl<U, M> Locals<U, M> {
    /// The `Auth` of this request: of the state, of `app_data`, or of `auth = ..`.
    pub fn auth(&self) -> &Auth<U> {
        &self.state.auth
    }

    /// Gives this session to the browser; the last call of `set_session` and `clear_session` wins.
    ///
    /// It writes the cookie and nothing in the store; another session than the request came with drops
    /// what was [`put`](Self::put) before it. To sign a user in, use
    /// [`sign_in`](Self::sign_in).
    pub fn set_session(&self, session: &Session) {
        // One that is replaced already would come back as a copy.
        if self.state.is_open_for("set_session") && session.has_its_present_token() {
            if !self.state.came_with(session) {
                self.drop_values();
            }
            self.state.cookie.set(session.clone());
        }
    }

    /// Makes the browser drop the cookie; the last call of `set_session` and `clear_session` wins.
    ///
    /// It does nothing once the store could not answer in this request: an outage signs nobody out.
    ///
    /// The session stays valid in the store: somebody who copied the cookie keeps it. To sign a
    /// user out, use [`sign_out`](Self::sign_out).
    pub fn clear_session(&self) {
        if self.state.is_open_for("clear_session") {
            self.state.cookie.clear();
        }
    }

    /// What has to go into the response's headers.
    pub(crate) fn close(&self) -> SessionHeaders {
        let touched = self.loads_first || self.state.found.initialized();
        let session = self.found().map(|(session, _)| session);
        if self.state.is_outermost() {
            self.state.note_headers_sent();
        }
        let headers = self.state.close(session, touched);
        if let Some(session) = session.filter(|_| !self.state.has_outer()) {
            session.note_answered();
        }
        headers
    }

    /// The session that this request renewed, if its cookie is to be sent as things stand.
    pub(crate) fn renewal_to_send(&self) -> Option<&Session> {
        let session = self.found().map(|(session, _)| session);
        session.filter(|session| {
            session.is_fresh() && self.state.is_of_a_browser() && self.state.cookie.is_open()
        })
    }

    /// What the request came with, if that is known already.
    fn found(&self) -> Option<&(Session, U)> {
        self.state.found()
    }
}

impl<U: Send + Sync + 'static, M> Locals<U, M> {
    /// Signs a user in: makes a session, ends the one that the browser presented, both in one
    /// transaction, and gives the new one to the browser.
    ///
    /// Commit a transaction of your own on the same SQLite file first: there is one write lock, and a
    /// sign-in inside of it waits for it in vain ([`StoreError::WriteLock`](crate::StoreError::WriteLock)). In
    /// PostgreSQL it waits for one that holds the user, half a second twice, and is a 503 then; in MySQL a second. A user
    /// whom that transaction inserts is not there before it is committed:
    /// [`StoreError::UnknownUser`](crate::StoreError::UnknownUser).
    ///
    /// `locals.sign_in(id).device("Firefox on Linux").await?` also says what the user will
    /// recognize the device by.
    ///
    /// Await it to the end: a sign-in that is dropped half-way, by a timeout say, may have taken
    /// place in the store without the browser being told.
    ///
    /// # Errors
    ///
    /// [`Error`] if the store failed: then the old session still stands, unless it is `Timeout` or
    /// `ConnectionLost`, after which that is unknown.
    pub fn sign_in(&self, user_id: impl Into<UserId>) -> SignIn<'_, U, M> {
        SignIn::new(self, user_id.into())
    }

    /// Signs the user out: ends the session in the store, then makes the browser drop the cookie.
    ///
    /// It ends what this request has validated, whatever became of its token meanwhile, what the
    /// browser was to hold after this response, and each session of which the request's cookies have
    /// the secret, or the one before its last rotation. Without any it does nothing; a second call is
    /// fine.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: then the user is still signed in, unless it is `Timeout` or `ConnectionLost`, after
    /// which that is unknown; the cookie stays.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.state.check_open()?;
        self.state.cookie.ask();
        let mut ended = self.held();
        if let Some(Change::Set(session)) = self.state.cookie.pending() {
            ended.push(Ending::Validated(*session.id()));
        }
        if !ended.is_empty() {
            self.track(self.state.auth.end(ended, EndedBy::SignOut).await)?;
        }
        self.state.note_found_is_over();
        if self.state.token.is_there() || self.state.cookie.pending().is_some() {
            self.state.cookie.committed(Change::Clear);
        }
        self.drop_values();
        Ok(())
    }

    /// Signs the user out on every device, this one included: instead of
    /// [`sign_out`](Self::sign_out), not after it.
    ///
    /// Without a session it does what [`sign_out`](Self::sign_out) does: the user is not known, but a
    /// token that was replaced meanwhile still ends its session.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]: then every session is as it was, unless it is `Timeout` or `ConnectionLost`, after
    /// which that is unknown; or all have ended but this one, of a user whose key has changed meanwhile.
    pub async fn sign_out_everywhere(&self) -> Result<(), Error> {
        self.state.check_open()?;
        let session = match self.state.cookie.pending() {
            Some(Change::Set(session)) => Some(session),
            // Also after `clear_session`, which says nothing about the store.
            Some(Change::Clear) | None => self.load().await?.map(|(session, _)| session.clone()),
        };
        let Some(session) = session else {
            return self.sign_out().await;
        };
        let (user, all) = (session.user_id().clone(), UserSessions::All);
        let ended = self
            .state
            .auth
            .end_of_user(user, all, EndedBy::SignOut)
            .await;
        self.track(ended)?;
        self.state.note_found_is_over();
        self.state.cookie.committed(Change::Clear);
        self.drop_values();
        // By its id too: the user's key may have changed since it was read.
        let this = vec![Ending::Validated(*session.id())];
        self.track(self.state.auth.end(this, EndedBy::SignOut).await)?;
        Ok(())
    }

    /// Gives the current session another token; the old one is dead at once.
    ///
    /// For a change of privileges: more rights, the start and the end of an impersonation
    /// (ASVS 7.2.4).
    ///
    /// Await it to the end: a rotation that is dropped half-way, by a timeout say, may have taken place in
    /// the store without the browser being told, whose token is dead then.
    ///
    /// # Errors
    ///
    /// [`Error::NoSession`] if there is none (any more), [`Error::Store`].
    pub async fn rotate(&self) -> Result<(), Error> {
        self.rotate_session(false).await
    }

    /// Notes that the user has just proved once more who they are, and gives the session another
    /// token; a client that came with a bearer token keeps it. See [`Session::authenticated_at`].
    ///
    /// Await it to the end, as [`rotate`](Self::rotate).
    ///
    /// # Errors
    ///
    /// [`Error::NoSession`] if there is none (any more), [`Error::Store`].
    pub async fn reauthenticated(&self) -> Result<(), Error> {
        self.rotate_session(true).await
    }

    async fn rotate_session(&self, reauthenticated: bool) -> Result<(), Error> {
        self.state.check_open()?;
        let session = self.holds().await?.ok_or(Error::NoSession)?;
        // Whoever sends a bearer token is told of no other by a note of the time.
        let keeps_token = reauthenticated && !self.state.is_of_a_browser();
        let auth = &self.state.auth;
        let rotated = match keeps_token {
            true => auth.reauthenticate(&session).await,
            false => auth.rotate(&session, reauthenticated).await,
        };
        let rotated = self.track(rotated)?;
        self.state.cookie.committed(Change::Set(rotated));
        Ok(())
    }

    /// The session the browser will hold after this response.
    async fn holds(&self) -> Result<Option<Session>, Error> {
        match self.state.cookie.pending() {
            Some(Change::Set(session)) => Ok(Some(session)),
            Some(Change::Clear) => Ok(None),
            None => Ok(self.load().await?.map(|(session, _)| session.clone())),
        }
    }

    /// What a sign-in or a sign-out has to end: what this request has validated or else presents, and
    /// what it signed in.
    fn held(&self) -> Vec<Ending> {
        let found = self.found().map(|(session, _)| *session.id());
        let presented = self.state.token.credentials();
        let presented = presented.filter(|credential| Some(credential.id) != found);
        let signed_in = self.state.cookie.signed_in().map(|session| *session.id());
        let validated = found.into_iter().chain(signed_in).map(Ending::Validated);
        validated.chain(presented.map(Ending::ByToken)).collect()
    }

    pub(crate) async fn load(&self) -> Result<Option<&(Session, U)>, Error> {
        self.state.load().await
    }

    /// Looks whether a renewal of this request is still worth a cookie: a handler may take its time, and
    /// a sign-in, a rotation or a sign-out that was answered meanwhile has the last word.
    pub(crate) async fn settle(&self) {
        let Some(session) = self.renewal_to_send() else {
            return;
        };
        let is_current = matches!(self.state.auth.is_current(session).await, Ok(true));
        // The store's answer may have been on its way for a while.
        if !is_current || session.is_overtaken() {
            self.state.cookie.take_back_renewal();
        }
    }

    /// The same at the exit of a handler, where nothing can be waited for: what it returned need not be
    /// `Send`. From a store that does not answer at once the cookie is left to whoever is further out, who
    /// can wait; where there is nobody, what this process has done meanwhile decides.
    pub(crate) fn settle_at_once(&self) {
        let Some(session) = self.renewal_to_send() else {
            return;
        };
        match self.state.auth.is_current_at_once(session) {
            Some(true) => {}
            Some(false) => self.state.cookie.take_back_renewal(),
            None if self.state.has_outer() => self.state.cookie.leave_renewal(),
            None if session.is_overtaken() => self.state.cookie.take_back_renewal(),
            None => {}
        }
    }

    fn track<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        self.state.track(result)
    }

    fn is_within(&self, session: &Session, period: Duration) -> bool {
        let record = session.record();
        // A clock set back makes no old proof of identity look fresh.
        let now = self.state.auth.now().max(record.renewed_at);
        now.since(record.authenticated_at) <= period
    }
}

/// What stands around a handler's run.
impl<U: Send + Sync + 'static, M: Kind<U>> Locals<U, M> {
    /// Of a request that somebody further out may have opened already; to be handed on, or not.
    #[inline]
    pub(crate) fn new(
        auth: Auth<U>,
        request: &impl RequestHead,
        outer: Option<&Shared<U>>,
        is_handed_on: bool,
    ) -> Self {
        Self {
            state: Held::of(auth, request, outer, is_handed_on),
            loads_first: M::LOADS_FIRST,
            kind: PhantomData,
        }
    }

    /// What those further in are to find in the request.
    pub(crate) fn handed_on(&self) -> Option<&Shared<U>> {
        self.state.handed_on()
    }

    /// Whether the request carries a cookie of our name, whatever is in it.
    pub(crate) fn presents_cookie(&self) -> bool {
        self.state.presents_cookie()
    }

    /// Whether a page of another site can make a browser send such a request.
    pub(crate) fn can_be_forged(&self) -> bool {
        self.state.is_of_a_browser()
    }
}
