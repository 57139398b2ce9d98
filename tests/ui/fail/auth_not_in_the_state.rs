use axum::{Router, routing::get};
use locals::with_locals;

#[with_locals]
async fn home() {
    locals.clear_session();
}

fn main() {
    let _: Router = Router::new().route("/", get(home)).with_state(());
}
