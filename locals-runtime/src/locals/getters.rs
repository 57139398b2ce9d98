//! What each kind of locals tells a handler: the session of its request, and the user.

use super::{Eager, Lazy, Locals, Required};
use crate::{error::Error, session::Session};
use std::time::Duration;

impl<U: Send + Sync + 'static> Locals<U, Lazy> {
    /// The session of the request, validated and if necessary renewed by the first call.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the store cannot answer: never the same as `Ok(None)`.
    pub async fn get_session(&self) -> Result<Option<&Session>, Error> {
        Ok(self.load().await?.map(|(session, _)| session))
    }

    /// The session of the request and its user, by the same single round trip.
    ///
    /// # Errors
    ///
    /// As [`get_session`](Self::get_session).
    pub async fn get_session_user(&self) -> Result<Option<(&Session, &U)>, Error> {
        Ok(self.load().await?.map(|(session, user)| (session, user)))
    }

    /// The session the browser will hold after this response: sees what was set and cleared.
    ///
    /// # Errors
    ///
    /// As [`get_session`](Self::get_session).
    pub async fn current_session(&self) -> Result<Option<Session>, Error> {
        self.holds().await
    }

    /// Whether the user proved who they are within this period, for actions that ask for a fresh
    /// password (ASVS 7.5.1). `false` without a session.
    ///
    /// # Errors
    ///
    /// As [`get_session`](Self::get_session).
    pub async fn authenticated_within(&self, period: Duration) -> Result<bool, Error> {
        let session = self.holds().await?;
        Ok(session.is_some_and(|session| self.is_within(&session, period)))
    }
}

impl<U> Locals<U, Eager> {
    /// The session of the request, validated before the handler ran.
    pub fn get_session(&self) -> Option<&Session> {
        self.found().map(|(session, _)| session)
    }

    /// The session of the request and its user.
    pub fn get_session_user(&self) -> Option<(&Session, &U)> {
        self.found().map(|(session, user)| (session, user))
    }

    /// The session the browser will hold after this response: sees what was set and cleared.
    pub fn current_session(&self) -> Option<Session> {
        self.state.cookie.current(self.get_session())
    }
}

impl<U: Send + Sync + 'static> Locals<U, Eager> {
    /// Whether the user proved who they are within this period, for actions that ask for a fresh
    /// password (ASVS 7.5.1). `false` without a session.
    pub fn authenticated_within(&self, period: Duration) -> bool {
        self.current_session()
            .is_some_and(|session| self.is_within(&session, period))
    }
}

impl<U, G> Locals<U, Required<G>> {
    /// The session of the request, without which the handler would not run.
    pub fn get_session(&self) -> &Session {
        self.get_session_user().0
    }

    /// The session of the request and its user.
    pub fn get_session_user(&self) -> (&Session, &U) {
        let (session, user) = self
            .found()
            .expect("a required handler runs with a session only");
        (session, user)
    }

    /// The session the browser will hold after this response: sees what was set and cleared.
    pub fn current_session(&self) -> Option<Session> {
        self.state.cookie.current(Some(self.get_session()))
    }
}

impl<U: Send + Sync + 'static, G> Locals<U, Required<G>> {
    /// Whether the user proved who they are within this period, for actions that ask for a fresh
    /// password (ASVS 7.5.1). `false` after the session was cleared.
    pub fn authenticated_within(&self, period: Duration) -> bool {
        self.current_session()
            .is_some_and(|session| self.is_within(&session, period))
    }
}
