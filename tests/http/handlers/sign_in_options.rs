//! Handlers that sign in and say something of the session, or ask what was said.

use std::time::Duration;

use locals::{Error, Lifetimes, with_locals};
use serde::Deserialize;

use super::prelude::*;
use crate::rig::Account;

routes! {
    "/sign-in-with" => post signs_in_with;
    "/how" => get how;
    "/outside" => get outside;
}

/// What is not there is not said.
#[derive(Deserialize)]
struct With {
    u: i64,
    lifetimes: Option<String>,
    browser_session: Option<bool>,
    assurance: Option<String>,
    external_ref: Option<String>,
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn lifetimes(name: &str) -> Lifetimes {
    match name {
        "aal2" => Lifetimes::aal2(),
        "aal3" => Lifetimes::aal3(),
        // A public computer.
        "minutes" => Lifetimes {
            active: 10 * MINUTE,
            idle: 50 * MINUTE,
            absolute: 12 * 60 * MINUTE,
        },
        // "Remember me".
        "months" => Lifetimes {
            active: DAY,
            idle: 30 * DAY,
            absolute: 90 * DAY,
        },
        _ => Lifetimes {
            idle: Duration::ZERO,
            ..Lifetimes::default()
        },
    }
}

handlers! {
    #[with_locals(user = Account)]
    async fn signs_in_with(Query(with): Query<With>) -> Result<&'static str, Error> {
        let mut sign_in = locals.sign_in(with.u);
        if let Some(name) = &with.lifetimes {
            sign_in = sign_in.lifetimes(lifetimes(name));
        }
        match with.browser_session {
            Some(true) => sign_in = sign_in.browser_session(),
            Some(false) => sign_in = sign_in.persistent(),
            None => {}
        }
        if let Some(how) = &with.assurance {
            sign_in = sign_in.assurance(how);
        }
        if let Some(name) = &with.external_ref {
            sign_in = sign_in.external_ref(name);
        }
        sign_in.await?;
        Ok("signed in")
    }

    /// How the user proved who they are.
    #[with_locals(user = Account)]
    async fn how() -> Result<String, Error> {
        let session = locals.get_session().await?.ok_or(Error::NoSession)?;
        Ok(session.assurance().unwrap_or("not said").to_owned())
    }

    /// The session's name from outside.
    #[with_locals(user = Account)]
    async fn outside() -> Result<String, Error> {
        let session = locals.get_session().await?.ok_or(Error::NoSession)?;
        Ok(session.external_ref().unwrap_or("not said").to_owned())
    }
}
