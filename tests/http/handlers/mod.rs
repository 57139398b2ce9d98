//! The handlers of every site.
//!
//! This text stands once and is compiled for each framework, with that framework's `prelude`.

use super::prelude;

mod app;
mod caching;
mod cookies;
mod csrf;
mod cut_short;
mod exits;
mod lifecycle;
mod outage;
mod overtaken;
mod rejected;
mod required;
mod seeds;
mod shapes;
mod together;

pub(super) use self::{csrf::guarded, required::account};
use prelude::{Response, Routes, response};

pub(super) fn routes(routes: &mut Routes) {
    for add in [
        app::routes,
        caching::routes,
        cookies::routes,
        csrf::routes,
        cut_short::routes,
        exits::routes,
        lifecycle::routes,
        outage::routes,
        overtaken::routes,
        rejected::routes,
        required::routes,
        seeds::routes,
        shapes::routes,
        together::routes,
    ] {
        add(routes);
    }
}

/// 200 and a text.
fn text(text: impl Into<String>) -> Response {
    response(200, &[("content-type", b"text/plain; charset=utf-8")], text)
}

/// A status and nothing else.
fn status(status: u16) -> Response {
    response(status, &[], "")
}
