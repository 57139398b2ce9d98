//! The program the documentation begins with: axum, SQLite, a users table of the application's own.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{
    Form, Router,
    extract::State,
    response::{Html, Redirect},
    routing::{get, post},
};
use locals::{Auth, Error, SqliteStore, with_locals};

#[derive(Clone, serde::Deserialize)]
struct Account {
    id: i64,
    email: String,
    admin: bool,
}

#[derive(serde::Deserialize)]
struct Credentials {
    id: i64,
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let store = SqliteStore::open("app.db")?.with_users("users");
    let auth: Auth<Account> = Auth::builder(store)
        .login_path("/login")
        .insecure_dev()
        .build()?;
    let app = Router::new()
        .route("/", get(home))
        .route("/account", get(account))
        .route("/login", post(login))
        .route("/login-by-hand", post(login_by_hand))
        .route("/logout", post(logout))
        .with_state(auth);
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app).await?;
    Ok(())
}

#[with_locals(user = Account)]
async fn home() -> Result<Html<String>, locals::Error> {
    let Some((_, account)) = locals.get_session_user().await? else {
        return Ok(Html("hello, stranger".into()));
    };
    Ok(Html(format!("hello, {}", account.email)))
}

#[with_locals(user = Account, required)]
async fn account() -> Html<String> {
    let (session, account) = locals.get_session_user();
    Html(format!(
        "{} {} {} {}",
        account.id,
        account.email,
        account.admin,
        session.id()
    ))
}

#[with_locals(user = Account)]
async fn login(Form(credentials): Form<Credentials>) -> Result<Redirect, Error> {
    locals.sign_in(credentials.id).await?;
    Ok(Redirect::to("/"))
}

#[with_locals(user = Account)]
async fn login_by_hand(
    State(auth): State<Auth<Account>>,
    Form(credentials): Form<Credentials>,
) -> Result<Redirect, Error> {
    let session = auth.create_session(credentials.id).await?;
    locals.set_session(&session);
    Ok(Redirect::to("/"))
}

#[with_locals(user = Account)]
async fn logout() -> Result<Redirect, Error> {
    locals.sign_out().await?;
    Ok(Redirect::to("/"))
}

fn main() {
    drop(serve());
}
