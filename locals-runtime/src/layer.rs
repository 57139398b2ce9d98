//! The checks and the flush of an annotated handler, around what cannot be annotated.
//!
//! [`RequireSession`] and [`CheckOrigin`] are tower layers (feature `http`, and with it `axum`) and
//! actix-web middleware (feature `actix-web`).

pub(crate) mod gate;

use crate::{
    auth::Auth,
    guard::{Guard, SignedIn},
    locals::{Lazy, Required},
    login::is_login_path,
    origin::{AnyOrigin, OriginPolicy, SameOrigin},
    user_id::UserId,
};
use std::{fmt, marker::PhantomData};

use gate::Gate;

/// Lets only requests with a session through: for static files, services of third parties, a whole
/// part of a site.
///
/// It checks and answers as `#[with_locals(required)]` does: 403 for a request of another site, 303
/// or 401 without a session, 403 from the guard, 503 while the store is down. A renewed session's
/// cookie is sent along, unless the response has one of that name already: an annotated handler
/// behind it has the last word. Such a handler loads the session once more.
///
/// What is behind it finds the [`Session`](crate::Session) in the request: on axum
/// `Extension<Session>`, on actix-web `web::ReqData<Session>`, else
/// `request.extensions().get::<Session>()`. The user is not handed on.
///
/// A CORS preflight (`OPTIONS`) needs a session too: put the layer that answers those outside.
///
/// The login page stands outside of it: behind it nobody would ever see that page.
///
/// On axum, or around any other tower service that is `Clone`, whatever its body is. Here the body of a
/// refusal is empty:
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

/// Refuses requests of other sites before anything else looks at them, whatever handler they are
/// for: the outermost layer of an application.
///
/// An annotated handler makes the same check, but sees the method that reaches it. A layer in
/// between that turns one method into another (`_method`, `X-HTTP-Method-Override`) is no way
/// around the check where this one stands outside of it, and handlers without the attribute are
/// guarded as well. It also sees to it that at most one cookie of the session's name leaves, the
/// last, whoever else sets one.
///
/// It asks the store nothing. Handlers with `csrf = off` cannot be behind it.
///
/// On axum. A layer that axum's `Router::layer` adds runs after routing. To check before a layer that
/// wraps the whole router, wrap that layer:
/// `CheckOrigin::new(auth).layer(method_override.layer(app))`.
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::Router;
/// use locals::{Auth, CheckOrigin};
///
/// fn protected(app: Router, auth: &Auth) -> Router {
///     app.layer(CheckOrigin::new(auth.clone()))
/// }
/// # }
/// ```
///
/// On actix-web, where the last middleware wrapped is the outermost:
///
/// ```
/// # #[cfg(feature = "actix-web")] {
/// use actix_web::{App, dev::{ServiceFactory, ServiceRequest}, middleware::NormalizePath};
/// use locals::{Auth, CheckOrigin};
///
/// fn app(auth: Auth) -> App<impl ServiceFactory<ServiceRequest, Config = (), InitError = ()>> {
///     App::new()
///         .app_data(auth.clone())
///         .wrap(NormalizePath::trim())
///         .wrap(CheckOrigin::new(auth))
/// }
/// # }
/// ```
///
/// On any tower service, with the bounds of [`RequireSession`]; hyper takes it by
/// `hyper_util::service::TowerToHyperService`:
///
/// ```
/// # #[cfg(feature = "http")] {
/// # use tower_layer as tower;
/// use locals::{Auth, CheckOrigin};
/// use tower::Layer;
///
/// fn protected<S>(service: S, auth: Auth) -> <CheckOrigin as Layer<S>>::Service {
///     CheckOrigin::new(auth).layer(service)
/// }
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(any(feature = "actix-web", feature = "http"))))]
pub struct CheckOrigin<U = UserId> {
    auth: Auth<U>,
}

impl<U> CheckOrigin<U> {
    /// With the trusted and public origins that this `Auth` was built with.
    #[must_use]
    pub fn new(auth: Auth<U>) -> Self {
        Self { auth }
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

    fn auth(&self) -> &Auth<U> {
        &self.auth
    }

    fn login(&self) -> Option<&'static str> {
        self.login
    }
}

impl<U: Send + Sync + 'static> Gate for CheckOrigin<U> {
    type User = U;
    type Kind = Lazy;
    type Origins = SameOrigin;

    fn auth(&self) -> &Auth<U> {
        &self.auth
    }

    fn login(&self) -> Option<&'static str> {
        None
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

impl<U> Clone for CheckOrigin<U> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
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

impl<U> fmt::Debug for CheckOrigin<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckOrigin")
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
