use axum::response::Html;
use locals::with_locals;

#[with_locals]
async fn home() -> Html<String> {
    let session = locals.get_session().await?;
    Html(format!("{}", session.is_some()))
}

fn main() {}
