//! Handlers that do not come to their end.

use std::sync::Arc;

use locals::with_locals;

use super::prelude::*;
use crate::rig::{Account, BOB, OnDrop};

routes! {
    "/never-ends" => get never_ends, post never_ends;
    "/changes-user" => post changes_user;
    "/signs-out-and-panics" => post signs_out_and_panics;
}

handlers! {
    #[with_locals(user = Account, required)]
    async fn never_ends(Shared(stage): Shared) -> &'static str {
        let _on_drop = OnDrop(Arc::clone(&stage));
        locals.clear_session();
        stage.begun.notify_one();
        std::future::pending().await
    }

    #[with_locals(user = Account)]
    async fn changes_user(Shared(stage): Shared) -> Result<&'static str, locals::Error> {
        let _on_drop = OnDrop(Arc::clone(&stage));
        stage.begun.notify_one();
        locals.sign_in(BOB).await?;
        Ok("signed in")
    }

    #[with_locals(user = Account)]
    async fn signs_out_and_panics() -> Result<&'static str, locals::Error> {
        locals.sign_out().await?;
        panic!("the handler's own");
    }
}
