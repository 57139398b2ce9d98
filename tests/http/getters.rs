//! What the getters say of a session: asked for once, the same until the request ends, whatever is
//! set for the next one.

use std::time::Duration;

use futures_util::future::join;

use crate::rig::{ADA, BOB, Site, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// The ids of `get_session` and of `current_session`.
type Seen = (Option<String>, Option<String>);

on_every_server! {
    async fn d_18_ten_calls_are_one_load(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let reply = site.get("/ten-times").session(&token).send().await;
        assert_eq!(reply.text(), ["ada@example.com"; 10].join(" "));
        assert_eq!(site.store.calls().load, 1);
        assert_eq!(site.store.calls().total(), 1, "session and user in one call");
    }

    async fn d_18_no_cookie_is_no_load(site: Site) {
        site.store.reset();
        assert_eq!(site.get("/ten-times").send().await.text(), ["nobody"; 10].join(" "));
        assert_eq!(site.store.calls().total(), 0);
    }

    /// The store answers none of them until all ten have asked.
    async fn d_18_ten_calls_at_once_are_one_load(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        site.store.hang();
        let store_answers = async {
            site.stage.asked.notified().await;
            site.store.heal();
        };
        let request = site.get("/at-once").session(&token).send();
        let (reply, ()) = join(request, store_answers).await;
        assert_eq!(reply.text(), "10 saw ada@example.com");
        assert_eq!(site.store.calls().total(), 1);
    }

    /// And `current_session` sees each change: set, cleared, set.
    async fn d_17_get_session_is_unchanged_by_set_and_clear(site: Site) {
        for kind in ["/sees/lazy", "/sees/eager", "/sees/required"] {
            let token = site.log_in(ADA).await;
            let reply = site.get(kind).session(&token).send().await;
            let seen: Vec<Seen> = serde_json::from_slice(&reply.body).expect(kind);
            let got: Vec<_> = seen.iter().map(|seen| seen.0.as_deref()).collect();
            assert_eq!(got, [Some(token.id()); 4], "{kind}");

            let set = reply.our_cookie().expect("the session that was set").token();
            assert_ne!(set, token);
            let current: Vec<_> = seen.iter().map(|seen| seen.1.as_deref()).collect();
            let expected = [Some(token.id()), Some(set.id()), None, Some(set.id())];
            assert_eq!(current, expected, "{kind}");
        }
    }

    async fn d_17_an_anonymous_request_stays_anonymous_when_a_session_is_set(site: Site) {
        for kind in ["/sees/lazy", "/sees/eager"] {
            let reply = site.get(kind).send().await;
            let seen: Vec<Seen> = serde_json::from_slice(&reply.body).expect(kind);
            assert!(seen.iter().all(|seen| seen.0.is_none()), "{kind}");
            let set = reply.our_cookie().expect("the session that was set").token();
            let current: Vec<_> = seen.iter().map(|seen| seen.1.as_deref()).collect();
            assert_eq!(current, [None, Some(set.id()), None, Some(set.id())], "{kind}");
        }
    }

    /// Both handlers run at the same time, and each answers with its own user.
    async fn d_17_two_requests_at_once_see_their_own_session(site: Site) {
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for _ in 0..10 {
            let (of_ada, of_bob) = join(
                site.post("/meet").session(&ada).send(),
                site.post("/meet").session(&bob).send(),
            )
            .await;
            assert_eq!(of_ada.text(), "ada@example.com ada@example.com");
            assert_eq!(of_bob.text(), "bob@example.com bob@example.com");
            assert!(of_ada.our_cookie().is_none(), "Ada keeps her cookie");
            assert!(of_bob.our_cookie().expect("Bob's is cleared").is_removal());
        }
    }

    async fn a_session_is_fresh_in_the_request_that_renewed_it(site: Site) {
        let token = site.log_in(ADA).await;
        let asked = async || {
            let reply = site.get("/fresh").session(&token).send().await;
            (reply.text().to_owned(), reply.our_cookie().map(|cookie| cookie.token()))
        };
        assert_eq!(asked().await, ("Some(false)".to_owned(), None));
        site.clock.advance(ACTIVE);
        assert_eq!(asked().await, ("Some(true)".to_owned(), Some(token.clone())));
        assert_eq!(asked().await, ("Some(false)".to_owned(), None));
    }

    async fn an_eager_handler_has_plain_getters(site: Site) {
        assert_eq!(site.get("/eager").send().await.text(), "nobody");
        let token = site.log_in(BOB).await;
        let reply = site.get("/eager").session(&token).send().await;
        assert_eq!(reply.text(), "bob@example.com as 2");
    }
}
