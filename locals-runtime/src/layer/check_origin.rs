//! [`CheckOrigin`]: refuses requests of other sites.

use super::gate::Gate;
use crate::{auth::Auth, locals::Lazy, origin::SameOrigin, user_id::UserId};
use std::fmt;

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
/// On any tower service, with the bounds of [`RequireSession`](crate::RequireSession); hyper takes it by
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

impl<U: Send + Sync + 'static> Gate for CheckOrigin<U> {
    type User = U;
    type Kind = Lazy;
    type Origins = SameOrigin;
    const HANDS_ON: bool = false;

    fn auth(&self) -> &Auth<U> {
        &self.auth
    }

    fn login(&self) -> Option<&'static str> {
        None
    }
}

impl<U> Clone for CheckOrigin<U> {
    fn clone(&self) -> Self {
        Self {
            auth: self.auth.clone(),
        }
    }
}

impl<U> fmt::Debug for CheckOrigin<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckOrigin")
    }
}
