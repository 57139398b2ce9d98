//! Handlers that sign in more than once, or do something else beside it.

use locals::{Error, with_locals};

use super::prelude::*;
use crate::rig::{ADA, Account, BOB, EVE};

routes! {
    "/shows-another" => post shows_another_then_signs_in;
    "/signs-in-twice" => post signs_in_twice;
    "/signs-in-then-lists" => post signs_in_then_lists;
    "/signs-in-at-once" => post signs_in_at_once;
}

handlers! {
    #[with_locals(user = Account)]
    async fn shows_another_then_signs_in() -> Result<String, Error> {
        let other = locals.auth().create_session(EVE).await?;
        locals.set_session(&other);
        locals.sign_in(BOB).await?;
        Ok(other.token().expose().to_owned())
    }

    #[with_locals(user = Account)]
    async fn signs_in_twice() -> Result<String, Error> {
        locals.sign_in(BOB).await?;
        let first = locals.current_session().await?.ok_or(Error::NoSession)?;
        locals.sign_in(EVE).await?;
        Ok(first.token().expose().to_owned())
    }

    #[with_locals(user = Account)]
    async fn signs_in_then_lists() -> Result<&'static str, Error> {
        locals.sign_in(BOB).await?;
        locals.auth().list_sessions(BOB).await?;
        Ok("listed")
    }

    /// One of them is the last.
    #[with_locals(user = Account)]
    async fn signs_in_at_once() -> Result<&'static str, Error> {
        let sign_in = async |user| locals.sign_in(user).await;
        let (first, second, third) =
            futures_util::join!(sign_in(ADA), sign_in(BOB), sign_in(ADA));
        first.and(second).and(third)?;
        Ok("one of them")
    }
}
