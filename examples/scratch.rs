//! x
use axum::{Form, Router, extract::State, response::{Html, Redirect, IntoResponse}, routing::{get, post}};
use locals::{Auth, MemoryStore, with_locals};

#[derive(Clone, serde::Deserialize)]
struct Account { id: i64, email: String, admin: bool }

#[with_locals(user = Account)]
async fn home() -> Result<Html<String>, locals::Error> {
    let Some((_, account)) = locals.get_session_user().await? else {
        return Ok(Html("hello, stranger".into()));
    };
    Ok(Html(format!("hello, {} {} {}", account.email, account.id, account.admin)))
}
#[with_locals(user = Account, required, redirect = "/login")]
async fn account() -> impl IntoResponse { locals.get_session_user().1.email.clone() }
#[with_locals(user = Account)]
async fn login(State(_a): State<Auth<Account>>, Form(f): Form<Account>) -> Result<Redirect, locals::Error> {
    locals.sign_in(f.id).await?;
    Ok(Redirect::to("/"))
}
#[with_locals(user = Account)]
async fn never(_b: String) -> ! { loop { tokio::task::yield_now().await } }
#[with_locals(user = Account, eager)]
async fn unit() { let _ = locals.get_session(); }

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth: Auth<Account> = Auth::builder(MemoryStore::new())
      .users_with(|id: &locals::UserId| { let id = id.parse(); async move { Ok::<_, std::num::ParseIntError>(Some(Account { id: id?, email: "a".into(), admin: false })) } })
      .login_path("/login").insecure_dev().build()?;
    let app = Router::new()
        .route("/", get(home))
        .route("/account", get(account))
        .route("/login", post(login))
        .route("/x", post(unit)).route("/never", post(never))
        .with_state(auth);
    axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3456").await?, app).await?;
    Ok(())
}
