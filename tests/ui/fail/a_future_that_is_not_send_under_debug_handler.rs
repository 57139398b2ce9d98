use axum::{Router, response::Html, routing::get};
use locals::{Auth, with_locals};
use std::rc::Rc;

#[with_locals]
#[axum::debug_handler(state = Auth)]
async fn home() -> Html<String> {
    let title = Rc::new(String::from("home"));
    let known = locals.get_session().await.is_ok();
    Html(format!("{title} {known}"))
}

fn main() {
    let _: Router<Auth> = Router::new().route("/", get(home));
}
