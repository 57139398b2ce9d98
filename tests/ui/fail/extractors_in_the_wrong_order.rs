use axum::{Form, Router, extract::State, response::Html, routing::post};
use locals::{Auth, with_locals};

#[derive(serde::Deserialize)]
struct Rename {
    name: String,
}

#[with_locals]
async fn rename(Form(form): Form<Rename>, State(_auth): State<Auth>) -> Html<String> {
    locals.clear_session();
    Html(form.name)
}

fn main() {
    let _: Router<Auth> = Router::new().route("/", post(rename));
}
