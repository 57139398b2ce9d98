//! Changing the password: it signs the account out everywhere else.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use locals::with_locals;
use minijinja::context;
use serde::Deserialize;

use crate::{
    Locals,
    devices::Device,
    error::AppError,
    password, session,
    users::{Account, Users},
    view::{Page, page},
};

#[derive(Deserialize)]
pub(crate) struct Change {
    current: String,
    password: String,
}

#[derive(Default)]
struct Problems {
    current: Option<&'static str>,
    password: Option<&'static str>,
}

#[with_locals(user = Account, required)]
pub(crate) async fn form() -> Page {
    let (_, account) = locals.get_session_user();
    change_page(locals, account, Problems::default())
}

/// The hash is the account's security stamp: with another one no session is good any more, here
/// neither, so this browser signs in anew.
#[with_locals(user = Account, required)]
pub(crate) async fn change(
    State(users): State<Users>,
    Device(device): Device,
    Form(form): Form<Change>,
) -> Result<Response, AppError> {
    let (session, account) = locals.get_session_user();
    let mut problems = Problems {
        current: None,
        password: password::problem(&form.password),
    };
    if !password::verify(form.current, Some(account.password_hash.clone())).await? {
        problems.current = Some("This is not your password.");
    }
    if problems.current.is_some() || problems.password.is_some() {
        let page = change_page(locals, account, problems);
        return Ok(page
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    let hash = password::hash(form.password).await?;
    let Some(account) = users.change_password(account, hash).await? else {
        problems.current = Some("It was changed meanwhile: enter the new one.");
        let page = change_page(locals, account, problems);
        return Ok(page.status(StatusCode::CONFLICT).into_response());
    };
    session::open(locals, &account, device, session::is_remembered(session)).await?;
    locals.flash(
        "success",
        "Your password is changed. Everywhere else you are signed out.",
    );
    Ok(Redirect::to("/account").into_response())
}

fn change_page<M>(locals: &Locals<M>, account: &Account, problems: Problems) -> Page {
    let Problems { current, password } = problems;
    let problems = context! { current, password };
    page(
        locals,
        "password.html",
        Some(account),
        context! { problems },
    )
}
