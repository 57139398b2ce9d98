//! Handlers that answer only when two of them run at once.

use locals::with_locals;

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/meet/lazy" => get lazy;
    "/meet/eager" => get eager;
    "/meet/required" => get required;
}

handlers! {
    #[with_locals(user = Account)]
    async fn lazy(Shared(stage): Shared) -> Result<String, locals::Error> {
        let found = locals.get_session_user().await?.is_some();
        stage.both.wait().await;
        Ok(found.to_string())
    }

    #[with_locals(user = Account, eager)]
    async fn eager(Shared(stage): Shared) -> String {
        stage.both.wait().await;
        locals.get_session().is_some().to_string()
    }

    #[with_locals(user = Account, required)]
    async fn required(Shared(stage): Shared) -> &'static str {
        stage.both.wait().await;
        "in"
    }
}
