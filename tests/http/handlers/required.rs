//! Handlers that not everybody reaches.

use locals::with_locals;

use super::prelude::*;
use crate::rig::{Account, Admin};

routes! {
    "/account" => get account, post account;
    "/own-entrance" => get own_entrance;
    "/admin" => get admin;
    "/counted" => post counted;
}

handlers! {
    #[with_locals(user = Account, required)]
    pub(in super::super) async fn account() -> String {
        let (_, account) = locals.get_session_user();
        account.email.clone()
    }

    #[with_locals(user = Account, required, redirect = "/enter")]
    async fn own_entrance() -> &'static str {
        "in"
    }

    #[with_locals(user = Account, required(Admin))]
    async fn admin() -> String {
        format!("{} is an administrator", locals.get_session().user_id())
    }

    #[with_locals(user = Account, required(Admin))]
    async fn counted(_: Counted) -> &'static str {
        "counted"
    }
}
