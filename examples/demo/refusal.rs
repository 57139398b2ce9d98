//! Pages for those whom the library refuses in a handler's place.

use axum::http::StatusCode;
use locals::{PlainResponse, Refusal, RefusalReason};

use crate::{
    error::failure,
    view::{Page, notice},
};

/// The demo's own look for whoever reads pages; a program is told by the library.
pub(crate) fn answer(refusal: &Refusal<'_>) -> Option<PlainResponse> {
    if !is_navigation(refusal) {
        return None;
    }
    page(refusal).map(Page::into_plain)
}

/// Where the browser says what it is about, nothing is guessed.
fn is_navigation(refusal: &Refusal<'_>) -> bool {
    match refusal.header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => refusal
            .header("accept")
            .is_some_and(|accepted| accepted.contains("text/html")),
    }
}

fn page(refusal: &Refusal<'_>) -> Option<Page> {
    let page = match refusal.reason() {
        RefusalReason::SignedOut => return signed_out(refusal),
        RefusalReason::Forbidden => notice(
            StatusCode::FORBIDDEN,
            "Not yours to see",
            "You are signed in, but this page is for somebody with more rights.",
            ("/account", "Your account"),
        ),
        RefusalReason::CrossSite => notice(
            StatusCode::FORBIDDEN,
            "That came from another site",
            "What it asked for was not done. If it was your wish, do it from a page of this site.",
            ("/", "Home"),
        ),
        RefusalReason::StoreFailed => failure(StatusCode::SERVICE_UNAVAILABLE),
        RefusalReason::UserUnreadable => failure(StatusCode::INTERNAL_SERVER_ERROR),
        _ => return None,
    };
    Some(page)
}

/// A page leads to the form, which is the library's way. An address for programs leads nobody away by
/// itself: a link to the form will do.
fn signed_out(refusal: &Refusal<'_>) -> Option<Page> {
    let login = refusal.login_url();
    if login.is_some() && !refusal.path().starts_with("/api/") {
        return None;
    }
    let text = "This address tells you who you are, once you are signed in.";
    let way_on = (login.unwrap_or("/login"), "Sign in");
    Some(notice(
        StatusCode::UNAUTHORIZED,
        "Sign in first",
        text,
        way_on,
    ))
}
