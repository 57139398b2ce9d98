//! The routes every site has: those of the checklist's "Test rig assumed".

use std::{convert::Infallible, panic::AssertUnwindSafe, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Query, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::{FutureExt, stream};
use locals::{Auth, SessionId, with_locals};
use serde::{Deserialize, Serialize};

use crate::rig::{ADA, Account, BOB};

/// What the sites' handlers fail with.
#[derive(Debug)]
pub(crate) enum AppError {
    Locals(locals::Error),
    /// The application's own refusal: 418.
    Teapot,
    /// Anything else: 500.
    Other(anyhow::Error),
}

impl From<locals::Error> for AppError {
    fn from(error: locals::Error) -> Self {
        Self::Locals(error)
    }
}

impl From<anyhow::Error> for AppError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::num::ParseIntError> for AppError {
    fn from(_: std::num::ParseIntError) -> Self {
        Self::Teapot
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Locals(error) => error.into_response(),
            Self::Teapot => (StatusCode::IM_A_TEAPOT, "a teapot").into_response(),
            Self::Other(error) => {
                (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
            }
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Who {
    pub(crate) u: i64,
}

pub(crate) fn routes() -> Router<Auth<Account>> {
    Router::new()
        .route("/whoami", get(whoami))
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/logout-cookie-only", post(logout_cookie_only))
        .route("/logout-all", post(logout_all))
        .route("/password", post(password))
        .route("/sudo", post(sudo))
        .route("/sessions", get(sessions))
        .route("/sessions/{id}/revoke", post(revoke))
        .route("/slow", get(slow))
        .route("/twice", post(twice))
        .route("/early", get(early))
        .route("/question-mark", get(question_mark))
        .route(
            "/panic",
            get(panics).layer(middleware::from_fn(catch_panic)),
        )
        .route("/stream", get(streams))
        .route("/public", get(public))
}

/// 200 and the user's address, 401, or 503.
#[with_locals(user = Account)]
async fn whoami() -> Result<Response, locals::Error> {
    Ok(match locals.get_session_user().await? {
        Some((_, account)) => account.email.clone().into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
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
async fn revoke(Path(id): Path<SessionId>) -> Result<StatusCode, locals::Error> {
    let user = locals.get_session().user_id();
    let ended = locals.auth().invalidate_user_session(user, &id).await?;
    Ok(if ended {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    })
}

#[derive(Deserialize)]
struct Slowly {
    ms: u64,
}

/// Loads the session, takes its time, and answers as `/whoami`.
#[with_locals(user = Account)]
async fn slow(Query(Slowly { ms }): Query<Slowly>) -> Result<Response, locals::Error> {
    let email = locals
        .get_session_user()
        .await?
        .map(|(_, account)| account.email.clone());
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Ok(email.map_or(
        StatusCode::UNAUTHORIZED.into_response(),
        IntoResponse::into_response,
    ))
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
async fn panics() {
    locals.clear_session();
    panic!("the handler's own");
}

async fn catch_panic(request: Request, next: Next) -> Response {
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Sets a new session and answers in three pieces.
#[with_locals(user = Account)]
async fn streams() -> Result<Body, locals::Error> {
    locals.set_session(&locals.auth().create_session(ADA).await?);
    let pieces = ["one ", "two ", "three"].map(Ok::<_, Infallible>);
    Ok(Body::from_stream(stream::iter(pieces)))
}

/// Asks nothing of the session.
#[with_locals(user = Account)]
async fn public() -> &'static str {
    "for everyone"
}
