//! [`RequireSession`]: lets only requests with a session through.

use super::gate::Gate;
use crate::{
    auth::Auth,
    guard::{Guard, SignedIn},
    locals::Required,
    login::is_login_path,
    origin::{AnyOrigin, OriginPolicy, SameOrigin},
    user_id::UserId,
};
use std::{fmt, marker::PhantomData};

/// Lets only requests with a session through: for static files, services of third parties, a whole
/// part of a site.
///
/// It checks and answers as `#[with_locals(required)]` does: 403 for a request of another site, 303
/// or 401 without a session, 403 from the guard, 503 while the store is down. A renewed session's
/// cookie is sent along, unless the response has one of that name already: an annotated handler
/// behind it has the last word.
///
/// What is behind it finds session and user as behind [`LoadSession`](crate::LoadSession), and an
/// annotated handler there does not load them again.
///
/// A CORS preflight (`OPTIONS`) needs a session too: put the layer that answers those outside.
///
/// The login page stands outside of it: behind it nobody would ever see that page.
///
/// On axum, or around any other tower service that is `Clone`, whatever its body is. Unless that is axum's,
/// the body of a refusal is empty:
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::{Extension, Router, routing::get};
/// use locals::{Auth, RequireSession, Session};
///
/// fn app(auth: Auth) -> Router {
///     Router::new()
///         .route("/report.pdf", get(async |Extension(session): Extension<Session>| {
///             format!("for {}", session.user_id())
///         }))
///         .layer(RequireSession::new(auth).redirect("/login"))
/// }
/// # }
/// ```
///
/// On actix-web:
///
/// ```
/// # #[cfg(feature = "actix-web")] {
/// use actix_web::{dev::HttpServiceFactory, web};
/// use locals::{Auth, RequireSession};
///
/// fn reports(auth: Auth) -> impl HttpServiceFactory {
///     web::scope("/reports")
///         .wrap(RequireSession::new(auth).redirect("/login"))
///         .route("/today", web::get().to(async || "for those who are signed in"))
/// }
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(any(feature = "actix-web", feature = "http"))))]
pub struct RequireSession<U = UserId, G = SignedIn, C = SameOrigin> {
    auth: Auth<U>,
    login: Option<&'static str>,
    kind: PhantomData<fn() -> (G, C)>,
}

impl<U> RequireSession<U> {
    /// Any session will do, and requests of other sites are refused.
    #[must_use]
    pub fn new(auth: Auth<U>) -> Self {
        Self {
            auth,
            login: None,
            kind: PhantomData,
        }
    }
}

impl<U, G, C> RequireSession<U, G, C> {
    /// Asks this [`Guard`] too: `RequireSession::new(auth).guard::<Admin>()`.
    #[must_use]
    pub fn guard<H: Guard<U>>(self) -> RequireSession<U, H, C> {
        RequireSession {
            auth: self.auth,
            login: self.login,
            kind: PhantomData,
        }
    }

    /// Sends a browser that is not signed in to this page instead of
    /// [`AuthBuilder::login_path`](crate::AuthBuilder::login_path).
    ///
    /// # Panics
    ///
    /// Unless it is a path of this site: begun with a single `/`, percent-encoded, without `#`.
    #[must_use]
    pub fn redirect(mut self, login: &'static str) -> Self {
        assert!(
            is_login_path(login),
            "the login path `{login}` is no path of this site: begin it with a single `/`"
        );
        self.login = Some(login);
        self
    }

    /// Takes requests of other sites too: `csrf = off`.
    #[must_use]
    pub fn any_origin(self) -> RequireSession<U, G, AnyOrigin> {
        RequireSession {
            auth: self.auth,
            login: self.login,
            kind: PhantomData,
        }
    }
}

impl<U, G, C> Gate for RequireSession<U, G, C>
where
    U: Send + Sync + 'static,
    G: Guard<U>,
    C: OriginPolicy,
{
    type User = U;
    type Kind = Required<G>;
    type Origins = C;
    const HANDS_ON: bool = true;

    fn auth(&self) -> &Auth<U> {
        &self.auth
    }

    fn login(&self) -> Option<&'static str> {
        self.login
    }
}

impl<U, G, C> Clone for RequireSession<U, G, C> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
            login: self.login,
            kind: PhantomData,
        }
    }
}

impl<U, G, C> fmt::Debug for RequireSession<U, G, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireSession")
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    #[test]
    #[should_panic(expected = "`https://evil.example` is no path of this site")]
    fn a_gate_sends_nobody_to_another_site() {
        let auth: Auth = Auth::builder(MemoryStore::new()).build().expect("defaults");
        let _ = RequireSession::new(auth).redirect("https://evil.example");
    }
}
