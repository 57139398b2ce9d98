//! A handler that tells the store what the browser sent.

use locals::with_locals;

use super::prelude::*;
use crate::rig::{ADA, Account};

routes! {
    "/from" => post from;
}

handlers! {
    /// Signs in from a device that is called what the browser calls itself.
    #[with_locals(user = Account)]
    async fn from(UserAgent(agent): UserAgent) -> Result<&'static str, locals::Error> {
        locals.sign_in(ADA).device(String::from_utf8_lossy(&agent)).await?;
        Ok("signed in")
    }
}
