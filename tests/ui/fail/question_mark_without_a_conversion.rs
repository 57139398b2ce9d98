use axum::http::StatusCode;
use locals::with_locals;

#[with_locals]
async fn home() -> Result<String, StatusCode> {
    let session = locals.get_session().await?;
    Ok(session.is_some().to_string())
}

fn main() {}
