//! What caches are told: `Vary` and `Cache-Control` of answers that know the session.

mod fields;
mod shared;

use std::time::Duration;

use crate::rig::{ADA, BOB, Reply, Server, Settings, Site, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const HTML: &str = "text/html";

async fn site(server: Server) -> Site {
    let settings = Settings {
        login_path: Some("/login"),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

/// The fields of every `Vary` line, in lower case, sorted.
fn vary(reply: &Reply) -> Vec<String> {
    let lines = reply.headers("vary");
    let fields = lines
        .iter()
        .flat_map(|line| line.split(|&byte| byte == b','));
    let mut fields: Vec<_> = fields
        .map(|field| String::from_utf8_lossy(field.trim_ascii()).to_ascii_lowercase())
        .collect();
    fields.sort();
    fields
}

fn cache_control(reply: &Reply) -> Option<&str> {
    reply.header("cache-control")
}

on_every_server! {
    async fn g_01_an_answer_with_our_cookie_is_not_stored(server: Server) {
        let site = site(server).await;
        for target in ["/early", "/question-mark", "/stream", "/says/sets", "/says/clears"] {
            let reply = site.get(target).send().await;
            assert!(reply.our_cookie().is_some(), "{target}");
            assert_eq!(cache_control(&reply), Some("no-store"), "{target}");
        }
        let token = site.log_in(ADA).await;
        for target in ["/login?u=2", "/twice", "/sudo", "/logout-cookie-only", "/logout"] {
            let token = site.log_in(ADA).await;
            let reply = site.post(target).session(&token).send().await;
            assert!(reply.our_cookie().is_some(), "{target}");
            assert_eq!(cache_control(&reply), Some("no-store"), "{target}");
        }
        site.clock.advance(ACTIVE);
        let renewed = site.get("/whoami").session(&token).send().await;
        assert!(renewed.our_cookie().is_some());
        assert_eq!(cache_control(&renewed), Some("no-store"));
    }

    /// `header` sees to it that the line stands there once.
    async fn g_01_no_store_replaces_what_the_handler_said(server: Server) {
        let site = site(server).await;
        for said in [
            "cache-control=public,%20max-age=3600",
            "cache-control=private",
            "cache-control=no-store",
            "cache-control=public&cache-control=max-age=3600",
        ] {
            for target in ["/says/sets", "/says/clears"] {
                let reply = site.get(&format!("{target}?{said}")).send().await;
                assert_eq!(cache_control(&reply), Some("no-store"), "{target}?{said}");
            }
        }
    }

    async fn g_02_an_answer_that_could_know_the_session_varies_by_cookie(server: Server) {
        let site = site(server).await;
        let bob = site.log_in(BOB).await;
        let varies = |reply: &Reply| vary(reply).iter().filter(|name| *name == "cookie").count();
        let asking = ["/says/asks", "/says/sets", "/says/clears", "/says/eager", "/says/eager-rejects"];
        for target in asking.into_iter().chain(["/says/required", "/says/admin"]) {
            for status in [200, 404, 500] {
                let target = format!("{target}?status={status}");
                let anonymous = site.get(&target).send().await;
                assert_eq!(varies(&anonymous), 1, "{target}");
                let signed_in = site.get(&target).session(&bob).send().await;
                assert_eq!(varies(&signed_in), 1, "{target} as Bob");
                let unknown = site.get(&target).cookie_header("__Host-session=x").send().await;
                assert_eq!(varies(&unknown), 1, "{target} with a strange cookie");
            }
        }
        let to_login = site.get("/says/required").header("Accept", HTML).send().await;
        assert_eq!((to_login.status, varies(&to_login)), (303, 1));
        site.clock.advance(ACTIVE);
        let renewed = site.get("/says/asks").session(&bob).send().await;
        assert!(renewed.our_cookie().is_some());
        assert_eq!(varies(&renewed), 1);
    }

    async fn g_02_vary_is_merged_with_the_handlers_own(server: Server) {
        let site = site(server).await;
        for (said, expected) in [
            ("vary=Accept-Encoding", &["accept-encoding", "cookie"][..]),
            ("vary=Cookie", &["cookie"]),
            ("vary=cookie", &["cookie"]),
            ("vary=Accept-Encoding,%20COOKIE", &["accept-encoding", "cookie"]),
            ("vary=Accept,Origin", &["accept", "cookie", "origin"]),
            ("vary=Accept&vary=Origin", &["accept", "cookie", "origin"]),
            ("vary=Accept&vary=Cookie", &["accept", "cookie"]),
            ("vary=X-Cookie", &["cookie", "x-cookie"]),
            ("vary=Cookie-Choice", &["cookie", "cookie-choice"]),
            ("vary=*", &["*"]),
        ] {
            for target in ["/says/asks", "/says/sets", "/says/clears", "/says/eager"] {
                let reply = site.get(&format!("{target}?{said}")).send().await;
                assert_eq!(vary(&reply), expected, "{target}?{said}");
            }
        }
    }

    /// That there is nobody to sign out is what the cookie said.
    async fn g_02_a_sign_out_of_nobody_varies_by_cookie(site: Site) {
        for target in ["/logout", "/everywhere", "/checked/logout"] {
            let reply = site.post(target).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (200, 0), "{target}");
            assert_eq!(vary(&reply), ["cookie"], "{target}");
        }
        let merged = site.get("/says/signs-out?vary=Accept-Encoding").send().await;
        assert_eq!(vary(&merged), ["accept-encoding", "cookie"]);
    }

    async fn g_02_a_lazy_handler_that_asks_nothing_adds_nothing(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        for said in ["", "vary=Accept-Encoding", "cache-control=public,%20max-age=60"] {
            let target = format!("/says/untouched?{said}");
            for request in [site.get(&target), site.get(&target).session(&token)] {
                let reply = request.send().await;
                let vary = said.starts_with("vary").then_some("Accept-Encoding");
                let cached = said.starts_with("cache").then_some("public, max-age=60");
                assert_eq!(reply.header("vary"), vary, "{said}");
                assert_eq!(cache_control(&reply), cached, "{said}");
                assert_eq!(reply.set_cookies().len(), 0, "{said}");
            }
        }
    }

    async fn g_03_an_answer_that_found_a_session_is_private(server: Server) {
        let site = site(server).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        for target in ["/says/asks", "/says/eager", "/says/eager-rejects", "/says/required", "/says/admin"] {
            let reply = site.get(target).session(&ada).send().await;
            assert_eq!(cache_control(&reply), Some("private"), "{target}");
        }
        let refused = site.get("/says/admin").session(&bob).send().await;
        assert_eq!((refused.status, cache_control(&refused)), (403, Some("private")));
    }

    async fn g_03_an_answer_that_found_none_is_left_alone(server: Server) {
        let site = site(server).await;
        let ended = site.log_in(ADA).await;
        site.post("/logout").session(&ended).send().await;
        for target in ["/says/asks", "/says/eager", "/says/eager-rejects"] {
            for request in [site.get(target), site.get(target).session(&ended)] {
                assert_eq!(cache_control(&request.send().await), None, "{target}");
            }
        }
    }

    async fn g_03_the_handlers_own_cache_control_is_kept(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        for said in ["public, max-age=3600", "no-store", "no-cache", "max-age=0"] {
            for target in ["/says/asks", "/says/eager", "/says/required"] {
                let target = format!("{target}?cache-control={}", said.replace(' ', "%20"));
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(cache_control(&reply), Some(said), "{target}");
            }
        }
    }

    async fn g_04_a_sign_out_clears_the_sites_data_if_it_is_asked_to(server: Server) {
        for (clear_site_data, expected) in [
            (false, None),
            (true, Some(r#""cache", "cookies", "storage""#)),
        ] {
            let settings = Settings { clear_site_data, ..Settings::default() };
            let site = Site::with(server, settings).await;
            let token = site.log_in(ADA).await;
            let only = site.post("/logout-cookie-only").session(&token).send().await;
            assert_eq!(only.header("clear-site-data"), None);
            let reply = site.post("/logout").session(&token).send().await;
            assert_eq!(reply.header("clear-site-data"), expected);
        }
    }

    async fn g_05_not_modified_redirects_and_head_obey_too(server: Server) {
        let site = site(server).await;
        let token = site.log_in(ADA).await;
        for status in [200, 303, 304, 307, 401] {
            for head in [false, true] {
                let request = |target: &str| {
                    let target = format!("{target}?status={status}&location=/public");
                    if head { site.head(&target) } else { site.get(&target) }
                };
                let asks = request("/says/asks").session(&token).send().await;
                assert_eq!(asks.status, status);
                assert_eq!(vary(&asks), ["cookie"], "{status}");
                assert_eq!(cache_control(&asks), Some("private"), "{status}");
                let sets = request("/says/sets").session(&token).send().await;
                assert!(sets.our_cookie().is_some(), "{status}");
                assert_eq!(vary(&sets), ["cookie"], "{status}");
                assert_eq!(cache_control(&sets), Some("no-store"), "{status}");
            }
        }
    }
}
