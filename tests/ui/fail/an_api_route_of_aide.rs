use aide::axum::{ApiRouter, routing::get};
use locals::{Auth, with_locals};

#[with_locals]
async fn home() -> &'static str {
    "home"
}

fn main() {
    let _: ApiRouter<Auth> = ApiRouter::new().api_route("/", get(home));
}
