//! A cache that everybody shares stands in front of the site.

use crate::rig::{ADA, BOB, SharedCache, Site, on_every_server};

on_every_server! {
    /// So that the tests below it can fail.
    async fn a_shared_cache_keeps_a_public_page(site: Site) {
        let cache = SharedCache::before(&site).await;
        let target = "/says/untouched?cache-control=public,%20max-age=3600";
        for hits in [0, 1, 2] {
            assert_eq!(cache.send(site.get(target)).await.text(), "said");
            assert_eq!(cache.hits(), hits);
        }
    }

    /// The handler that signs a stranger in calls its page public for an hour.
    async fn g_01_a_shared_cache_hands_nobody_anothers_cookie(site: Site) {
        let cache = SharedCache::before(&site).await;
        let mut tokens = Vec::new();
        for _ in 0..3 {
            let reply = cache.send(site.get("/personal?u=1")).await;
            assert_eq!(reply.text(), "user 1");
            let token = reply.our_cookie().expect("signed in").token();
            assert!(!tokens.contains(&token), "somebody else's");
            tokens.push(token);
        }
        assert_eq!((cache.hits(), site.rows().await), (0, 3));
    }

    /// The page of somebody who is known has no cookie in it, and stays as public as the handler
    /// says: it is the `Vary` that keeps it from the others.
    async fn g_01_a_shared_cache_shows_nobody_anothers_page(site: Site) {
        let cache = SharedCache::before(&site).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for _ in 0..2 {
            for (token, email) in [(&ada, "ada@example.com"), (&bob, "bob@example.com")] {
                let page = cache.send(site.get("/personal?u=3").session(token)).await;
                assert_eq!((page.text(), page.set_cookies().len()), (email, 0));
            }
        }
        assert_eq!(cache.hits(), 2, "each their own page again");
        let stranger = cache.send(site.get("/personal?u=3")).await;
        assert_eq!(stranger.text(), "user 3");
        assert!(stranger.our_cookie().is_some());
    }
}
