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
    pub(crate) async fn load(shared: Option<Shared<U>>) -> Result<Option<Self>, NoCurrentUser<U>> {
        let Some(shared) = shared else {
            tracing::error!(
                target: TARGET,
                "a handler asks for `CurrentUser<{0}>`, but nothing in front of it loads one: add \
                 `.layer(LoadSession::new(auth))` (axum) or `.wrap(LoadSession::new(auth))` (actix-web), \
                 where `auth` is an `Auth<{0}>`",
                type_name::<U>()
            );
            return Err(NoCurrentUser::NoLayer);
        };
        match shared.load().await {
            Ok(_) => Ok(Self::of(&shared)),
            Err(error) => {
                let auth = shared.auth().clone();
                Err(NoCurrentUser::Denied(auth, Denial::Failed(error)))
            }
        }
    }

    /// The same, where there has to be one.
    pub(crate) async fn require(shared: Option<Shared<U>>) -> Result<Self, NoCurrentUser<U>> {
        let auth = shared.as_ref().map(|shared| shared.auth().clone());
        match (Self::load(shared).await?, auth) {
            (Some(user), _) => Ok(user),
            (None, Some(auth)) => Err(NoCurrentUser::Denied(auth, Denial::SignedOut)),
            (None, None) => Err(NoCurrentUser::NoLayer),
        }
    }
}
