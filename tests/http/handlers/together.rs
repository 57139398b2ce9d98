//! Handlers that answer only when two of them run at once.

use locals::{Locals, with_locals};

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/meet" => post meet;
    "/meet/lazy" => get lazy;
    "/meet/eager" => get eager;
    "/meet/required" => get required;
}

async fn email(locals: &Locals<Account>) -> Result<&str, locals::Error> {
    Ok(locals
        .get_session_user()
        .await?
        .map_or("nobody", |(_, account)| account.email.as_str()))
}

handlers! {
    /// Asks before and after both requests are here; only Bob's cookie is cleared.
    #[with_locals(user = Account)]
    async fn meet(Shared(stage): Shared) -> Result<String, locals::Error> {
        let before = email(locals).await?;
        stage.both.wait().await;
        if before.starts_with("bob") {
            locals.clear_session();
        }
        stage.both.wait().await;
        Ok(format!("{before} {}", email(locals).await?))
    }

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
