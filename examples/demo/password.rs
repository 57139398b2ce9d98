//! Password hashes: argon2id with the parameters that OWASP recommends.

use argon2::{
    Argon2, Params,
    password_hash::{Error, PasswordHasher, PasswordVerifier},
};
use tokio::sync::Semaphore;

use crate::error::AppError;

/// A hash in the making holds 19 MiB: a burst of sign-ins waits here instead of filling the memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

const SHORTEST: usize = 8;

/// What is wrong with a password that somebody chose.
pub(crate) fn problem(password: &str) -> Option<&'static str> {
    let is_short = password.chars().count() < SHORTEST;
    is_short.then_some("Choose a password of at least 8 characters.")
}

pub(crate) async fn hash(password: String) -> Result<String, AppError> {
    off_thread(move || {
        let hash = Argon2::default().hash_password(password.as_bytes())?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password is the one behind `stored`. Without a stored hash the answer is no, after
/// the same work: the time taken does not tell which e-mail addresses have an account.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, AppError> {
    off_thread(move || {
        let known = stored.is_some();
        let hash = stored.unwrap_or_else(nobodys_hash);
        match Argon2::default().verify_password(password.as_bytes(), hash.as_str()) {
            Ok(()) => Ok(known),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await
}

/// A hash of no password that takes as long to check as one that [`hash`] made.
fn nobodys_hash() -> String {
    format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        Params::DEFAULT_M_COST,
        Params::DEFAULT_T_COST,
        Params::DEFAULT_P_COST,
        "A".repeat(22),
        "A".repeat(43),
    )
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, AppError> {
    let turn = AT_ONCE.acquire().await.map_err(AppError::internal)?;
    tokio::task::spawn_blocking(move || {
        // Taken along: the work goes on even if the visitor does not wait for it.
        let _turn = turn;
        work()
    })
    .await
    .map_err(AppError::internal)?
    .map_err(AppError::internal)
}
