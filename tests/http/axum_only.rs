//! What only handlers of axum can be.

mod middleware;
mod one_load;
mod shapes;
mod streams;

use axum::Router;

use crate::framework::App;

/// Every site on axum has these too.
pub(crate) fn routes() -> Router<App> {
    shapes::routes().merge(streams::routes())
}
