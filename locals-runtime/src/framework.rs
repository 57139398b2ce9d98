//! The web frameworks: how each hands over a request and takes a response.

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "axum")]
mod http;

/// The target as the client sent it, where a router keeps that.
#[cfg(feature = "axum")]
fn original_uri(extensions: &::http::Extensions) -> Option<&::http::Uri> {
    let original = extensions.get::<::axum::extract::OriginalUri>();
    original.map(|original| &original.0)
}
