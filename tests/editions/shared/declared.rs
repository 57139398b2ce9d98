//! The binding declared as a parameter: through an alias, by its path, marked with `#[locals]`.

use super::{
    accounts::{Account, Admin, auth},
    asking::{ask_of, expect_of},
};
use axum::{Router, extract::Path, response::Html, routing::get};
use locals::{Eager, Error, Lazy, Required, with_locals};
use std::sync::Arc;

type Locals<M = Lazy> = locals::Locals<Account, M>;
type Context = locals::Locals<Account, Eager>;

mod web {
    pub(super) type Locals = locals::Locals<super::Account>;
}

/// A function that is no handler takes the same type.
async fn email(locals: &Locals) -> Result<Option<String>, Error> {
    let account = locals.get_session_user().await?;
    Ok(account.map(|(_, account)| account.email.clone()))
}

#[with_locals]
async fn alone(locals: &Locals) -> Result<String, Error> {
    locals.clear_session();
    Ok(email(locals).await?.unwrap_or_default())
}

#[with_locals]
async fn first(locals: &Locals<Required>, Path(id): Path<u32>) -> Html<String> {
    locals.clear_session();
    let (_, account) = locals.get_session_user();
    Html(format!("{id} {}", account.email))
}

#[with_locals]
async fn in_between(Path(id): Path<u32>, ctx: &Locals<Eager>, body: String) -> String {
    ctx.clear_session();
    format!("{id} {} {body}", ctx.get_session().is_some())
}

#[with_locals]
async fn last(Path(id): Path<u32>, locals: &Locals<Required<Admin>>) -> String {
    locals.clear_session();
    format!("{id} {}", locals.get_session_user().1.email)
}

#[with_locals]
async fn by_path(locals: &locals::Locals<Account>) -> Result<String, Error> {
    locals.clear_session();
    Ok(locals.get_session().await?.is_some().to_string())
}

#[with_locals]
async fn by_an_alias_elsewhere(locals: &web::Locals) -> Result<String, Error> {
    locals.clear_session();
    Ok(email(locals).await?.unwrap_or_default())
}

#[with_locals]
async fn marked(#[locals] context: &Context, Path(id): Path<u32>) -> String {
    context.clear_session();
    format!("{id} {}", context.get_session().is_some())
}

#[with_locals]
async fn marked_for_the_reader(#[locals] locals: &Locals) {
    locals.clear_session();
}

#[with_locals(csrf = off, redirect = "/login", crate = ::locals)]
async fn with_the_other_options(locals: &Locals<Required>) -> String {
    locals.clear_session();
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

struct Pages {
    title: String,
}

impl Pages {
    #[with_locals]
    async fn method(&self, locals: &Locals<Eager>, Path(id): Path<u32>) -> String {
        locals.clear_session();
        format!("{id} {} {}", self.title, locals.get_session().is_some())
    }
}

#[tokio::test]
async fn every_declared_binding_is_bound() {
    let auth = auth();
    let pages = Arc::new(Pages {
        title: "home".to_owned(),
    });
    let routes = Router::new()
        .route("/alone", get(alone))
        .route("/first/{id}", get(first))
        .route("/in-between/{id}", get(in_between))
        .route("/last/{id}", get(last))
        .route("/by-path", get(by_path))
        .route("/elsewhere", get(by_an_alias_elsewhere))
        .route("/marked/{id}", get(marked))
        .route("/marked", get(marked_for_the_reader))
        .route("/options", get(with_the_other_options))
        .route("/lifetime", get(with_a_lifetime))
        .route(
            "/method/{id}",
            get(move |request| async move { pages.method(request).await }),
        )
        .with_state(auth.clone());
    expect_of(
        &auth,
        routes,
        &[
            ("/alone", 200, "ada@example.com"),
            ("/first/1", 200, "1 ada@example.com"),
            ("/in-between/1", 200, "1 true "),
            ("/last/1", 200, "1 ada@example.com"),
            ("/by-path", 200, "true"),
            ("/elsewhere", 200, "ada@example.com"),
            ("/marked/1", 200, "1 true"),
            ("/marked", 200, ""),
            ("/options", 200, "ada"),
            ("/lifetime", 200, ""),
            ("/method/1", 200, "1 home true"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_declared_binding_may_go_unused() {
    let auth = auth();
    let routes = Router::new()
        .route("/unused", get(unused))
        .route("/unnamed", get(unnamed))
        .with_state(auth.clone());
    for target in ["/unused", "/unnamed"] {
        let answer = ask_of(&auth, routes.clone(), target).await;
        assert_eq!((answer.status, answer.cookies), (200, 0), "{target}");
    }
}
