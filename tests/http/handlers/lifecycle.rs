//! Handlers that prove who the user is once more, or ask how long that is ago.

use std::time::Duration;

use locals::with_locals;

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/reauthenticate" => post reauthenticate;
    "/recent/lazy" => get recent_lazy;
    "/recent/eager" => get recent_eager;
    "/recent/required" => get recent_required;
}

const RECENTLY: Duration = Duration::from_secs(5 * 60);

handlers! {
    #[with_locals(user = Account)]
    async fn reauthenticate() -> Result<&'static str, locals::Error> {
        locals.reauthenticated().await?;
        Ok("proved once more")
    }

    #[with_locals(user = Account)]
    async fn recent_lazy() -> Result<String, locals::Error> {
        Ok(locals.authenticated_within(RECENTLY).await?.to_string())
    }

    #[with_locals(user = Account, eager)]
    async fn recent_eager() -> String {
        locals.authenticated_within(RECENTLY).to_string()
    }

    #[with_locals(user = Account, required)]
    async fn recent_required() -> String {
        locals.authenticated_within(RECENTLY).to_string()
    }
}
