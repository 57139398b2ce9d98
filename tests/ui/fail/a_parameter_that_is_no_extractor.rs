use axum::{Router, response::Html, routing::get};
use locals::{Auth, with_locals};

#[with_locals]
async fn page(number: u32) -> Html<String> {
    locals.clear_session();
    Html(number.to_string())
}

fn main() {
    let _: Router<Auth> = Router::new().route("/", get(page));
}
