//! Caches that listen to a field of their own before they look at `Cache-Control` (RFC 9213).

use super::{ACTIVE, site};
use crate::rig::{ADA, Reply, Server, on_every_server};

const LISTENED_TO: [&str; 7] = [
    "akamai-cache-control",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "edge-control",
    "surrogate-control",
    "vercel-cdn-cache-control",
    "x-accel-expires",
];

const HOUR: &str = "max-age=3600";

/// A query that has a handler of `/says` allow every cache an hour; one of them hears it twice.
fn everything() -> String {
    let fields = LISTENED_TO.map(|name| format!("{name}={HOUR}")).join("&");
    format!("cache-control=public&{fields}&surrogate-control=public")
}

fn is_stored_nowhere(reply: &Reply, what: &str) {
    assert!(reply.our_cookie().is_some(), "{what}: {reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{what}");
    for name in LISTENED_TO {
        assert_eq!(reply.headers(name).len(), 0, "{what}: {name}");
    }
}

on_every_server! {
    async fn g_01_no_field_of_a_cache_overrules_no_store(server: Server) {
        let site = site(server).await;
        let everything = everything();
        for target in [
            "/says/sets",
            "/says/clears",
            "/says/signs-in",
            "/says/signs-out",
            "/behind/says/sets",
            "/checked/says/signs-out",
        ] {
            for status in [200, 304, 401] {
                let token = site.log_in(ADA).await;
                let target = format!("{target}?status={status}&{everything}");
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(reply.status, status);
                is_stored_nowhere(&reply, &target);
            }
        }
    }

    async fn g_01_each_field_of_a_cache_goes_by_itself(server: Server) {
        let site = site(server).await;
        for name in LISTENED_TO {
            let target = format!("/says/sets?{name}={HOUR}");
            is_stored_nowhere(&site.get(&target).send().await, &target);
        }
    }

    /// Behind a gate the gate renews; in the last line the handler sets a cookie by hand.
    async fn g_01_no_field_of_a_cache_overrules_a_renewal(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        let everything = everything();
        for target in [
            "/says/asks?",
            "/says/eager?",
            "/says/required?",
            "/checked/says/asks?",
            "/behind/says/untouched?",
            "/admins/says/asks?",
            "/anyone/says/required?",
            "/checked/says/untouched?set-cookie=__Host-session%3Dby-hand&",
        ] {
            site.clock.advance(ACTIVE);
            let reply = site.get(&format!("{target}{everything}")).session(&token).send().await;
            is_stored_nowhere(&reply, target);
        }
    }

    async fn g_01_without_a_cookie_of_ours_the_fields_of_caches_stay(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        let said = LISTENED_TO.map(|name| format!("{name}={HOUR}")).join("&");
        for (target, signed_in) in [
            ("/says/untouched", false),
            ("/says/asks", false),
            ("/says/eager", false),
            ("/says/signs-out", false),
            ("/checked/says/untouched", false),
            ("/says/untouched", true),
            ("/says/asks", true),
            ("/says/eager", true),
            ("/says/required", true),
            ("/behind/says/untouched", true),
            ("/behind/says/required", true),
        ] {
            let said = format!("{said}&cache-control=public&set-cookie=a%3D1");
            let request = site.get(&format!("{target}?{said}"));
            let request = if signed_in { request.session(&token) } else { request };
            let reply = request.send().await;
            assert_eq!(reply.set_cookies(), [b"a=1"], "{target}");
            assert_eq!(reply.header("cache-control"), Some("public"), "{target}");
            for name in LISTENED_TO {
                assert_eq!(reply.header(name), Some(HOUR), "{target}: {name}");
            }
        }
    }
}
