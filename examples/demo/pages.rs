//! The pages that show something: home, the account, the administrator's list.

use axum::{
    extract::State,
    http::{HeaderName, header},
};
use locals::{Guard, Session, with_locals};
use minijinja::{Value, context};

use crate::{
    error::AppError,
    session,
    users::{Account, Users},
    view::{self, Page, page},
};

#[with_locals(user = Account)]
pub(crate) async fn home() -> Result<Page, AppError> {
    let Some((_, account)) = locals.get_session_user().await? else {
        return Ok(page(locals, "home.html", None, context! {}));
    };
    Ok(page(locals, "home.html", Some(account), context! {}))
}

#[with_locals(user = Account, required)]
pub(crate) async fn account() -> Page {
    let (session, account) = locals.get_session_user();
    let facts = context! {
        since => view::moment(account.created_at()),
        signed_in => view::moment(session.created_at()),
        by_password => session.assurance() == Some("pwd"),
        remembered => session::is_remembered(session),
        until => view::moment(session.expires_at()),
    };
    page(locals, "account.html", Some(account), facts)
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
    let list = context! { accounts };
    Ok(page(locals, "admin.html", Some(account), list))
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
    Ok(view::missing(locals, account))
}
