//! Making a session: [`CreateSession`], what `auth.create_session(..)` awaits.

use super::Auth;
use crate::{
    error::{Error, StoreError},
    event::{EndedBy, Event},
    lifetime::SessionState,
    session::{Session, device_line},
    store::{NewSession, SessionRecord},
    token::{RandomError, SessionId, SessionToken},
    user_id::UserId,
};
use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
};

/// A session about to be made; `await` it, or where a `Future` is wanted call `into_future`.
#[must_use = "no session is made until this is awaited"]
pub struct CreateSession<'a, U> {
    auth: &'a Auth<U>,
    user_id: UserId,
    device: Option<Arc<str>>,
}

impl<'a, U> CreateSession<'a, U> {
    pub(super) fn new(auth: &'a Auth<U>, user_id: UserId) -> Self {
        Self {
            auth,
            user_id,
            device: None,
        }
    }

    /// What the user will recognize the device by in a list of sessions, such as "Firefox on
    /// Linux". One line of at most 255 characters: control characters become spaces, the rest is
    /// cut off. Nothing about the client is recorded unless it is given here.
    pub fn device(mut self, text: impl AsRef<str>) -> Self {
        self.device = Some(device_line(text.as_ref()));
        self
    }
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
        Box::pin(self.auth.create(self.user_id, self.device, Vec::new()))
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
        device: Option<Arc<str>>,
        ended: Vec<SessionId>,
    ) -> Result<Session, Error> {
        let config = self.config();
        let user = self.read("load_user", |store| store.load_user(user_id.clone()));
        let user = user.await?;
        let (user_id, _) = user.ok_or(StoreError::UnknownUser)?;
        let mut attempts = 0;
        loop {
            let now = self.now();
            let minted = SessionToken::mint(config.entropy, |random| {
                self.store().sessions().new_id(&user_id, random)
            });
            let (token, credential) = minted.map_err(|error| self.without_randomness(error))?;
            let deadlines = config.lifetimes.deadlines(now);
            let mut record = SessionRecord::new(credential, user_id.clone(), now, deadlines);
            record.device.clone_from(&device);
            let new = NewSession {
                record: record.clone(),
                limit: config.max_sessions_per_user,
            };
            attempts += 1;
            let ended = ended.clone();
            let first = ended.first().copied();
            match self
                .write("replace", |store| store.replace(new, ended))
                .await
            {
                Ok(replaced) => {
                    self.tell(&Event::Created {
                        session: record.id,
                        user: &record.user_id,
                    });
                    self.tell_of_end(replaced.ended, EndedBy::NextSignIn, first);
                    self.tell_of_end(replaced.evicted, EndedBy::Cap, None);
                    return Ok(Session::new(record, token, SessionState::Active, true));
                }
                Err(StoreError::DuplicateId) if attempts < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn without_randomness(&self, error: RandomError) -> Error {
        let error = Error::from(error);
        self.tell(&Event::NoRandomness { error: &error });
        error
    }
}
