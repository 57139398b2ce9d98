use axum::{Router, routing::get};
use locals::{Auth, with_locals};

#[derive(serde::Deserialize)]
struct Account {
    id: i64,
}

// `user = Account` is missing.
#[with_locals]
async fn home() {
    locals.clear_session();
}

fn app(auth: Auth<Account>) -> Router {
    Router::new().route("/", get(home)).with_state(auth)
}

fn main() {}
