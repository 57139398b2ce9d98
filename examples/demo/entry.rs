//! Signing up, signing in and signing out.

use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use locals::{local_path, with_locals};
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
pub(crate) struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    remember: bool,
    #[serde(default)]
    next: String,
}

/// What of a form is shown again: all but the password.
#[derive(Default)]
struct Typed<'a> {
    email: &'a str,
    remember: bool,
    next: &'a str,
}

impl Credentials {
    fn typed(&self) -> Typed<'_> {
        Typed {
            email: &self.email,
            remember: self.remember,
            next: &self.next,
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    next: String,
}

/// What is wrong with a form, told beside the field it concerns.
#[derive(Default)]
struct Problems {
    form: Option<&'static str>,
    email: Option<&'static str>,
    password: Option<&'static str>,
}

impl Problems {
    fn any(&self) -> bool {
        self.form.is_some() || self.email.is_some() || self.password.is_some()
    }
}

#[with_locals(user = Account)]
pub(crate) async fn signup_form() -> Result<Response, AppError> {
    if locals.get_session().await?.is_some() {
        return Ok(Redirect::to("/account").into_response());
    }
    Ok(signup_page(locals, &Typed::default(), Problems::default()).into_response())
}

#[with_locals(user = Account)]
pub(crate) async fn signup(
    State(users): State<Users>,
    Device(device): Device,
    Form(form): Form<Credentials>,
) -> Result<Response, AppError> {
    let email = form.email.trim();
    let mut problems = Problems {
        email: (!is_email(email)).then_some("Enter an e-mail address, like ada@example.com."),
        password: password::problem(&form.password),
        form: None,
    };
    if problems.any() {
        let page = signup_page(locals, &form.typed(), problems);
        return Ok(page
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    let hash = password::hash(form.password.clone()).await?;
    let Some(account) = users.create(email, hash).await? else {
        problems.email = Some("There is an account with this e-mail already. Is it yours?");
        let page = signup_page(locals, &form.typed(), problems);
        return Ok(page.status(StatusCode::CONFLICT).into_response());
    };
    session::open(locals, &account, device, form.remember).await?;
    locals.flash("success", "Welcome! Your account is made.");
    Ok(Redirect::to("/account").into_response())
}

#[with_locals(user = Account)]
pub(crate) async fn login_form(Query(wanted): Query<Wanted>) -> Result<Response, AppError> {
    if locals.get_session().await?.is_some() {
        return Ok(Redirect::to("/account").into_response());
    }
    let typed = Typed {
        next: &wanted.next,
        ..Typed::default()
    };
    Ok(login_page(locals, &typed, Problems::default()).into_response())
}

#[with_locals(user = Account)]
pub(crate) async fn login(
    State(users): State<Users>,
    Device(device): Device,
    Form(form): Form<Credentials>,
) -> Result<Response, AppError> {
    let email = form.email.trim();
    let mut problems = Problems {
        email: email.is_empty().then_some("Enter your e-mail address."),
        password: form.password.is_empty().then_some("Enter your password."),
        form: None,
    };
    if problems.any() {
        let page = login_page(locals, &form.typed(), problems);
        return Ok(page
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    let Some(account) = users.check(email, form.password.clone()).await? else {
        problems.form = Some("That e-mail and password do not belong together.");
        let page = login_page(locals, &form.typed(), problems);
        return Ok(page.status(StatusCode::UNAUTHORIZED).into_response());
    };
    session::open(locals, &account, device, form.remember).await?;
    locals.flash("success", "Welcome back.");
    Ok(Redirect::to(destination(&form.next)).into_response())
}

#[with_locals(user = Account)]
pub(crate) async fn logout() -> Result<Redirect, AppError> {
    locals.sign_out().await?;
    locals.flash("notice", "You are signed out.");
    Ok(Redirect::to("/"))
}

#[with_locals(user = Account)]
pub(crate) async fn logout_everywhere() -> Result<Redirect, AppError> {
    locals.sign_out_everywhere().await?;
    locals.flash("notice", "You are signed out on every device.");
    Ok(Redirect::to("/"))
}

/// Where to go after signing in: `next` came through the visitor's hands, so it may lead anywhere.
fn destination(next: &str) -> &str {
    local_path(next).unwrap_or("/account")
}

fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn signup_page<M>(locals: &Locals<M>, typed: &Typed<'_>, problems: Problems) -> Page {
    form_page(locals, "signup.html", typed, problems)
}

fn login_page<M>(locals: &Locals<M>, typed: &Typed<'_>, problems: Problems) -> Page {
    form_page(locals, "login.html", typed, problems)
}

fn form_page<M>(
    locals: &Locals<M>,
    template: &'static str,
    typed: &Typed<'_>,
    problems: Problems,
) -> Page {
    let Problems {
        form,
        email: email_problem,
        password: password_problem,
    } = problems;
    let problems = context! { form, email => email_problem, password => password_problem };
    let Typed {
        email, remember, ..
    } = *typed;
    let next = destination(typed.next);
    let shown = context! { email, remember, next, problems };
    page(locals, template, None, shown)
}
