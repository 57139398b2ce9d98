//! The web frameworks: how each hands over a request and takes a response.

#[cfg(feature = "actix-web")]
pub(crate) mod actix;
#[cfg(feature = "axum-core")]
mod axum;
#[cfg(feature = "http")]
pub(crate) mod http;
#[cfg(feature = "http")]
mod tower;

#[cfg(feature = "http")]
pub use tower::GateBody;

/// The names of header fields, in the types of one release of the crate `http`: actix-web is on 0.2,
/// the rest on 1.
#[cfg(any(feature = "actix-web", feature = "http"))]
macro_rules! header_names {
    ($name:ident, $header:ident) => {
        impl Field {
            fn $name(self) -> $header::HeaderName {
                const HX_CURRENT_URL: $header::HeaderName =
                    $header::HeaderName::from_static("hx-current-url");
                const HX_REQUEST: $header::HeaderName =
                    $header::HeaderName::from_static("hx-request");
                const SEC_FETCH_MODE: $header::HeaderName =
                    $header::HeaderName::from_static("sec-fetch-mode");
                const SEC_FETCH_SITE: $header::HeaderName =
                    $header::HeaderName::from_static("sec-fetch-site");
                match self {
                    Self::Accept => $header::ACCEPT,
                    Self::Authorization => $header::AUTHORIZATION,
                    Self::ContentType => $header::CONTENT_TYPE,
                    Self::Cookie => $header::COOKIE,
                    Self::Host => $header::HOST,
                    Self::HxCurrentUrl => HX_CURRENT_URL,
                    Self::HxRequest => HX_REQUEST,
                    Self::Origin => $header::ORIGIN,
                    Self::Referer => $header::REFERER,
                    Self::SecFetchMode => SEC_FETCH_MODE,
                    Self::SecFetchSite => SEC_FETCH_SITE,
                    Self::Upgrade => $header::UPGRADE,
                }
            }
        }

        impl ResponseField {
            fn $name(self) -> $header::HeaderName {
                const CLEAR_SITE_DATA: $header::HeaderName =
                    $header::HeaderName::from_static("clear-site-data");
                match self {
                    Self::CacheControl => $header::CACHE_CONTROL,
                    Self::ClearSiteData => CLEAR_SITE_DATA,
                    Self::SetCookie => $header::SET_COOKIE,
                    Self::Vary => $header::VARY,
                    Self::WwwAuthenticate => $header::WWW_AUTHENTICATE,
                }
            }
        }
    };
}
#[cfg(any(feature = "actix-web", feature = "http"))]
use header_names;

/// Puts into a request what those further in are to find there; each framework has extensions of its own.
#[cfg(any(feature = "actix-web", feature = "http"))]
macro_rules! hands_on {
    ($extensions:ty) => {
        pub(in crate::framework) fn hand_on<U, M>(
            locals: &$crate::locals::Locals<U, M>,
            extensions: &mut $extensions,
        ) where
            U: Send + Sync + 'static,
            M: $crate::locals::Kind<U>,
        {
            use $crate::{current_user::CurrentUser, session::Session};

            let Some(shared) = locals.handed_on() else {
                return;
            };
            extensions.insert(shared.clone());
            // Of another `Auth`, further out.
            extensions.remove::<Session>();
            extensions.remove::<CurrentUser<U>>();
            if let Some(user) = CurrentUser::of(shared) {
                extensions.insert(user.session().clone());
                extensions.insert(user);
            }
        }
    };
}
#[cfg(any(feature = "actix-web", feature = "http"))]
use hands_on;

/// The target as the client sent it, where a router keeps that: each release of axum has a type of its
/// own for it.
#[cfg(feature = "axum")]
fn original_uri(extensions: &::http::Extensions) -> Option<&::http::Uri> {
    let original = extensions.get::<::axum::extract::OriginalUri>();
    original.map(|original| &original.0)
}

#[cfg(all(feature = "http", not(feature = "axum")))]
fn original_uri(_: &::http::Extensions) -> Option<&::http::Uri> {
    None
}
