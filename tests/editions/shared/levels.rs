//! Levels of lints that the attribute leaves alone: under a `forbid`, an `allow` of its own would be an
//! error, and inside an `expect`, it would leave that unfulfilled.

use super::asking::expect;
use axum::{
    Router,
    extract::{FromRequestParts, Path},
    http::{Method, Uri, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Locals, with_locals};

/// Where a request goes, or where it should have gone.
struct Target(Uri);

impl<S: Sync> FromRequestParts<S> for Target {
    type Rejection = Self;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self> {
        Ok(Self(parts.uri.clone()))
    }
}

impl IntoResponse for Target {
    fn into_response(self) -> Response {
        self.0.to_string().into_response()
    }
}

mod forbidden {
    #![forbid(unused_variables, unused_braces, unused_parens)]
    #![forbid(unused_attributes, unused_must_use)]

    use super::*;

    #[with_locals]
    pub async fn one_expression() -> &'static str {
        "nothing asked"
    }

    #[with_locals(eager, name = _ctx)]
    pub async fn no_statement() {}

    #[with_locals]
    pub async fn a_binding_of_its_own(locals: &Locals, _method: Method) -> String {
        locals.clear_session();
        String::from("declared")
    }

    #[with_locals]
    pub async fn one_of_two((Ok(target) | Err(target)): Result<Target, Target>) -> String {
        locals.clear_session();
        target.0.to_string()
    }
}

mod expected {
    use super::*;

    #[with_locals]
    #[expect(unused_braces)]
    #[rustfmt::skip]
    pub async fn needless_braces(Path(id): Path<u32>) -> String {
        locals.clear_session();
        let more = id + u32::from({ 1_u8 });
        more.to_string()
    }

    #[with_locals]
    #[expect(unused_braces)]
    #[rustfmt::skip]
    pub async fn nothing_but_needless_braces() -> String {
        { String::new() }
    }

    #[with_locals]
    #[expect(unused_variables)]
    pub async fn a_variable() {
        let locals = 1;
    }

    #[with_locals]
    #[expect(clippy::used_underscore_binding)]
    pub async fn an_underscore(_method: Method) -> String {
        locals.clear_session();
        _method.to_string()
    }
}

#[tokio::test]
async fn handlers_answer_whatever_is_forbidden() {
    let routes = Router::new()
        .route("/declared", get(forbidden::a_binding_of_its_own))
        .route("/two", get(forbidden::one_of_two))
        .route("/braces/{id}", get(expected::needless_braces))
        .route("/underscore", get(expected::an_underscore));
    expect(
        routes,
        &[
            ("/declared", 200, "declared"),
            ("/two", 200, "/two"),
            ("/braces/7", 200, "8"),
            ("/underscore", 200, "GET"),
        ],
    )
    .await;
    let _: Router<locals::Auth> = Router::new()
        .route("/expression", get(forbidden::one_expression))
        .route("/statement", get(forbidden::no_statement))
        .route("/nothing", get(expected::nothing_but_needless_braces))
        .route("/variable", get(expected::a_variable));
}
