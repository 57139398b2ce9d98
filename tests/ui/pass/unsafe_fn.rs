//! An `async unsafe fn` stays unsafe to call, and its body is no more unsafe than any other's.
#![deny(warnings)]
#![warn(clippy::pedantic)]

use axum::{Router, extract::Path, routing::get};
use locals::{Auth, Error, with_locals};

/// # Safety
///
/// `id` is below 8.
unsafe fn bit(id: u32) -> u8 {
    1 << id
}

/// # Safety
///
/// The path ends in a number below 8.
#[with_locals]
async unsafe fn shelf(Path(id): Path<u32>) -> Result<String, Error> {
    let known = locals.get_session().await?.is_some();
    // SAFETY: this function's own condition.
    let bit = unsafe { bit(id) };
    Ok(format!("{known} {bit}"))
}

struct Shelves;

impl Shelves {
    /// # Safety
    ///
    /// The path ends in a number below 8.
    #[with_locals(eager)]
    async unsafe fn shelf(&self, Path(id): Path<u32>) -> String {
        let known = locals.get_session().is_some();
        // SAFETY: this function's own condition.
        let bit = unsafe { bit(id) };
        format!("{known} {bit}")
    }
}

fn main() {
    // SAFETY: nobody calls them.
    let _: Router<Auth> = Router::new()
        .route(
            "/function/{id}",
            get(|request| async move { unsafe { shelf(request).await } }),
        )
        .route(
            "/method/{id}",
            get(|request| async move { unsafe { Shelves.shelf(request).await } }),
        );
}
