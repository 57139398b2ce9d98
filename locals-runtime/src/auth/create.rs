//! Making a session: [`CreateSession`], what `auth.create_session(..)` awaits.

mod options;

pub(crate) use options::{SignInOptions, sign_in_options};

use super::Auth;
use crate::{
    error::{Error, StoreError},
    event::{EndedBy, Event, TARGET},
    lifetime::SessionState,
    session::{Session, Whose},
    store::{NewSession, SessionRecord, UserSessions},
    token::{Credential, RandomError, SessionId, SessionToken},
    user_id::UserId,
};
use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

/// A session about to be made; `await` it, or where a `Future` is wanted call `into_future`.
///
/// The options are those of [`SignIn`](crate::SignIn).
#[must_use = "no session is made until this is awaited"]
pub struct CreateSession<'a, U> {
    auth: &'a Auth<U>,
    user_id: UserId,
    options: SignInOptions,
}

impl<'a, U> CreateSession<'a, U> {
    pub(super) fn new(auth: &'a Auth<U>, user_id: UserId) -> Self {
        Self {
            auth,
            user_id,
            options: SignInOptions::default(),
        }
    }

    pub(crate) fn auth(&self) -> &Auth<U> {
        self.auth
    }

    sign_in_options!(U);
}

impl<U> fmt::Debug for CreateSession<'_, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateSession")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl<'a, U: Send + Sync + 'static> IntoFuture for CreateSession<'a, U> {
    type Output = Result<Session, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.auth.create(self.user_id, self.options, Vec::new()))
    }
}

/// A taken id is so unlikely that a second one is no accident.
const ATTEMPTS: usize = 3;

impl<U: Send + Sync + 'static> Auth<U> {
    /// Makes a session and ends those of `ended`, in one transaction; first the user is looked for, as
    /// every later request will.
    pub(crate) async fn create(
        &self,
        user_id: UserId,
        mut options: SignInOptions,
        ended: Vec<SessionId>,
    ) -> Result<Session, Error> {
        if let Err(error) = options.check() {
            tracing::error!(target: TARGET, %error, "no session made");
            return Err(error);
        }
        let found = self.read("load_user", |store| store.load_stamp(user_id.clone()));
        let found = found
            .await
            .and_then(|user| user.ok_or(StoreError::UnknownUser));
        let (user_id, stamp) = found.map_err(|error| self.not_signed_in(error))?;
        options.verified = options.verified.or(stamp);
        let mut attempts = 0;
        loop {
            let config = self.config();
            let minted = SessionToken::mint(config.entropy, |random| {
                self.store().sessions().new_id(&user_id, random)
            });
            let (token, credential) = minted.map_err(|error| self.without_randomness(error))?;
            let record = self.new_record(credential, user_id.clone(), &options);
            let new = NewSession::new(record.clone(), config.max_sessions_per_user);
            attempts += 1;
            let these = ended.clone();
            match self
                .write("replace", |store| store.replace(new, these))
                .await
            {
                Ok(replaced) => {
                    self.tell(&Event::Created {
                        session: record.id,
                        user: &record.user_id,
                    });
                    let (those, of_user) = (
                        Whose::These(&ended),
                        Whose::User(&record.user_id, UserSessions::AllBut(record.id)),
                    );
                    self.tell_of_end(replaced.ended, EndedBy::NextSignIn, those);
                    self.tell_of_end(replaced.evicted, EndedBy::Cap, of_user);
                    return Ok(Session::new(record, token, SessionState::Active, true));
                }
                Err(StoreError::DuplicateId) if attempts < ATTEMPTS => {}
                Err(error) => return Err(self.not_signed_in(error)),
            }
        }
    }

    /// Tells of what is an answer of the store; every other error is told where the store is asked.
    fn not_signed_in(&self, error: StoreError) -> Error {
        match &error {
            StoreError::UnknownUser | StoreError::NotAdmitted => {
                self.tell(&Event::SignInRefused { error: &error });
            }
            // As many times as it was tried.
            StoreError::DuplicateId => {
                let call = "replace";
                self.tell(&Event::StoreFailed {
                    call,
                    error: &error,
                });
            }
            _ => {}
        }
        error.into()
    }

    fn new_record(
        &self,
        credential: Credential,
        user_id: UserId,
        options: &SignInOptions,
    ) -> SessionRecord {
        let now = self.now();
        let lifetimes = options.lifetimes.unwrap_or(self.config().lifetimes);
        let mut record = SessionRecord::new(credential, user_id, now, lifetimes.deadlines(now));
        record.periods = Some(lifetimes.periods());
        record.browser_session = options
            .browser_session
            .unwrap_or_else(|| lifetimes.end_with_the_browser());
        record.device.clone_from(&options.device);
        record.assurance.clone_from(&options.assurance);
        record.external_ref.clone_from(&options.external_ref);
        let stamp = options.verified.as_ref();
        record.user_stamp = stamp.map(|stamp| stamp.hash(record.id));
        record
    }

    pub(super) fn without_randomness(&self, error: RandomError) -> Error {
        let error = Error::from(error);
        self.tell(&Event::NoRandomness { error: &error });
        error
    }
}
