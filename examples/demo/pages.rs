//! The pages that show something: home, the account, the administrator's list, the API.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use locals::{Guard, Session, with_locals};
use minijinja::{Value, context};
use serde::Serialize;

use crate::{
    error::AppError,
    users::{Account, Users},
    view::{self, NO_STORE, Page, page},
};

#[with_locals(user = Account)]
pub(crate) async fn home() -> Result<Page, AppError> {
    let Some((_, account)) = locals.get_session_user().await? else {
        return Ok(page("home.html", None, context! {}));
    };
    Ok(page("home.html", Some(account), context! {}))
}

#[with_locals(user = Account, required)]
pub(crate) async fn account() -> Page {
    let (session, account) = locals.get_session_user();
    let times = context! {
        since => view::moment(account.created_at()),
        signed_in => view::moment(session.created_at()),
        until => view::moment(session.expires_at()),
    };
    page("account.html", Some(account), times)
}

/// Lets only the administrator in.
pub(crate) struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, account: &Account) -> bool {
        account.admin
    }
}

#[with_locals(user = Account, required(Admin))]
pub(crate) async fn admin(State(users): State<Users>) -> Result<Page, AppError> {
    let (_, account) = locals.get_session_user();
    let accounts: Vec<Value> = users
        .all()
        .await?
        .iter()
        .map(|one| {
            context! {
                id => one.id,
                email => &one.email,
                admin => one.admin,
                since => view::moment(one.created_at()),
            }
        })
        .collect();
    Ok(page("admin.html", Some(account), context! { accounts }))
}

#[derive(Serialize)]
struct Me<'a> {
    id: i64,
    email: &'a str,
    admin: bool,
}

#[derive(Serialize)]
struct Refusal {
    error: &'static str,
}

#[with_locals(user = Account, eager)]
pub(crate) async fn me() -> Response {
    let Some((_, account)) = locals.get_session_user() else {
        let refusal = Refusal {
            error: "not signed in",
        };
        return (StatusCode::UNAUTHORIZED, NO_STORE, Json(refusal)).into_response();
    };
    let me = Me {
        id: account.id,
        email: &account.email,
        admin: account.admin,
    };
    (NO_STORE, Json(me)).into_response()
}

#[with_locals(user = Account)]
pub(crate) async fn stylesheet() -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, include_str!("style.css"))
}

#[with_locals(user = Account)]
pub(crate) async fn missing() -> Result<Page, AppError> {
    let account = locals.get_session_user().await?.map(|(_, account)| account);
    Ok(view::missing(account))
}
