//! What is behind the requests.

use axum::extract::Path;
use locals::with_locals;
use locals_bench::application::{Account, email};

#[with_locals(user = Account)]
pub async fn untouched() -> String {
    email(1)
}

#[with_locals(user = Account)]
pub async fn used() -> Result<String, locals::Error> {
    Ok(match locals.get_session_user().await? {
        Some((_, account)) => account.email.clone(),
        None => String::new(),
    })
}

#[with_locals(user = Account, required)]
pub async fn required() -> String {
    let (_, account) = locals.get_session_user();
    account.email.clone()
}

#[with_locals(user = Account)]
pub async fn sign_in(Path(user): Path<i64>) -> Result<String, locals::Error> {
    locals.sign_in(user).await?;
    Ok(String::new())
}

#[with_locals(user = Account)]
pub async fn sign_out() -> Result<String, locals::Error> {
    locals.sign_out().await?;
    Ok(String::new())
}
