//! Every kind and every option, alone and together.

use super::{
    accounts::{Account, Admin, auth},
    asking::{expect, expect_of},
};
use axum::{Router, routing::get};
use locals::{Auth, Error, MemoryStore, Session, UserId, with_locals};
use std::{collections::BTreeMap, convert::Infallible};

mod guards {
    use super::Account;
    use locals::{Guard, Session};
    use std::marker::PhantomData;

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

use guards::Either;

type Columns = BTreeMap<String, String>;

#[with_locals()]
async fn no_option() -> Result<String, Error> {
    locals.clear_session();
    Ok(locals.get_session().await?.is_some().to_string())
}

#[with_locals(user = Account)]
async fn user() -> Result<String, Error> {
    locals.clear_session();
    let Some((_, account)) = locals.get_session_user().await? else {
        return Ok("a stranger".to_owned());
    };
    Ok(account.email.clone())
}

#[with_locals(eager, user = Account)]
async fn eager() -> String {
    locals.clear_session();
    locals
        .get_session_user()
        .map_or_else(String::new, |(_, account)| account.email.clone())
}

#[with_locals(user = Account, required,)]
async fn required() -> String {
    locals.clear_session();
    let session: &Session = locals.get_session();
    let (same, account): (&Session, &Account) = locals.get_session_user();
    format!("{} {}", session.id() == same.id(), account.email)
}

#[with_locals(user = Account, required(Admin))]
async fn guarded() -> String {
    locals.clear_session();
    locals.get_session_user().1.email.clone()
}

#[with_locals(user = Account, required(crate::matrix::kinds::guards::Either<Admin, locals::SignedIn>))]
async fn guarded_by_a_generic_type() -> String {
    locals.clear_session();
    locals.get_session_user().1.email.clone()
}

#[with_locals(required(locals::SignedIn,))]
async fn trailing_comma() -> String {
    locals.clear_session();
    locals.get_session().user_id().to_string()
}

#[with_locals(user = Account, required, redirect = "/login")]
async fn redirect() -> String {
    locals.clear_session();
    locals.get_session().user_id().to_string()
}

#[with_locals(user = Account, csrf = off)]
async fn webhook() {
    locals.clear_session();
}

#[with_locals(user = Account, name = context)]
async fn named() -> String {
    let locals = 1;
    if locals > 0 {
        context.clear_session();
    }
    locals.to_string()
}

#[rustfmt::skip]
#[with_locals(
    crate = ::locals,
    csrf = off,
    redirect = "/login",
    name = context,
    required(Either<Admin, Admin>),
    user = crate::matrix::accounts::Account,
)]
async fn everything() -> String {
    context.clear_session();
    context.get_session_user().1.email.clone()
}

#[with_locals(user = BTreeMap<String, String>, eager)]
async fn a_user_with_a_comma() -> String {
    locals.clear_session();
    locals
        .get_session_user()
        .map_or_else(String::new, |(_, columns)| columns.len().to_string())
}

#[tokio::test]
async fn every_option_is_taken() {
    let routes = Router::new()
        .route("/none", get(no_option))
        .route("/comma", get(trailing_comma));
    expect(routes, &[("/none", 200, "true"), ("/comma", 200, "ada")]).await;

    let auth = auth();
    let routes = Router::new()
        .route("/user", get(user))
        .route("/eager", get(eager))
        .route("/required", get(required))
        .route("/guarded", get(guarded))
        .route("/generic", get(guarded_by_a_generic_type))
        .route("/redirect", get(redirect))
        .route("/webhook", get(webhook))
        .route("/named", get(named))
        .route("/everything", get(everything))
        .with_state(auth.clone());
    expect_of(
        &auth,
        routes,
        &[
            ("/user", 200, "ada@example.com"),
            ("/eager", 200, "ada@example.com"),
            ("/required", 200, "true ada@example.com"),
            ("/guarded", 200, "ada@example.com"),
            ("/generic", 200, "ada@example.com"),
            ("/redirect", 200, "ada"),
            ("/webhook", 200, ""),
            ("/named", 200, "1"),
            ("/everything", 200, "ada@example.com"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_user_type_may_have_a_comma() {
    let find = |id: UserId| async move {
        let columns = Columns::from([("id".to_owned(), id.to_string())]);
        Ok::<_, Infallible>(Some(columns))
    };
    let auth: Auth<Columns> = Auth::builder(MemoryStore::new())
        .users_with(find)
        .build()
        .expect("nothing is set");
    let routes = Router::new().route("/", get(a_user_with_a_comma));
    expect_of(&auth, routes.with_state(auth.clone()), &[("/", 200, "1")]).await;
}
