//! [`CurrentUser`]: the user of a request, for handlers without the attribute.

use crate::{
    auth::Auth, event::TARGET, locals::Shared, refusal::Denial, session::Session, user_id::UserId,
};
use std::{any::type_name, fmt, ops::Deref};

/// The user of a request, behind [`LoadSession`](crate::LoadSession),
/// [`RequireSession`](crate::RequireSession) or an annotated function for `from_fn`.
///
/// It derefs to `U`; [`session`](Self::session) has the session. It is what the request came with: a
/// sign-in or sign-out by the handler itself does not change it. Cheap to clone.
///
/// On axum and actix-web it is an extractor: `CurrentUser<Account>` refuses a request without a session as
/// `#[with_locals(required)]` does, `Option<CurrentUser<Account>>` is `None` then. In front of it has to
/// stand one of those layers, with an [`Auth`] of the same users: else 500, and the log says what to add.
///
/// Elsewhere it is in the request's extensions, if there is a session:
///
/// ```
/// # #[cfg(feature = "http")] {
/// use http::Request;
/// use locals::CurrentUser;
///
/// struct Account { email: String }
///
/// fn greeting<B>(request: &Request<B>) -> String {
///     match request.extensions().get::<CurrentUser<Account>>() {
///         Some(user) => format!("hello, {}", user.email),
///         None => "hello, stranger".into(),
///     }
/// }
/// # }
/// ```
pub struct CurrentUser<U = UserId>(Shared<U>);

impl<U> CurrentUser<U> {
    /// If there is a user.
    pub(crate) fn of(shared: &Shared<U>) -> Option<Self> {
        shared.found().map(|_| Self(shared.clone()))
    }

    /// The session that the request came with.
    pub fn session(&self) -> &Session {
        &self.found().0
    }

    fn found(&self) -> &(Session, U) {
        self.0.found().expect("made of what was found, which stays")
    }
}

impl<U> Clone for CurrentUser<U> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<U> Deref for CurrentUser<U> {
    type Target = U;

    fn deref(&self) -> &U {
        &self.found().1
    }
}

impl<U: fmt::Debug> fmt::Debug for CurrentUser<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (session, user) = self.found();
        f.debug_struct("CurrentUser")
            .field("session", session)
            .field("user", user)
            .finish()
    }
}

/// Why there is no [`CurrentUser`] for a handler.
pub(crate) enum NoCurrentUser<U> {
    /// Nothing in front of the handler has put one there.
    NoLayer,
    Denied(Auth<U>, Denial),
}

impl<U: Send + Sync + 'static> CurrentUser<U> {
    /// Loaded here if it was not before: behind a lazy function for `from_fn`.
    #[cfg(any(feature = "actix-web", feature = "axum-core"))]
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
    #[cfg(any(feature = "actix-web", feature = "axum-core"))]
    pub(crate) async fn require(shared: Option<Shared<U>>) -> Result<Self, NoCurrentUser<U>> {
        let auth = shared.as_ref().map(|shared| shared.auth().clone());
        match (Self::load(shared).await?, auth) {
            (Some(user), _) => Ok(user),
            (None, Some(auth)) => Err(NoCurrentUser::Denied(auth, Denial::SignedOut)),
            (None, None) => Err(NoCurrentUser::NoLayer),
        }
    }
}
