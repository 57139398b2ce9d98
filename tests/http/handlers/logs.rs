//! A handler that prints what it has.

use locals::with_locals;

use super::{prelude::*, text};
use crate::rig::Account;

routes! {
    "/debug" => get debug;
}

handlers! {
    /// How its locals print.
    #[with_locals(user = Account)]
    async fn debug() -> Result<Response, locals::Error> {
        let before = format!("{locals:?}");
        let session = locals.get_session().await?.cloned();
        Ok(text(format!("{before} {locals:?} {session:?}")))
    }
}
