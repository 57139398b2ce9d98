//! Handlers that wait between looking at their session and doing something with it, so that another
//! request overtakes them.

use locals::{Error, Locals, with_locals};

use super::prelude::*;
use crate::rig::{Account, BOB};

routes! {
    "/waits/untouched" => post untouched;
    "/waits/lazy/{then}" => post lazy;
    "/waits/eager/{then}" => post eager;
    "/waits/required/{then}" => post required;
}

async fn do_then<M>(locals: &Locals<Account, M>, then: &str) -> Result<&'static str, Error> {
    match then {
        "sign-out" => locals.sign_out().await?,
        "sign-out-everywhere" => locals.sign_out_everywhere().await?,
        "sign-in" => locals.sign_in(BOB).await?,
        "rotate" => locals.rotate().await?,
        _ => {}
    }
    Ok("waited")
}

handlers! {
    /// Asks nothing of the session.
    #[with_locals(user = Account)]
    async fn untouched(Shared(stage): Shared) -> &'static str {
        stage.both.wait().await;
        stage.both.wait().await;
        "waited"
    }

    #[with_locals(user = Account)]
    async fn lazy(Path(then): Path<String>, Shared(stage): Shared) -> Result<&'static str, Error> {
        locals.get_session().await?;
        stage.both.wait().await;
        stage.both.wait().await;
        do_then(locals, &then).await
    }

    #[with_locals(user = Account, eager)]
    async fn eager(Path(then): Path<String>, Shared(stage): Shared) -> Result<&'static str, Error> {
        stage.both.wait().await;
        stage.both.wait().await;
        do_then(locals, &then).await
    }

    #[with_locals(user = Account, required)]
    async fn required(
        Path(then): Path<String>,
        Shared(stage): Shared,
    ) -> Result<&'static str, Error> {
        stage.both.wait().await;
        stage.both.wait().await;
        do_then(locals, &then).await
    }
}
