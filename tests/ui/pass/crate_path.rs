//! `crate = ..` in its three forms, for a runtime that is re-exported.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{Router, extract::Path, routing::get};

mod web {
    pub use ::locals;

    pub mod everything {
        pub use ::locals::*;
    }
}

use web::everything::{Auth, Error, with_locals};

macro_rules! page {
    ($name:ident $body:block) => {
        #[$crate::web::locals::with_locals(crate = $crate::web::locals)]
        async fn $name() -> Result<String, $crate::web::locals::Error> $body
    };
}

#[with_locals(crate = ::locals)]
async fn from_the_extern_crate() -> Result<String, Error> {
    Ok(locals.get_session().await?.is_some().to_string())
}

#[with_locals(crate = crate::web::locals, required)]
async fn from_a_re_export(Path(id): Path<u32>) -> String {
    format!("{id} {}", locals.get_session().user_id())
}

#[with_locals(eager, crate = crate::web::everything)]
async fn from_a_glob() -> String {
    locals.get_session().is_some().to_string()
}

page!(from_a_macro {
    Ok(locals.get_session().await?.is_some().to_string())
});

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/extern", get(from_the_extern_crate))
        .route("/re-export/{id}", get(from_a_re_export))
        .route("/glob", get(from_a_glob))
        .route("/macro", get(from_a_macro));
}
