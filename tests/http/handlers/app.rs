//! The routes of the checklist's "Test rig assumed", and a handler of each other kind.

use std::time::Duration;

use locals::{SessionId, with_locals};
use serde::{Deserialize, Serialize};

use super::{prelude::*, status, text};
use crate::{
    framework::AppError,
    rig::{ADA, Account, BOB},
};

#[derive(Deserialize)]
pub(super) struct Who {
    pub(super) u: i64,
}

routes! {
    "/whoami" => get whoami;
    "/login" => post login;
    "/logout" => post logout;
    "/logout-cookie-only" => post logout_cookie_only;
    "/logout-all" => post logout_all;
    "/password" => post password;
    "/sudo" => post sudo;
    "/sessions" => get sessions;
    "/sessions/{id}/revoke" => post revoke;
    "/slow" => get slow;
    "/twice" => post twice;
    "/early" => get early;
    "/question-mark" => get question_mark;
    "/panic" => get panics;
    "/stream" => get streams;
    "/public" => get public;
    "/eager" => get eager;
    "/required" => get required, post required;
}

/// One of `GET /sessions`; times are seconds since 1970.
#[derive(Serialize)]
struct Listed {
    id: SessionId,
    created_at: u64,
    last_used_at: u64,
    idle_until: u64,
    expires_at: u64,
    device: Option<String>,
    current: bool,
}

#[derive(Deserialize)]
struct Slowly {
    ms: u64,
}

handlers! {
    /// 200 and the user's address, 401, or 503.
    #[with_locals(user = Account)]
    async fn whoami() -> Result<Response, locals::Error> {
        Ok(match locals.get_session_user().await? {
            Some((_, account)) => text(account.email.clone()),
            None => status(401),
        })
    }

    #[with_locals(user = Account)]
    async fn login(Query(Who { u }): Query<Who>) -> Result<&'static str, locals::Error> {
        locals.sign_in(u).await?;
        Ok("signed in")
    }

    #[with_locals(user = Account)]
    async fn logout() -> Result<&'static str, locals::Error> {
        locals.sign_out().await?;
        Ok("signed out")
    }

    #[with_locals(user = Account)]
    async fn logout_cookie_only() -> &'static str {
        locals.clear_session();
        "forgotten by this browser"
    }

    /// Ends every session of the user, and says how many.
    #[with_locals(user = Account, required)]
    async fn logout_all() -> Result<String, locals::Error> {
        let user = locals.get_session().user_id();
        let ended = locals.auth().invalidate_user_sessions(user).await?;
        locals.clear_session();
        Ok(ended.to_string())
    }

    /// What a changed password asks for: ends the user's other sessions, and says how many.
    #[with_locals(user = Account, required)]
    async fn password() -> Result<String, locals::Error> {
        let ended = locals
            .auth()
            .invalidate_other_sessions(locals.get_session())
            .await?;
        Ok(ended.to_string())
    }

    #[with_locals(user = Account, required)]
    async fn sudo() -> Result<&'static str, locals::Error> {
        locals.rotate().await?;
        Ok("rotated")
    }

    #[with_locals(user = Account, required)]
    async fn sessions() -> Result<Json<Vec<Listed>>, locals::Error> {
        let seconds = |time: std::time::SystemTime| {
            time.duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |age| age.as_secs())
        };
        let session = locals.get_session();
        let list = locals.auth().list_sessions(session.user_id()).await?;
        let listed = list.iter().map(|info| Listed {
            id: *info.id(),
            created_at: seconds(info.created_at()),
            last_used_at: seconds(info.last_used_at()),
            idle_until: seconds(info.idle_until()),
            expires_at: seconds(info.expires_at()),
            device: info.device().map(str::to_owned),
            current: info.is_current(session),
        });
        Ok(Json(listed.collect()))
    }

    /// 204, or 404 for a session that is not this user's.
    #[with_locals(user = Account, required)]
    async fn revoke(Path(id): Path<SessionId>) -> Result<Response, locals::Error> {
        let user = locals.get_session().user_id();
        let ended = locals.auth().invalidate_user_session(user, &id).await?;
        Ok(status(if ended { 204 } else { 404 }))
    }

    /// Loads the session, takes its time, and answers as `/whoami`.
    #[with_locals(user = Account)]
    async fn slow(Query(Slowly { ms }): Query<Slowly>) -> Result<Response, locals::Error> {
        let email = locals
            .get_session_user()
            .await?
            .map(|(_, account)| account.email.clone());
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok(email.map_or_else(|| status(401), text))
    }

    /// Sets, clears and sets again; the body is the id of the last session.
    #[with_locals(user = Account)]
    async fn twice() -> Result<String, locals::Error> {
        let first = locals.auth().create_session(ADA).await?;
        let last = locals.auth().create_session(BOB).await?;
        locals.set_session(&first);
        locals.clear_session();
        locals.set_session(&last);
        Ok(last.id().to_string())
    }

    /// Sets a new session and leaves by `return`.
    #[with_locals(user = Account)]
    async fn early() -> Result<&'static str, locals::Error> {
        let session = locals.auth().create_session(ADA).await?;
        locals.set_session(&session);
        if session.is_fresh() {
            return Ok("early");
        }
        Ok("late")
    }

    /// Sets a new session and leaves by `?`, with 418.
    #[with_locals(user = Account)]
    async fn question_mark() -> Result<String, AppError> {
        locals.set_session(&locals.auth().create_session(ADA).await?);
        let number: i32 = "not a number".parse()?;
        Ok(number.to_string())
    }

    /// Clears the cookie and panics; the application answers 500.
    #[with_locals(user = Account)]
    async fn panics() -> &'static str {
        locals.clear_session();
        panic!("the handler's own");
    }

    /// Sets a new session and answers in three pieces.
    #[with_locals(user = Account)]
    async fn streams() -> Result<Response, locals::Error> {
        locals.set_session(&locals.auth().create_session(ADA).await?);
        Ok(in_pieces(["one ", "two ", "three"]))
    }

    /// Asks nothing of the session.
    #[with_locals(user = Account)]
    async fn public() -> &'static str {
        "for everyone"
    }

    #[with_locals(user = Account, eager)]
    async fn eager() -> String {
        match (locals.get_session(), locals.get_session_user()) {
            (Some(session), Some((_, account))) => {
                format!("{} as {}", account.email, session.user_id())
            }
            _ => "nobody".to_owned(),
        }
    }

    #[with_locals(user = Account, required)]
    async fn required() -> &'static str {
        "in"
    }
}
