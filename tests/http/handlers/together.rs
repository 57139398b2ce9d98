//! Handlers that answer only when two of them run at once.

use locals::{Locals, with_locals};

use super::prelude::*;
use crate::rig::{ADA, Account, BOB};

routes! {
    "/meet" => post meet;
    "/meet/lazy" => get lazy;
    "/meet/eager" => get eager;
    "/meet/required" => get required;
    "/signs-in-at-once" => post signs_in_at_once;
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

    /// One of them is the last.
    #[with_locals(user = Account)]
    async fn signs_in_at_once() -> Result<&'static str, locals::Error> {
        let sign_in = async |user| locals.sign_in(user).await;
        let (first, second, third) =
            futures_util::join!(sign_in(ADA), sign_in(BOB), sign_in(ADA));
        first.and(second).and(third)?;
        Ok("one of them")
    }

    #[with_locals(user = Account, required)]
    async fn required(Shared(stage): Shared) -> &'static str {
        stage.both.wait().await;
        "in"
    }
}
