#![deny(warnings)]

use axum::{extract::Path, http::Uri};
use locals::with_locals;

#[with_locals]
async fn lints(#[expect(unused_variables)] one: Uri, #[expect(unused_variables)] other: Uri) {}

macro_rules! page {
    ($name:ident -> $type:ty) => {
        #[with_locals]
        async fn $name() -> $type {
            loop {
                tokio::task::yield_now().await;
            }
        }
    };
}

page!(never -> !);

#[with_locals(required(locals::SignedIn,))]
async fn trailing_comma(Path(_): Path<u32>, _uri: Uri) {}

/// The name is the macro's, the body is not.
macro_rules! with_body {
    ($body:block) => {
        #[with_locals]
        async fn with_body() -> String $body
    };
}

with_body!({
    locals.clear_session();
    String::new()
});

#[with_locals]
#[expect(dead_code)]
async fn in_no_route() {}

struct Pages;

impl Pages {
    #[with_locals]
    #[expect(dead_code)]
    async fn in_no_route_either(&self) {}
}

fn main() {
    let _ = (lints, never, trailing_comma, with_body, Pages);
}
