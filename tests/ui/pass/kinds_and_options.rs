//! Every kind and every option, alone and together.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::{collections::BTreeMap, marker::PhantomData};

use axum::{
    Router,
    routing::{get, post},
};
use locals::{Auth, Error, Guard, Session, SignedIn, with_locals};

#[derive(Clone, serde::Deserialize)]
struct Account {
    email: String,
    admin: bool,
}

mod guards {
    use super::{Account, Guard, PhantomData, Session};

    pub struct Admin;

    impl Guard<Account> for Admin {
        fn allows(_: &Session, user: &Account) -> bool {
            user.admin
        }
    }

    pub struct Either<A, B>(PhantomData<(A, B)>);

    impl<A, B> Guard<Account> for Either<A, B>
    where
        A: Guard<Account>,
        B: Guard<Account>,
    {
        fn allows(session: &Session, user: &Account) -> bool {
            A::allows(session, user) || B::allows(session, user)
        }
    }
}

use guards::{Admin, Either};

#[with_locals]
async fn lazy() -> Result<String, Error> {
    Ok(locals.get_session().await?.is_some().to_string())
}

#[with_locals()]
async fn empty_options() {
    locals.clear_session();
}

#[with_locals(user = Account)]
async fn user() -> Result<String, Error> {
    let Some((_, account)) = locals.get_session_user().await? else {
        return Ok("a stranger".to_owned());
    };
    Ok(account.email.clone())
}

#[with_locals(eager, user = Account)]
async fn eager() -> String {
    locals
        .get_session_user()
        .map_or_else(String::new, |(_, account)| account.email.clone())
}

#[with_locals(user = Account, required,)]
async fn required() -> String {
    let session: &Session = locals.get_session();
    let (same, account): (&Session, &Account) = locals.get_session_user();
    format!("{} {} {}", session.id(), same.id(), account.email)
}

#[with_locals(user = Account, required(Admin))]
async fn guarded() -> String {
    locals.get_session_user().1.email.clone()
}

#[with_locals(user = Account, required(crate::guards::Either<Admin, SignedIn>))]
async fn guarded_by_a_generic_type() -> String {
    locals.get_session_user().1.email.clone()
}

#[with_locals(user = Account, required, redirect = "/login")]
async fn redirect() -> String {
    locals.get_session().user_id().to_string()
}

#[with_locals(user = Account, csrf = off)]
async fn webhook() {
    locals.clear_session();
}

#[with_locals(user = Account, name = context)]
async fn named() {
    let locals = 1;
    if locals > 0 {
        context.clear_session();
    }
}

#[rustfmt::skip]
#[with_locals(
    crate = ::locals,
    csrf = off,
    redirect = "/login",
    name = context,
    required(Either<Admin, Admin>),
    user = crate::Account,
)]
async fn everything() -> String {
    context.get_session_user().1.email.clone()
}

#[with_locals(user = BTreeMap<String, String>, eager)]
async fn a_user_with_a_comma() -> String {
    locals
        .get_session_user()
        .map_or_else(String::new, |(_, columns)| columns.len().to_string())
}

fn main() {
    let _: Router<Auth> = Router::new()
        .route("/lazy", get(lazy))
        .route("/empty", get(empty_options));
    let _: Router<Auth<Account>> = Router::new()
        .route("/user", get(user))
        .route("/eager", get(eager))
        .route("/required", get(required))
        .route("/guarded", get(guarded))
        .route("/guarded-generic", get(guarded_by_a_generic_type))
        .route("/redirect", get(redirect))
        .route("/webhook", post(webhook))
        .route("/named", post(named))
        .route("/everything", get(everything));
    let _: Router<Auth<BTreeMap<String, String>>> =
        Router::new().route("/", get(a_user_with_a_comma));
}
