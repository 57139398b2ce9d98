//! The shapes that a handler may have on every framework.

use locals::with_locals;

use super::prelude::*;
use crate::{
    exits::enter,
    framework::AppError,
    rig::{ADA, Account},
};

routes! {
    "/exit/all-from-the-macro" => get all_from_the_macro;
    "/exit/body-from-outside" => get body_from_outside;
    "/exit/renamed" => get renamed;
    "/exit/same-names" => get same_names;
}

macro_rules! whole_handler {
    () => {
        handlers! {
            #[with_locals(user = Account)]
            async fn all_from_the_macro() -> Result<&'static str, AppError> {
                enter(locals).await?;
                Ok("all from the macro")
            }
        }
    };
}

whole_handler!();

macro_rules! handler {
    ($name:ident, $body:block) => {
        handlers! {
            #[with_locals(user = Account)]
            async fn $name() -> Result<&'static str, AppError> $body
        }
    };
}

handler!(body_from_outside, {
    enter(locals).await?;
    let Ok(_) = "seven".parse::<u8>() else {
        return Err(AppError::Teapot);
    };
    Ok("unreached")
});

handlers! {
    #[with_locals(user = Account, name = ctx)]
    async fn renamed() -> Result<&'static str, AppError> {
        let locals = "ctx";
        ctx.set_session(&ctx.auth().create_session(ADA).await?);
        Ok(locals)
    }

    #[with_locals(user = Account)]
    async fn same_names() -> Result<String, AppError> {
        enter(locals).await?;
        let (__locals, __args, __request, __outcome) = (1, 2, 3, 4);
        Ok(format!("{__locals} {__args} {__request} {__outcome}"))
    }
}
