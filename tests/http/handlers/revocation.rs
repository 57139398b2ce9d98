//! Handlers that end every session of their user.

use locals::with_locals;

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/everywhere" => post everywhere;
    "/clears-then-ends-all" => post clears_then_ends_all;
}

handlers! {
    #[with_locals(user = Account)]
    async fn everywhere() -> Result<&'static str, locals::Error> {
        locals.sign_out_everywhere().await?;
        Ok("signed out")
    }

    #[with_locals(user = Account)]
    async fn clears_then_ends_all() -> Result<&'static str, locals::Error> {
        locals.clear_session();
        locals.sign_out_everywhere().await?;
        Ok("signed out")
    }
}
