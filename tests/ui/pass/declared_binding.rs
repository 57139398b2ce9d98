//! The binding declared as a parameter: through an alias, by its path, marked with `#[locals]`.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::sync::Arc;

use axum::{Router, extract::Path, response::Html, routing::get};
use locals::{Auth, Eager, Error, Guard, Lazy, Required, Session, UserId, with_locals};

#[derive(Clone, serde::Deserialize)]
struct Account {
    email: String,
    admin: bool,
}

struct Admin;

impl Guard<Account> for Admin {
    fn allows(_: &Session, user: &Account) -> bool {
        user.admin
    }
}

type Locals<M = Lazy> = locals::Locals<Account, M>;
type Context = locals::Locals<Account, Eager>;

mod web {
    pub type Locals = locals::Locals<super::Account>;
}

/// A function that is no handler takes the same type.
async fn email(locals: &Locals) -> Result<Option<String>, Error> {
    let account = locals.get_session_user().await?;
    Ok(account.map(|(_, account)| account.email.clone()))
}

#[with_locals]
async fn alone(locals: &Locals) -> Result<String, Error> {
    Ok(email(locals).await?.unwrap_or_default())
}

#[with_locals]
async fn first(locals: &Locals<Required>, Path(id): Path<u32>) -> Html<String> {
    let (_, account) = locals.get_session_user();
    Html(format!("{id} {}", account.email))
}

#[with_locals]
async fn in_between(Path(id): Path<u32>, ctx: &Locals<Eager>, body: String) -> String {
    format!("{id} {} {body}", ctx.get_session().is_some())
}

#[with_locals]
async fn last(Path(id): Path<u32>, locals: &Locals<Required<Admin>>) -> String {
    format!("{id} {}", locals.get_session_user().1.email)
}

#[with_locals]
async fn by_path(locals: &locals::Locals<Account>) -> Result<String, Error> {
    Ok(locals.get_session().await?.is_some().to_string())
}

#[with_locals]
async fn by_an_alias_elsewhere(locals: &web::Locals) -> Result<String, Error> {
    Ok(email(locals).await?.unwrap_or_default())
}

#[with_locals]
async fn marked(#[locals] context: &Context, Path(id): Path<u32>) -> String {
    format!("{id} {}", context.get_session().is_some())
}

#[with_locals]
async fn marked_for_the_reader(#[locals] locals: &Locals) {
    locals.clear_session();
}

#[with_locals(csrf = off, redirect = "/login", crate = ::locals)]
async fn with_the_other_options(locals: &Locals<Required>) -> String {
    locals.get_session().user_id().to_string()
}

#[with_locals]
async fn with_a_lifetime(locals: &'_ Locals) {
    locals.clear_session();
}

#[with_locals]
async fn unused(_locals: &Locals) {}

#[with_locals]
async fn unnamed(_: &Locals<Required<Admin>>) {}

#[with_locals]
async fn of_the_default_user(locals: &locals::Locals<UserId, Eager>) -> String {
    locals
        .get_session_user()
        .map_or_else(String::new, |(_, user)| user.to_string())
}

struct Pages {
    title: String,
}

impl Pages {
    #[with_locals]
    async fn method(&self, locals: &Locals<Eager>, Path(id): Path<u32>) -> String {
        format!("{id} {} {}", self.title, locals.get_session().is_some())
    }
}

fn main() {
    let pages = Arc::new(Pages {
        title: "home".to_owned(),
    });
    let _: Router<Auth<Account>> = Router::new()
        .route("/alone", get(alone))
        .route("/first/{id}", get(first))
        .route("/in-between/{id}", get(in_between))
        .route("/last/{id}", get(last))
        .route("/by-path", get(by_path))
        .route("/by-an-alias-elsewhere", get(by_an_alias_elsewhere))
        .route("/marked/{id}", get(marked))
        .route("/marked-for-the-reader", get(marked_for_the_reader))
        .route("/options", get(with_the_other_options))
        .route("/lifetime", get(with_a_lifetime))
        .route("/unused", get(unused))
        .route("/unnamed", get(unnamed))
        .route(
            "/method/{id}",
            get(move |request| async move { pages.method(request).await }),
        );
    let _: Router<Auth> = Router::new().route("/", get(of_the_default_user));
}
