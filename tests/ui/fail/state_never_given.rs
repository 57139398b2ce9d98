use axum::{Router, response::Html, routing::get};
use locals::with_locals;

#[with_locals]
async fn home() -> Html<&'static str> {
    locals.clear_session();
    Html("home")
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(home));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
