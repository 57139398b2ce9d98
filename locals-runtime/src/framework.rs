//! The web frameworks: how each hands over a request and takes a response.

#[cfg(feature = "actix-web")]
mod actix;
#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "http")]
pub(crate) mod http;
#[cfg(feature = "http")]
mod tower;

/// Marks a response that reports a failed store: it carries nothing about cookies.
#[cfg(any(feature = "actix-web", feature = "http"))]
#[derive(Clone, Copy)]
struct StoreFailed;

/// The target as the client sent it, where a router keeps that.
#[cfg(feature = "axum")]
fn original_uri(extensions: &::http::Extensions) -> Option<&::http::Uri> {
    let original = extensions.get::<::axum::extract::OriginalUri>();
    original.map(|original| &original.0)
}

#[cfg(all(feature = "http", not(feature = "axum")))]
fn original_uri(_: &::http::Extensions) -> Option<&::http::Uri> {
    None
}
