//! For tests (feature `testing`): a clock to set, a store that fails on demand, a browser that is signed
//! in, a way to call one handler, the promises of a store as a suite, and a checker of what clients saw.

mod browser;
mod calling;
mod clock;
pub mod conformance;
pub mod history;
mod probe;

pub use crate::token::RandomError as EntropyError;
pub use browser::{Browser, BrowserRequest, SetCookies};
#[cfg(feature = "axum")]
pub use calling::call;
#[cfg(feature = "actix-web")]
pub use calling::call_actix;
pub use clock::TestClock;
pub use probe::{Calls, Probe, ProbeControl};

use crate::{Auth, Error, UserId};

/// A `Cookie` header value of a user who has just signed in: `__Host-session=…`.
///
/// For tests whose requests no [`Browser`] makes. They need two headers: this one, and, for every method
/// but `GET`, `HEAD` and `OPTIONS`, `Sec-Fetch-Site: same-origin`, without which the origin check refuses a
/// request that carries the cookie (403). Existing tests of an application that signs in by its own form
/// need the second one only.
///
/// ```
/// use locals::{Auth, MemoryStore, testing::cookie_for};
///
/// # async fn show() -> Result<(), Box<dyn std::error::Error>> {
/// let auth: Auth = Auth::builder(MemoryStore::new()).build()?;
/// let cookie = cookie_for(&auth, "ada").await?;
/// assert!(cookie.starts_with("__Host-session="));
/// # Ok(()) }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(show())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`Auth::create_session`].
pub async fn cookie_for<U: Send + Sync + 'static>(
    auth: &Auth<U>,
    user_id: impl Into<UserId>,
) -> Result<String, Error> {
    let session = auth.create_session(user_id).await?;
    let name = &auth.config().cookie.name;
    Ok(format!("{name}={}", session.token().expose()))
}
