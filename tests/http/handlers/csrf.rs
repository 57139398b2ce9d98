//! Handlers that change something, and one that takes requests of every site.

use locals::with_locals;

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/guarded" => any guarded;
    "/hook" => post hook;
    "/transfer" => get transfer, post transfer;
}

handlers! {
    #[with_locals(user = Account)]
    pub(in super::super) async fn guarded() -> &'static str {
        "guarded"
    }

    #[with_locals(user = Account, required, csrf = off)]
    async fn hook() -> String {
        let (_, account) = locals.get_session_user();
        format!("hooked by {}", account.email)
    }

    #[with_locals(user = Account)]
    async fn transfer(method: Method) -> String {
        method.to_string()
    }
}
