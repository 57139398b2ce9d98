//! [`CurrentUser`]: the user of a request, for handlers without the attribute.

#[cfg(any(feature = "actix-web", feature = "axum-core"))]
mod extracted;

#[cfg(any(feature = "actix-web", feature = "axum-core"))]
pub(crate) use extracted::NoCurrentUser;

use crate::{locals::Shared, session::Session, user_id::UserId};
use std::{fmt, ops::Deref};

/// The user of a request, behind [`LoadSession`](crate::LoadSession),
/// [`RequireSession`](crate::RequireSession) or an annotated function for `from_fn`.
///
/// It derefs to `U`; [`session`](Self::session) has the session. It is what the request came with: a
/// sign-in or sign-out by the handler itself does not change it. Cheap to clone.
///
/// On axum and actix-web it is an extractor: `CurrentUser<Account>` refuses a request without a session as
/// `#[with_locals(required)]` does, `Option<CurrentUser<Account>>` is `None` then. In front of it has to
/// stand one of those layers, with an [`Auth`](crate::Auth) of the same users: else 500, and the log says what to add.
///
/// On actix-web an `Option` is actix-web's own, which is `None` for every failure of an extractor: also, with an
/// error in the log, behind none of those layers, and behind a function that loads nothing while the store is
/// down. Put `LoadSession`, or an `eager` function, in front of it, which answer 503; or ask for a
/// `Result<CurrentUser<Account>, actix_web::Error>`, whose error has the status 401 for nobody and 503 for an
/// outage, and answers when it is returned.
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
        shared.admissible().map(|_| Self(shared.clone()))
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
