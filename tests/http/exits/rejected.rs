//! A handler whose extractor rejects the request does not run; its flush does.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Path, Query},
    routing::post,
};
use locals::with_locals;

use crate::{
    app::Who,
    rig::{ADA, Account, Backend, RequestTo, Settings, Site, Token, on_both_stores},
};

const PAST_ACTIVE: Duration = Duration::from_secs(24 * 60 * 60 + 1);

/// A target, a body, and what axum's rejection speaks of.
const REJECTED: [(&str, &str, &str); 3] = [
    ("/x?u=1", "[1]", "Invalid URL"),
    ("/7?u=x", "[1]", "query string"),
    ("/7?u=1", "[1", "JSON"),
];

async fn site(backend: Backend) -> Site {
    let routes = Router::new()
        .route("/eager/{number}", post(eager))
        .route("/required/{number}", post(required))
        .route("/lazy/{number}", post(lazy));
    Site::with(backend, Settings::default(), routes).await
}

fn request<'site>(site: &'site Site, target: &str, body: &str, token: &Token) -> RequestTo<'site> {
    site.post(target)
        .body("application/json", body)
        .session(token)
}

on_both_stores! {
    /// First, in the middle, last: the renewed session's cookie is on the rejection.
    async fn b_10_a_rejected_extractor_keeps_the_renewed_cookie(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        for kind in ["/eager", "/required"] {
            for (target, body, rejection) in REJECTED {
                site.clock.advance(PAST_ACTIVE);
                site.store.reset();
                let reply = request(&site, &format!("{kind}{target}"), body, &token).send().await;
                assert_eq!(reply.status, 400, "{kind}{target}");
                assert!(reply.text().contains(rejection), "{kind}{target}: {}", reply.text());
                let cookie = reply.our_cookie().expect("a renewed session's cookie");
                assert_eq!(cookie.token(), token, "{kind}{target}");
                assert_eq!(site.store.calls().writes(), 1, "{kind}{target}: one renewal");
            }
        }
    }

    async fn b_09_a_rejected_extractor_sends_no_cookie_of_an_unchanged_session(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        for (target, body, rejection) in REJECTED {
            let reply = request(&site, &format!("/eager{target}"), body, &token).send().await;
            assert!(reply.text().contains(rejection), "{target}: {}", reply.text());
            assert_eq!(reply.set_cookies().len(), 0, "{target}");
        }
    }

    /// Lazy: the handler did not run, so nobody asked for the session.
    async fn b_10_a_rejected_lazy_handler_asks_nothing_of_the_store(backend: Backend) {
        let site = site(backend).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(PAST_ACTIVE);
        site.store.reset();
        for (target, body, rejection) in REJECTED {
            let reply = request(&site, &format!("/lazy{target}"), body, &token).send().await;
            assert!(reply.text().contains(rejection), "{target}: {}", reply.text());
            assert_eq!(reply.set_cookies().len(), 0, "{target}");
        }
        assert_eq!(site.store.calls().total(), 0);
        let reply = request(&site, "/lazy/7?u=1", "[1]", &token).send().await;
        assert_eq!((reply.status, reply.text()), (200, "ran"));
    }
}

#[with_locals(user = Account, eager)]
async fn eager(
    Path(_number): Path<u32>,
    Query(_who): Query<Who>,
    Json(_bytes): Json<Vec<u8>>,
) -> &'static str {
    "ran"
}

#[with_locals(user = Account, required)]
async fn required(
    Path(_number): Path<u32>,
    Query(_who): Query<Who>,
    Json(_bytes): Json<Vec<u8>>,
) -> &'static str {
    "ran"
}

#[with_locals(user = Account)]
async fn lazy(
    Path(_number): Path<u32>,
    Query(_who): Query<Who>,
    Json(_bytes): Json<Vec<u8>>,
) -> &'static str {
    "ran"
}
