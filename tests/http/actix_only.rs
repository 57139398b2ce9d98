//! What only handlers of actix-web can be, and what only its applications do.

mod application;
mod middleware;
mod routing;
mod shapes;
mod streams;

use actix_web::web::ServiceConfig;

/// Every site on actix-web has these too.
pub(crate) fn routes(routes: &mut ServiceConfig) {
    routing::routes(routes);
    shapes::routes(routes);
    streams::routes(routes);
}
