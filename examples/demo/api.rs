//! For programs: JSON, and a token to sign in with instead of a cookie.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use locals::with_locals;
use serde::{Deserialize, Serialize};

use crate::{
    devices::Device,
    error::{AppError, dressed},
    users::{Account, Users},
    view::NO_STORE,
};

#[derive(Serialize)]
struct Me<'a> {
    id: i64,
    email: &'a str,
    admin: bool,
}

#[with_locals(user = Account, required)]
pub(crate) async fn me() -> Response {
    let (_, account) = locals.get_session_user();
    let me = Me {
        id: account.id,
        email: &account.email,
        admin: account.admin,
    };
    (NO_STORE, Json(me)).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: String,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

/// A session whose token goes into `Authorization: Bearer` (RFC 6750).
#[with_locals(user = Account)]
pub(crate) async fn token(
    State(users): State<Users>,
    Device(device): Device,
    Json(asked): Json<Credentials>,
) -> Result<Response, ApiError> {
    let account = users.check(asked.email.trim(), asked.password).await?;
    let Some(account) = account else {
        return Err(ApiError::Credentials);
    };
    let session = locals
        .auth()
        .create_session(account.id)
        .verified(&account)
        .assurance("pwd")
        .device(device)
        .await?;
    let token = session.token().expose();
    Ok((NO_STORE, Json(Token { token })).into_response())
}

/// What a program gets instead of what it asked for, as problem details (RFC 9457).
pub(crate) enum ApiError {
    Credentials,
    App(AppError),
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<locals::Error> for ApiError {
    fn from(error: locals::Error) -> Self {
        Self::App(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::Credentials => problem(
                StatusCode::UNAUTHORIZED,
                Some("That e-mail and password do not belong together."),
            ),
            Self::App(error) => {
                let head = error.into_head();
                let body = problem(head.status, None);
                dressed(head, body)
            }
        }
    }
}

#[derive(Serialize)]
struct Problem {
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

fn problem(status: StatusCode, detail: Option<&'static str>) -> Response {
    let problem = Problem {
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail,
    };
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, content_type, Json(problem)).into_response()
}
