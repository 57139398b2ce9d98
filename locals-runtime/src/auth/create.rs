//! [`CreateSession`]: what `auth.create_session(..)` awaits.

use super::Auth;
use crate::{
    error::Error,
    session::{Session, device_line},
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
