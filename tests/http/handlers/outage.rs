//! Handlers that meet a store that fails, or says no.

use locals::{Error, StoreError, with_locals};

use super::prelude::*;
use crate::rig::{ADA, Account};

routes! {
    "/answer" => get answer;
    "/swallows" => get swallows;
    "/sets-then-asks" => post sets_then_asks;
    "/marks-then-asks/{mark}" => post marks_then_asks;
    "/sets-then-lists" => post sets_then_lists;
    "/unknown-user" => post takes_care_of_an_unknown_user;
}

handlers! {
    #[with_locals(user = Account)]
    async fn answer() -> &'static str {
        match locals.get_session().await {
            Ok(Some(_)) => "a session",
            Ok(None) => "no session",
            Err(Error::Store(StoreError::Unavailable(_))) => "unavailable",
            Err(Error::Store(StoreError::Corrupt { .. })) => "corrupt",
            Err(_) => "another error",
        }
    }

    #[with_locals(user = Account)]
    async fn swallows() -> &'static str {
        match locals.get_session().await {
            Ok(Some(_)) => "a session",
            Ok(None) => "no session",
            Err(_) => "an error",
        }
    }

    #[with_locals(user = Account)]
    async fn marks_then_asks(Path(mark): Path<String>) -> Result<&'static str, Error> {
        if mark == "set" {
            locals.set_session(&locals.auth().create_session(ADA).await?);
        } else {
            locals.clear_session();
        }
        Ok(locals
            .get_session()
            .await
            .map_or("an error", |_| "an answer"))
    }

    #[with_locals(user = Account)]
    async fn sets_then_asks() -> Result<&'static str, Error> {
        locals.set_session(&locals.auth().create_session(ADA).await?);
        locals.get_session().await?;
        Ok("asked")
    }

    #[with_locals(user = Account)]
    async fn sets_then_lists() -> Result<String, Error> {
        let session = locals.auth().create_session(ADA).await?;
        locals.set_session(&session);
        let list = locals.auth().list_sessions(session.user_id()).await?;
        Ok(list.len().to_string())
    }

    #[with_locals(user = Account)]
    async fn takes_care_of_an_unknown_user() -> Result<&'static str, Error> {
        let session = locals.auth().create_session(ADA).await?;
        locals.set_session(&session);
        Ok(match locals.sign_in(404).await {
            Err(Error::Store(StoreError::UnknownUser)) => "nobody",
            _ => "somebody",
        })
    }
}
