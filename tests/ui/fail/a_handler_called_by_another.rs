use axum::response::Html;
use locals::with_locals;

#[with_locals]
async fn home() -> Html<&'static str> {
    locals.clear_session();
    Html("home")
}

#[with_locals]
async fn index() -> Html<&'static str> {
    locals.clear_session();
    drop(home().await);
    Html("index")
}

fn main() {}
