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
    devices::Device,
    error::AppError,
    password,
    users::{Account, Users},
    view::{Page, page},
};

const SHORTEST_PASSWORD: usize = 8;

#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
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
    Ok(signup_page("", Problems::default()).into_response())
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
        password: (form.password.chars().count() < SHORTEST_PASSWORD)
            .then_some("Choose a password of at least 8 characters."),
        form: None,
    };
    if problems.any() {
        let page = signup_page(&form.email, problems).status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(page.into_response());
    }
    let hash = password::hash(form.password).await?;
    let Some(id) = users.create(email, hash).await? else {
        problems.email = Some("There is an account with this e-mail already. Is it yours?");
        let page = signup_page(&form.email, problems).status(StatusCode::CONFLICT);
        return Ok(page.into_response());
    };
    locals.sign_in(id).device(device).await?;
    Ok(Redirect::to("/account").into_response())
}

#[with_locals(user = Account)]
pub(crate) async fn login_form(Query(wanted): Query<Wanted>) -> Result<Response, AppError> {
    if locals.get_session().await?.is_some() {
        return Ok(Redirect::to("/account").into_response());
    }
    Ok(login_page("", &wanted.next, Problems::default()).into_response())
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
        let page = login_page(&form.email, &form.next, problems);
        return Ok(page
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    let (id, hash) = users.credentials(email).await?.unzip();
    let right = password::verify(form.password, hash).await?;
    let Some(id) = id.filter(|_| right) else {
        problems.form = Some("That e-mail and password do not belong together.");
        let page = login_page(&form.email, &form.next, problems);
        return Ok(page.status(StatusCode::UNAUTHORIZED).into_response());
    };
    locals.sign_in(id).device(device).await?;
    Ok(Redirect::to(destination(&form.next)).into_response())
}

#[with_locals(user = Account)]
pub(crate) async fn logout() -> Result<Redirect, AppError> {
    locals.sign_out().await?;
    Ok(Redirect::to("/"))
}

#[with_locals(user = Account)]
pub(crate) async fn logout_everywhere() -> Result<Redirect, AppError> {
    locals.sign_out_everywhere().await?;
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

fn signup_page(email: &str, problems: Problems) -> Page {
    form_page("signup.html", email, "", problems)
}

fn login_page(email: &str, next: &str, problems: Problems) -> Page {
    form_page("login.html", email, destination(next), problems)
}

/// Shows again what was typed, except the password.
fn form_page(template: &'static str, email: &str, next: &str, problems: Problems) -> Page {
    let Problems {
        form,
        email: email_problem,
        password: password_problem,
    } = problems;
    let problems = context! { form, email => email_problem, password => password_problem };
    page(template, None, context! { email, next, problems })
}
