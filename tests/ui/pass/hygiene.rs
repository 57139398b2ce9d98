//! Names the expansion uses itself, and names from the prelude that mean something else here.
#![deny(warnings)]
#![warn(clippy::pedantic)]
#![allow(clippy::used_underscore_binding)]

use axum::{
    Router,
    extract::{Path, Query, Request},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Auth, Error, with_locals};

#[with_locals]
async fn parameters(
    Path(__args): Path<u32>,
    Query(__locals): Query<Vec<(String, String)>>,
    __outcome: Uri,
    __request: Request,
) -> Result<String, Error> {
    let known = locals.get_session().await?.is_some();
    let __rejection = __locals.len();
    Ok(format!(
        "{known} {__args} {__rejection} {__outcome} {}",
        __request.uri()
    ))
}

#[with_locals]
async fn variables() -> Result<String, Error> {
    let __locals = locals.get_session().await?.is_some();
    let __request = 1;
    let __args = "args";
    let __outcome = Some(__request);
    Ok(format!("{__locals} {__args} {__outcome:?}"))
}

#[with_locals]
async fn the_binding_shadowed() -> Result<String, Error> {
    let locals = locals.get_session().await?.is_some();
    Ok(locals.to_string())
}

mod functions {
    use super::with_locals;

    fn flush() -> &'static str {
        "flush"
    }

    fn returns() -> &'static str {
        "returns"
    }

    fn open() -> &'static str {
        "open"
    }

    #[with_locals]
    pub async fn same_names() -> String {
        locals.clear_session();
        [flush(), returns(), open()].concat()
    }
}

mod prelude {
    use super::{IntoResponse, Path, Response, StatusCode, with_locals};

    pub enum Answer {
        Ok(&'static str),
        Err(StatusCode),
    }

    pub use Answer::{Err, Ok};

    pub type Result = Answer;

    impl IntoResponse for Answer {
        fn into_response(self) -> Response {
            match self {
                Ok(text) => text.into_response(),
                Err(status) => status.into_response(),
            }
        }
    }

    #[with_locals]
    pub async fn shadowed(Path(id): Path<u32>) -> Result {
        locals.clear_session();
        if id == 0 {
            return Err(StatusCode::NOT_FOUND);
        }
        Ok("found")
    }
}

mod crates {
    use super::with_locals;

    mod core {}
    mod std {}
    mod axum {}
    mod locals {}

    #[with_locals]
    pub async fn shadowed() {
        locals.clear_session();
    }
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/parameters/{id}", get(parameters))
        .route("/variables", get(variables))
        .route("/binding", get(the_binding_shadowed))
        .route("/functions", get(functions::same_names))
        .route("/prelude/{id}", get(prelude::shadowed))
        .route("/crates", get(crates::shadowed));
}
