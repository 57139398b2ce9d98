//! Handlers that wait for a body.

use locals::with_locals;

use super::prelude::*;
use crate::rig::{Account, BOB};

routes! {
    "/upload" => post upload;
    "/signs-in-with" => post signs_in_with;
}

handlers! {
    #[with_locals(user = Account, required)]
    async fn upload(body: String) -> String {
        format!("{} bytes", body.len())
    }

    /// Signs Bob in once all of the body is there.
    #[with_locals(user = Account, eager)]
    async fn signs_in_with(_: Counted, body: String) -> Result<String, locals::Error> {
        locals.sign_in(BOB).await?;
        Ok(format!("{} bytes", body.len()))
    }
}
