//! [`LoadSession`]: the session and the user of a request for whatever is behind it.

use super::gate::Gate;
use crate::{
    auth::Auth,
    locals::Eager,
    origin::{AnyOrigin, OriginPolicy, SameOrigin},
    user_id::UserId,
};
use std::{fmt, marker::PhantomData};

/// Loads the session of a request, if there is one, with its user, for whatever is behind it: handlers
/// without the attribute, other layers, services of third parties.
///
/// It does what `#[with_locals(eager)]` does around a handler: requests of another site are refused (403),
/// an idle session is renewed and its cookie sent, and while the store is down the answer is 503. Whoever
/// has no session passes; to keep them out take [`RequireSession`](crate::RequireSession).
///
/// Behind it the request's extensions have the [`Session`](crate::Session) and the user, a
/// [`CurrentUser`](crate::CurrentUser), if there is one: axum's `Extension`, actix-web's `web::ReqData`,
/// else `request.extensions().get::<Session>()`. `CurrentUser` is an extractor too. An annotated handler
/// behind it, with the same [`Auth`], does not load again: one load for each request, whoever asks first.
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::{Router, routing::get};
/// use locals::{Auth, CurrentUser, LoadSession};
///
/// struct Account { email: String }
///
/// async fn hello(user: Option<CurrentUser<Account>>) -> String {
///     user.map_or("hello, stranger".into(), |user| format!("hello, {}", user.email))
/// }
///
/// fn app(auth: Auth<Account>) -> Router {
///     Router::new().route("/hello", get(hello)).layer(LoadSession::new(auth))
/// }
/// # }
/// ```
///
/// On actix-web it is `App::wrap(LoadSession::new(auth))`, and the handler is the same.
#[cfg_attr(docsrs, doc(cfg(any(feature = "actix-web", feature = "http"))))]
pub struct LoadSession<U = UserId, C = SameOrigin> {
    auth: Auth<U>,
    origins: PhantomData<fn() -> C>,
}

impl<U> LoadSession<U> {
    /// The sessions and users of this `Auth`; requests of other sites are refused.
    #[must_use]
    pub fn new(auth: Auth<U>) -> Self {
        Self {
            auth,
            origins: PhantomData,
        }
    }

    /// Takes requests of other sites too: `csrf = off`. What is behind it has to make the check itself, as
    /// annotated handlers do.
    #[must_use]
    pub fn any_origin(self) -> LoadSession<U, AnyOrigin> {
        LoadSession {
            auth: self.auth,
            origins: PhantomData,
        }
    }
}

impl<U: Send + Sync + 'static, C: OriginPolicy> Gate for LoadSession<U, C> {
    type User = U;
    type Kind = Eager;
    type Origins = C;
    const HANDS_ON: bool = true;

    fn auth(&self) -> &Auth<U> {
        &self.auth
    }

    fn login(&self) -> Option<&'static str> {
        None
    }
}

impl<U, C> Clone for LoadSession<U, C> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
            origins: PhantomData,
        }
    }
}

impl<U, C> fmt::Debug for LoadSession<U, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoadSession")
    }
}
