//! Handlers that check a password, take their time, and sign in.

use locals::{Error, with_locals};
use serde::Deserialize;

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/checks-then-signs-in" => post checks_then_signs_in;
    "/signs-in-late" => post signs_in_late;
}

#[derive(Deserialize)]
struct Typed {
    u: i64,
    password: String,
}

handlers! {
    /// The account is the one that was read before the wait, with the password that was typed.
    #[with_locals(user = Account)]
    async fn checks_then_signs_in(
        Query(Typed { u, password }): Query<Typed>,
        Shared(stage): Shared,
    ) -> Result<&'static str, Error> {
        let account = Account { id: u, email: String::new(), admin: false, password };
        stage.both.wait().await;
        stage.both.wait().await;
        locals.sign_in(u).verified(&account).await?;
        Ok("signed in")
    }

    /// Without a word of whom it has checked.
    #[with_locals(user = Account)]
    async fn signs_in_late(
        Query(Typed { u, .. }): Query<Typed>,
        Shared(stage): Shared,
    ) -> Result<&'static str, Error> {
        stage.both.wait().await;
        stage.both.wait().await;
        locals.sign_in(u).await?;
        Ok("signed in")
    }
}
