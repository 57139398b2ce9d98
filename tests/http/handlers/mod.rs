//! The handlers of every site.
//!
//! This text stands once and is compiled for each framework, with that framework's `prelude`. A file
//! is named after the tests that call its handlers, `sign_in` after `lifecycle::sign_in`; those of
//! `app` are everybody's.

use super::prelude;

mod app;
mod bodies;
mod caching;
mod csrf;
mod cut_short;
mod exits;
mod getters;
mod late;
mod lifecycle;
mod logs;
mod outage;
mod parsing;
mod races;
mod rejected;
mod required;
mod revocation;
mod security_stamp;
mod set_cookie;
mod shapes;
mod sign_in;
mod sign_in_options;
mod visitor;

pub(super) use self::{csrf::guarded, required::account};
use prelude::{Response, Routes, response};

pub(super) fn routes(routes: &mut Routes) {
    for add in [
        app::routes,
        bodies::routes,
        caching::routes,
        csrf::routes,
        cut_short::routes,
        exits::routes,
        getters::routes,
        late::routes,
        lifecycle::routes,
        logs::routes,
        outage::routes,
        parsing::routes,
        races::routes,
        rejected::routes,
        required::routes,
        revocation::routes,
        security_stamp::routes,
        set_cookie::routes,
        shapes::routes,
        sign_in::routes,
        sign_in_options::routes,
        visitor::routes,
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
