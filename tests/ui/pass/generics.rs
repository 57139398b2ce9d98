//! Type, const and lifetime parameters, `where` clauses, and a state of the application's own.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use std::fmt::Display;

use axum::{
    Json, Router,
    extract::{FromRef, Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use locals::{Auth, Error, Guard, Session, with_locals};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Clone, Deserialize)]
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

trait Repository: Clone + Send + Sync + 'static {
    type Item: Serialize + Send;

    fn all(&self) -> Vec<Self::Item>;
}

#[derive(Clone)]
struct Shelf;

impl Repository for Shelf {
    type Item = String;

    fn all(&self) -> Vec<String> {
        vec!["Lolly Willowes".to_owned()]
    }
}

#[derive(Clone)]
struct App<R> {
    auth: Auth<Account>,
    repository: R,
}

impl<R> FromRef<App<R>> for Auth<Account> {
    fn from_ref(app: &App<R>) -> Self {
        app.auth.clone()
    }
}

impl FromRef<App<Shelf>> for Shelf {
    fn from_ref(app: &App<Shelf>) -> Self {
        app.repository.clone()
    }
}

struct Line<'a>(&'a str);

impl IntoResponse for Line<'_> {
    fn into_response(self) -> Response {
        self.0.to_owned().into_response()
    }
}

#[with_locals(user = Account)]
async fn list<R>(State(repository): State<R>) -> Result<Json<Vec<R::Item>>, Error>
where
    R: Repository,
    R::Item: Clone,
{
    if locals.get_session().await?.is_none() {
        return Ok(Json(Vec::new()));
    }
    Ok(Json(repository.all()))
}

#[with_locals(user = Account)]
async fn parsed<T: DeserializeOwned + Display + Send>(Path(value): Path<T>) -> impl IntoResponse {
    locals.clear_session();
    value.to_string()
}

#[with_locals(user = Account)]
async fn stepped<const STEP: u32>(Path(id): Path<u32>) -> String {
    locals.clear_session();
    (id + STEP).to_string()
}

#[with_locals(user = Account)]
async fn a_free_lifetime<'a>(Path(id): Path<u32>) -> Line<'a> {
    locals.clear_session();
    if id == 0 {
        return Line("none");
    }
    Line("some")
}

#[with_locals(user = U, eager)]
async fn any_user<U>() -> String
where
    U: DeserializeOwned + Send + Sync + 'static,
{
    locals.get_session_user().is_some().to_string()
}

#[with_locals(user = Account, required(G))]
async fn any_guard<G: Guard<Account>>() -> String {
    locals.get_session_user().1.email.clone()
}

#[derive(Clone)]
struct Wing<R, const SHELVES: usize>([R; SHELVES]);

impl<R: Repository, const SHELVES: usize> Wing<R, SHELVES> {
    #[with_locals(user = Account)]
    async fn count<T>(&self, Path(factor): Path<T>) -> String
    where
        T: Into<u64> + Send,
    {
        locals.clear_session();
        let books: usize = self.0.iter().map(|shelf| shelf.all().len()).sum();
        let factor: u64 = factor.into();
        format!("{books} times {factor}")
    }
}

fn main() {
    let wing = Wing([Shelf, Shelf]);
    let _: Router<App<Shelf>> = Router::new()
        .route("/list", get(list::<Shelf>))
        .route("/parsed/{value}", get(parsed::<i64>))
        .route("/stepped/{id}", get(stepped::<2>))
        .route("/lifetime/{id}", get(a_free_lifetime))
        .route("/guard", get(any_guard::<Admin>))
        .route(
            "/count/{factor}",
            get(move |request| async move { wing.count::<u32>(request).await }),
        );
    let _: Router<Auth<String>> = Router::new().route("/user", get(any_user::<String>));
}
