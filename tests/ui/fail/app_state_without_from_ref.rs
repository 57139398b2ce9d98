use axum::{Router, routing::get};
use locals::{Auth, with_locals};

#[derive(Clone)]
struct App {
    auth: Auth,
}

#[with_locals]
async fn home() {
    locals.clear_session();
}

// `impl FromRef<App> for Auth` is missing.
fn app() -> Router<App> {
    Router::new().route("/", get(home))
}

fn main() {}
