//! Type, const and lifetime parameters, `where` clauses, and a state of the application's own.

use super::{
    accounts::{Account, Admin, auth},
    asking::{expect, expect_of},
    receivers::Line,
};
use axum::{
    Router,
    extract::{FromRef, Path, State},
    response::IntoResponse,
    routing::get,
};
use locals::{Auth, Error, Guard, UserId, with_locals};
use std::fmt::Display;

trait Repository: Clone + Send + Sync + 'static {
    type Item: Display + Send;

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

#[with_locals(user = Account)]
async fn list<R>(State(repository): State<R>) -> Result<String, Error>
where
    R: Repository,
    R::Item: Clone,
{
    locals.clear_session();
    if locals.get_session().await?.is_none() {
        return Ok(String::new());
    }
    let items = repository.all();
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    Ok(items.join(", "))
}

#[with_locals(user = Account)]
async fn shown<T: Display + Send>(Path(value): Path<T>) -> impl IntoResponse {
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
    U: Display + Send + Sync + 'static,
{
    locals.clear_session();
    locals
        .get_session_user()
        .map_or_else(String::new, |(_, user)| user.to_string())
}

#[with_locals(user = Account, required(G))]
async fn any_guard<G: Guard<Account>>() -> String {
    locals.clear_session();
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

#[tokio::test]
async fn every_generic_handler_answers() {
    let wing = Wing([Shelf, Shelf]);
    let app = App {
        auth: auth(),
        repository: Shelf,
    };
    let auth = app.auth.clone();
    let routes = Router::new()
        .route("/list", get(list::<Shelf>))
        .route("/shown/{value}", get(shown::<i64>))
        .route("/stepped/{id}", get(stepped::<2>))
        .route("/lifetime/{id}", get(a_free_lifetime))
        .route("/guard", get(any_guard::<Admin>))
        .route(
            "/count/{factor}",
            get(move |request| async move { wing.count::<u32>(request).await }),
        )
        .with_state(app);
    expect_of(
        &auth,
        routes,
        &[
            ("/list", 200, "Lolly Willowes"),
            ("/shown/-3", 200, "-3"),
            ("/stepped/5", 200, "7"),
            ("/lifetime/0", 200, "none"),
            ("/lifetime/1", 200, "some"),
            ("/guard", 200, "ada@example.com"),
            ("/count/3", 200, "2 times 3"),
        ],
    )
    .await;
    let routes = Router::new().route("/user", get(any_user::<UserId>));
    expect(routes, &[("/user", 200, "ada")]).await;
}
