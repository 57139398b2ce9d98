//! A handler whose extractor rejects the request does not run; its flush does.

use std::time::Duration;

use crate::rig::{ADA, RequestTo, Site, Token, on_every_server};

const PAST_ACTIVE: Duration = Duration::from_secs(24 * 60 * 60 + 1);

/// A target, a body, and the status and the words of the framework's rejection.
fn rejected(site: &Site) -> [(&'static str, &'static str, u16, &'static str); 3] {
    let [path, query, body] = site.framework.rejection_words();
    [
        ("/x?u=1", "[1]", site.framework.rejected_path(), path),
        ("/7?u=x", "[1]", 400, query),
        ("/7?u=1", "[1", 400, body),
    ]
}

fn request<'site>(site: &'site Site, target: &str, body: &str, token: &Token) -> RequestTo<'site> {
    site.post(target)
        .body("application/json", body)
        .session(token)
}

on_every_server! {
    /// First, in the middle, last: the renewed session's cookie is on the rejection.
    async fn b_10_a_rejected_extractor_keeps_the_renewed_cookie(site: Site) {
        let token = site.log_in(ADA).await;
        for kind in ["/eager", "/required"] {
            for (target, body, status, rejection) in rejected(&site) {
                site.clock.advance(PAST_ACTIVE);
                site.store.reset();
                let reply = request(&site, &format!("{kind}{target}"), body, &token).send().await;
                assert_eq!(reply.status, status, "{kind}{target}");
                assert!(reply.text().contains(rejection), "{kind}{target}: {}", reply.text());
                let cookie = reply.our_cookie().expect("a renewed session's cookie");
                assert_eq!(cookie.token(), token, "{kind}{target}");
                assert_eq!(site.store.calls().writes(), 1, "{kind}{target}: one renewal");
            }
        }
    }

    async fn b_09_a_rejected_extractor_sends_no_cookie_of_an_unchanged_session(site: Site) {
        let token = site.log_in(ADA).await;
        for (target, body, status, rejection) in rejected(&site) {
            let reply = request(&site, &format!("/eager{target}"), body, &token).send().await;
            assert_eq!(reply.status, status, "{target}");
            assert!(reply.text().contains(rejection), "{target}: {}", reply.text());
            assert_eq!(reply.set_cookies().len(), 0, "{target}");
        }
    }

    /// Lazy: the handler did not run, so nobody asked for the session.
    async fn b_10_a_rejected_lazy_handler_asks_nothing_of_the_store(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(PAST_ACTIVE);
        site.store.reset();
        for (target, body, status, rejection) in rejected(&site) {
            let reply = request(&site, &format!("/lazy{target}"), body, &token).send().await;
            assert_eq!(reply.status, status, "{target}");
            assert!(reply.text().contains(rejection), "{target}: {}", reply.text());
            assert_eq!(reply.set_cookies().len(), 0, "{target}");
        }
        assert_eq!(site.store.calls().total(), 0);
        let reply = request(&site, "/lazy/7?u=1", "[1]", &token).send().await;
        assert_eq!((reply.status, reply.text()), (200, "ran"));
    }
}
