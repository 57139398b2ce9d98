//! The attribute [`macro@with_locals`] of the crate `locals`.
//!
//! A handler goes through six stages, each a file:
//!
//! | stage | file | what it does |
//! |---|---|---|
//! | 1 | `args` | reads the options |
//! | 2 | `handler` | reads the function, and leaves its body as it was typed |
//! | 3 | `rejection` | says everything that is wrong with the two |
//! | 4 | `convention` | settles how the handler is called and what it is called with |
//! | 5 | `expand` | writes the new function |
//! | 6 | `fallback` | writes the old one instead of 4 and 5, next to the errors |
//!
//! Between the first two stands `binding`, through which the body sees the locals. What the stages
//! share is below them: `span` says where generated tokens stand, `tokens` and `pattern` look into
//! what was typed, `return_type` into what is returned, `spelled` quotes types in messages, and
//! `diagnostics` makes errors and collects them.
//!
//! Imports run one way. A file imports only from those before it: `span`, `tokens`, `pattern`,
//! `return_type`, `spelled`, `diagnostics`, `args`, `binding`, `handler`, `rejection`, `convention`,
//! `expand`, `fallback`, and this one. In the folders, `args/grammar` imports from `args` and its two
//! neighbours, `rejection` from `rejection/declared`, `convention` from `convention/parameters`.

mod args;
mod binding;
mod convention;
mod diagnostics;
mod expand;
mod fallback;
mod handler;
mod pattern;
mod rejection;
mod return_type;
mod span;
mod spelled;
#[cfg(test)]
mod tests;
mod tokens;

use proc_macro::TokenStream;

/// Gives a handler the session and the user of its request, and sends the session's cookie on
/// every way out of it.
///
/// The handler gets a binding `locals`, a reference to `locals::Locals`; every `return`, every `?`,
/// the tail expression, and a rejected extractor leave through one piece of generated code that
/// writes `Set-Cookie`, `Vary` and `Cache-Control` (an `Err` on plain `http` excepted).
///
/// ```
/// use axum::response::Html;
/// use locals::with_locals;
///
/// #[derive(serde::Deserialize)]
/// struct Account {
///     email: String,
/// }
///
/// #[with_locals(user = Account)]
/// async fn home() -> Result<Html<String>, locals::Error> {
///     let Some((_, account)) = locals.get_session_user().await? else {
///         return Ok(Html("hello, stranger".into()));
///     };
///     Ok(Html(format!("hello, {}", account.email)))
/// }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `user = Account` | the type of the user; default `UserId` |
/// | `eager` | the session is validated before the handler runs: plain getters |
/// | `required` | the handler does not run without a session |
/// | `required(Admin)` | nor unless `Admin: Guard<Account>` admits the user |
/// | `name = ctx` | the name of the binding; default `locals` |
/// | `redirect = "/login"` | with `required`: where this handler sends a browser that is not signed in |
/// | `csrf = off` | takes cross-site requests too (webhooks) |
/// | `http`, `auth = EXPR` | the handler takes a plain `http::Request`: [below](#plain-http) |
/// | `crate = ::path` | where `locals` is re-exported |
///
/// # A declared binding
///
/// A parameter whose type is a reference to something named `Locals`, or that carries `#[locals]`,
/// is the binding; kind and user then come from its type.
///
/// ```
/// use axum::{extract::Path, response::Html};
/// use locals::with_locals;
///
/// # #[derive(serde::Deserialize)]
/// # struct Account { email: String }
/// type Locals<M = locals::Lazy> = locals::Locals<Account, M>;
///
/// #[with_locals]
/// async fn page(locals: &Locals<locals::Required>, Path(page): Path<u32>) -> Html<String> {
///     let (_, account) = locals.get_session_user();
///     Html(format!("page {page} for {}", account.email))
/// }
/// ```
///
/// # On actix-web
///
/// The same, with actix-web's extractors and responders. `#[get("/")]` and the like stand above or
/// below. The `Auth` comes from `App::app_data(auth.clone())`; without one for this type of user the
/// answer is 500, and the log says what to add.
///
/// # Plain `http`
///
/// With `http`, the attribute annotates functions from `http::Request<B>` to `http::Response<B>`, or
/// to a `Result` with one: those that hyper, a tower service or a serverless runtime calls. The
/// signature stays as it is, so a method of a trait will do. The first parameter is the request.
/// `auth = EXPR` says where the `Auth` is. The expression sees the other parameters, and the request
/// if that is a plain name, not a pattern.
///
/// ```
/// # use axum::http;
/// use http::{Request, Response};
/// use locals::{Auth, with_locals};
/// use std::convert::Infallible;
///
/// struct Pages {
///     auth: Auth,
/// }
///
/// impl Pages {
///     #[with_locals(http, auth = self.auth, required, redirect = "/login")]
///     async fn account(&self, request: Request<String>) -> Result<Response<String>, Infallible> {
///         let user = locals.get_session().user_id();
///         Ok(Response::new(format!("{user} asks for {}", request.uri())))
///     }
/// }
/// ```
///
/// A refused request is answered with an empty body, so `B: Default`. An `Err` is no response: it
/// passes through, and what the handler did to the session reaches the browser in no header.
///
/// # Where it stands
///
/// Above other attributes that look at the handler, such as `#[axum::debug_handler]`, and below
/// `#[tracing::instrument(err)]` or `#[tracing::instrument(ret)]`, which look into what its body
/// returns. Free functions and methods of an inherent `impl` both work; with `http`, methods of a
/// trait's `impl` too.
///
/// The arguments that the body uses are dropped when it ends, in no promised order.
///
#[doc = include_str!("mistakes.md")]
#[proc_macro_attribute]
pub fn with_locals(args: TokenStream, item: TokenStream) -> TokenStream {
    annotate(args.into(), item.into()).into()
}

fn annotate(
    args: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let (args, args_error) = args::Args::parse(args);
    let handler = match handler::Handler::parse(item.clone()) {
        Ok(handler) => handler,
        Err(error) => return fallback::item(item, diagnostics::all(args_error, Some(error))),
    };
    let rejection = handler.rejection(&args, args_error.is_none());
    match diagnostics::all(args_error, rejection) {
        None => expand::handler(&args, &handler),
        Some(error) => fallback::handler(&args, &handler, &error),
    }
}
