//! A [`CurrentUser`] for a handler that asks for one.

use super::CurrentUser;
use crate::{auth::Auth, event::TARGET, locals::Shared, refusal::Denial};
use std::any::type_name;

/// Why there is no [`CurrentUser`] for a handler.
pub(crate) enum NoCurrentUser<U> {
    /// Nothing in front of the handler has put one there.
    NoLayer,
    Denied(Auth<U>, Denial),
}

impl<U: Send + Sync + 'static> CurrentUser<U> {
    /// Loaded here if it was not before: behind a lazy function for `from_fn`.
    #[cfg(feature = "axum-core")]
    pub(crate) async fn load(shared: Option<Shared<U>>) -> Result<Option<Self>, NoCurrentUser<U>> {
        Self::of_layer(&there(shared)?).await
    }

    /// The same, where there has to be one.
    pub(crate) async fn require(shared: Option<Shared<U>>) -> Result<Self, NoCurrentUser<U>> {
        let shared = there(shared)?;
        let user = Self::of_layer(&shared).await?;
        user.ok_or_else(|| NoCurrentUser::denied(&shared, Denial::SignedOut))
    }

    async fn of_layer(shared: &Shared<U>) -> Result<Option<Self>, NoCurrentUser<U>> {
        match shared.load().await {
            Ok(_) => Ok(Self::of(shared)),
            Err(error) => Err(NoCurrentUser::denied(shared, Denial::Failed(error))),
        }
    }
}

impl<U> NoCurrentUser<U> {
    fn denied(shared: &Shared<U>, denial: Denial) -> Self {
        Self::Denied(shared.auth().clone(), denial)
    }
}

fn there<U>(shared: Option<Shared<U>>) -> Result<Shared<U>, NoCurrentUser<U>> {
    shared.ok_or_else(|| {
        tracing::error!(
            target: TARGET,
            "a handler asks for `CurrentUser<{0}>`, but nothing in front of it loads one: add \
             `.layer(LoadSession::new(auth))` (axum) or `.wrap(LoadSession::new(auth))` (actix-web), \
             where `auth` is an `Auth<{0}>`",
            type_name::<U>()
        );
        NoCurrentUser::NoLayer
    })
}
