//! What a handler may return: what the web framework can turn into a response.
//!
//! With one framework the compiler is told which trait that is. With both, either will do, and the
//! framework that is given the handler has the last word.

#[cfg(all(feature = "axum-core", not(feature = "actix-web")))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response",
    label = "this handler returns something that is no response",
    note = "return something that implements axum's `IntoResponse`, such as `String`, `Html<String>`, `Json<T>` or `Result<Html<String>, AppError>`",
    note = "in a `Result`, the error has to be a response too: `impl IntoResponse for AppError`"
)]
pub trait HandlerResponse {}

#[cfg(all(feature = "axum-core", not(feature = "actix-web")))]
impl<R: axum_core::response::IntoResponse> HandlerResponse for R {}

#[cfg(all(feature = "actix-web", not(feature = "axum-core")))]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response",
    label = "this handler returns something that is no response",
    note = "return something that implements actix-web's `Responder`, such as `String`, `HttpResponse`, `web::Json<T>` or `Result<HttpResponse, AppError>`",
    note = "in a `Result`, the error has to be a response too: `impl ResponseError for AppError`"
)]
pub trait HandlerResponse {}

#[cfg(all(feature = "actix-web", not(feature = "axum-core")))]
impl<R: actix_web::Responder> HandlerResponse for R {}

#[cfg(all(feature = "axum-core", feature = "actix-web"))]
pub trait HandlerResponse {}

#[cfg(all(feature = "axum-core", feature = "actix-web"))]
impl<R> HandlerResponse for R {}

#[cfg(not(any(feature = "axum-core", feature = "actix-web")))]
#[diagnostic::on_unimplemented(
    message = "no web framework is enabled that could send `{Self}`",
    label = "nothing here turns this into a response",
    note = "enable the feature `axum` or `actix-web` of `locals`",
    note = "a handler of plain `http` is annotated `#[with_locals(http, auth = ..)]`"
)]
pub trait HandlerResponse {}
