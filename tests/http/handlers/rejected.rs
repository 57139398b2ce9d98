//! Handlers of three extractors, any of which may reject the request.

use locals::with_locals;

use super::{app::Who, prelude::*};
use crate::rig::Account;

routes! {
    "/eager/{number}" => post eager;
    "/required/{number}" => post required;
    "/lazy/{number}" => post lazy;
}

handlers! {
    #[with_locals(user = Account, eager)]
    async fn eager(
        Path(_number): Path<u32>,
        Query(_who): Query<Who>,
        Json(_bytes): Json<Vec<u8>>,
    ) -> &'static str {
        "ran"
    }

    #[with_locals(user = Account, required)]
    async fn required(
        Path(_number): Path<u32>,
        Query(_who): Query<Who>,
        Json(_bytes): Json<Vec<u8>>,
    ) -> &'static str {
        "ran"
    }

    #[with_locals(user = Account)]
    async fn lazy(
        Path(_number): Path<u32>,
        Query(_who): Query<Who>,
        Json(_bytes): Json<Vec<u8>>,
    ) -> &'static str {
        "ran"
    }
}
