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

fn main() {
    let _ = (lints, never, trailing_comma);
}
