//! The session's `Set-Cookie`, octet for octet.

mod refused;

use std::time::Duration;

use locals::{CookieOptions, Lifetimes, SameSite};

use crate::rig::{ADA, Server, SetCookie, Settings, Site, on_every_server};

const DAY: u64 = 24 * 60 * 60;
const FOUR_HUNDRED_DAYS: u64 = 400 * DAY;

/// The attributes as a browser reads them: names and values, in any order.
fn attributes(cookie: &SetCookie) -> Vec<String> {
    let mut list: Vec<_> = cookie
        .attributes
        .iter()
        .map(|(name, value)| {
            value
                .as_ref()
                .map_or(name.clone(), |value| format!("{name}={value}"))
        })
        .collect();
    list.sort();
    list
}

async fn with_lifetimes(server: Server, lifetimes: Lifetimes) -> Site {
    let settings = Settings {
        lifetimes,
        ..Settings::default()
    };
    Site::with(server, settings).await
}

async fn login_cookie(site: &Site) -> SetCookie {
    let reply = site.post("/login?u=1").send().await;
    reply.our_cookie().expect("a login sends the cookie")
}

on_every_server! {
    async fn b_01_the_default_cookie_has_exactly_these_attributes(site: Site) {
        let cookie = login_cookie(&site).await;
        assert_eq!(cookie.name, "__Host-session");
        assert_eq!(
            attributes(&cookie),
            ["HttpOnly", "Max-Age=1296000", "Path=/", "SameSite=Lax", "Secure"],
        );
    }

    /// And so is the token a value of cookie-octets (B-02), 66 of them (B-05).
    async fn a_token_is_an_id_and_a_secret_in_base64url(site: Site) {
        let token = login_cookie(&site).await.token();
        let (id, secret) = token.0.split_once('.').expect("a dot");
        assert_eq!((id.len(), secret.len()), (22, 43));
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(id.bytes().chain(secret.bytes()).all(base64url), "{token:?}");
    }

    /// Name and `Secure` change together, for http on localhost.
    async fn insecure_dev_sends_a_plain_session_cookie(server: Server) {
        let settings =
            Settings { insecure_dev: true, cookie_name: "session", ..Settings::default() };
        let site = Site::with(server, settings).await;
        let cookie = login_cookie(&site).await;
        assert_eq!(
            attributes(&cookie),
            ["HttpOnly", "Max-Age=1296000", "Path=/", "SameSite=Lax"],
        );
        assert_eq!(site.whoami(&cookie.token()).await, 200);
        let default_name = format!("__Host-session={}", cookie.value);
        let reply = site.get("/whoami").cookie_header(default_name).send().await;
        assert_eq!(reply.status, 401, "the other name is not ours");
    }

    async fn b_03_set_clear_set_gives_one_set_cookie(site: Site) {
        let reply = site.post("/twice").send().await;
        assert_eq!(reply.set_cookies().len(), 1);
        let token = reply.our_cookie().expect("the last one set").token();
        assert_eq!(token.id(), reply.text());
        let whoami = site.get("/whoami").session(&token).send().await;
        assert_eq!(whoami.text(), "bob@example.com");
    }

    /// `s` sets a new session, `c` clears: one `Set-Cookie`, the last call's.
    async fn b_03_the_last_call_wins(site: Site) {
        for order in ["s", "c", "ss", "cc", "sc", "cs", "scs", "csc", "sss", "sscc"] {
            let reply = site.post(&format!("/marks/{order}")).send().await;
            assert_eq!(reply.set_cookies().len(), 1, "{order}");
            let cookie = reply.our_cookie().expect("a cookie of ours");
            if order.ends_with('c') {
                assert!(cookie.is_removal(), "{order}: {cookie:?}");
            } else {
                assert_eq!(cookie.token().id(), reply.text(), "{order}");
                assert_eq!(site.whoami(&cookie.token()).await, 200, "{order}");
            }
        }
    }

    /// A cookie of our name that the handler put there by hand gives way to the session's.
    async fn b_03_a_hand_made_cookie_of_our_name_is_not_sent_beside_ours(site: Site) {
        let reply = site.post("/forges").send().await;
        assert_eq!(reply.set_cookies().len(), 1);
        let cookie = reply.our_cookie().expect("the session's cookie");
        assert_eq!(site.whoami(&cookie.token()).await, 200);
    }

    async fn b_06_max_age_is_at_most_400_days(server: Server) {
        let years = |years: u64| Duration::from_secs(years * 365 * DAY);
        let lifetimes =
            Lifetimes { idle: years(10), absolute: years(20), ..Lifetimes::default() };
        let site = with_lifetimes(server, lifetimes).await;
        assert_eq!(login_cookie(&site).await.max_age(), FOUR_HUNDRED_DAYS);
    }

    /// A session renewed 0.4 s before its absolute end.
    async fn b_06_max_age_is_rounded_up_to_a_whole_second(server: Server) {
        let seconds = Duration::from_secs;
        let lifetimes = Lifetimes { active: seconds(10), idle: seconds(10), absolute: seconds(20) };
        let site = with_lifetimes(server, lifetimes).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(Duration::from_millis(19_600));
        let reply = site.get("/whoami").session(&token).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.our_cookie().expect("a renewed session's cookie").max_age(), 1);
    }

    /// At sign-in, at a renewal, and when the absolute end is near.
    async fn b_07_the_cookie_lives_no_longer_than_the_session(site: Site) {
        let token = login_cookie(&site).await.token();
        let mut lived = 0;
        for (days, max_age) in [(14, 15 * DAY), (14, 2 * DAY)] {
            site.clock.advance(Duration::from_secs(days * DAY));
            lived += days * DAY;
            let reply = site.get("/whoami").session(&token).send().await;
            let renewed = reply.our_cookie().expect("a renewed session's cookie");
            assert_eq!(renewed.max_age(), max_age, "{days} days later");
            assert!(lived + renewed.max_age() <= 30 * DAY);
        }
    }

    /// The server keeps its own time: what a browser replays makes no difference.
    async fn b_07_a_cookie_replayed_after_its_end_is_refused(site: Site) {
        let (early, late) = (site.log_in(ADA).await, site.log_in(ADA).await);
        site.clock.advance(Duration::from_secs(15 * DAY - 1));
        assert_eq!(site.whoami(&early).await, 200);
        site.clock.advance(Duration::from_secs(1));
        let reply = site.get("/whoami").session(&late).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (401, 0));
    }

    async fn b_08_a_removal_has_the_attributes_of_the_cookie(server: Server) {
        let with = CookieOptions::default;
        let configured = [
            ("__Host-session", with()),
            ("__Host-s", with().name("__Host-s").same_site(SameSite::Strict)),
            ("s", with().name("s").domain("shop.example").path("/")),
            ("__Secure-s", with().name("__Secure-s").domain("shop.example").path("/app")),
            ("__Host-p", with().name("__Host-p").same_site(SameSite::None).partitioned(true)),
        ];
        for (cookie_name, cookie) in configured {
            let settings = Settings { cookie_name, cookie: Some(cookie), ..Settings::default() };
            let site = Site::with(server, settings).await;
            let set = login_cookie(&site).await;
            for logout in ["/logout", "/logout-cookie-only"] {
                let reply = site.post(logout).session(&set.token()).send().await;
                let removal = reply.our_cookie().expect("a removal");
                assert!(removal.is_removal(), "{cookie_name}: {removal:?}");
                assert_eq!(removal.identity(), set.identity(), "{cookie_name}");
            }
        }
    }

    async fn b_08_configured_attributes_are_sent(server: Server) {
        let cookie = CookieOptions::default()
            .name("__Secure-s")
            .domain("shop.example")
            .path("/app")
            .same_site(SameSite::None)
            .partitioned(true);
        let settings =
            Settings { cookie_name: "__Secure-s", cookie: Some(cookie), ..Settings::default() };
        let site = Site::with(server, settings).await;
        assert_eq!(
            attributes(&login_cookie(&site).await),
            [
                "Domain=shop.example",
                "HttpOnly",
                "Max-Age=1296000",
                "Partitioned",
                "Path=/app",
                "SameSite=None",
                "Secure",
            ],
        );
    }

    async fn b_09_an_unchanged_session_sends_no_cookie(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        for _ in 0..100 {
            let reply = site.get("/whoami").session(&token).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (200, 0));
        }
        assert_eq!(site.store.calls().writes(), 0);
    }

    async fn b_09_an_active_period_sends_one_cookie(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let mut sent = 0;
        for _ in 0..48 {
            site.clock.advance(Duration::from_secs(DAY / 24));
            let reply = site.get("/whoami").session(&token).send().await;
            sent += reply.set_cookies().len();
        }
        assert_eq!(sent, 2, "in two days");
        assert_eq!(site.store.calls().writes(), 2);
    }

    async fn b_09_a_stranger_is_sent_no_cookie(site: Site) {
        let unknown = format!("{}.{}", "A".repeat(22), "A".repeat(43));
        for cookie in [String::new(), "x=1".into(), format!("__Host-session={unknown}")] {
            for target in ["/whoami", "/public"] {
                let reply = site.get(target).cookie_header(&cookie).send().await;
                assert_eq!(reply.set_cookies().len(), 0, "{target} with {cookie:?}");
            }
        }
        assert_eq!(site.rows().await, 0);
    }

    async fn b_11_other_cookies_are_kept_as_they_are(site: Site) {
        let reply = site.post("/bakes").send().await;
        let lines = reply.set_cookies();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], b"a=1; Path=/a; X-Own=yes");
        assert_eq!(lines[1], b"b=\"caf\xe9\", 2;secure");
        assert!(lines[2].starts_with(b"__Host-session="));
        assert_eq!(reply.our_cookie().expect("ours").token().id(), reply.text());
    }

    async fn b_13_the_default_name_gives_nothing_away(site: Site) {
        let name = login_cookie(&site).await.name.to_lowercase();
        for word in ["lucia", "rust", "locals", "axum"] {
            assert!(!name.contains(word), "{word}");
        }
    }

    async fn b_14_a_token_counts_in_the_cookie_only(site: Site) {
        let token = site.log_in(ADA).await.0;
        let elsewhere = [
            site.get(&format!("/whoami?session={token}")),
            site.get(&format!("/whoami?__Host-session={token}&token={token}")),
            site.get("/whoami").header("X-Session-Id", &token),
            site.get("/whoami").header("Session", format!("__Host-session={token}")),
            site.get("/whoami").header("Authorization", format!("Bearer {token}")),
            site.get("/whoami").header("Set-Cookie", format!("__Host-session={token}")),
            site.get("/whoami").body(
                "application/x-www-form-urlencoded",
                format!("__Host-session={token}"),
            ),
            site.get("/whoami").body(
                "application/json",
                format!(r#"{{"__Host-session":"{token}"}}"#),
            ),
        ];
        site.store.reset();
        for request in elsewhere {
            assert_eq!(request.send().await.status, 401);
        }
        let in_the_path = site.get(&format!("/whoami;__Host-session={token}")).send().await;
        assert_ne!(in_the_path.status, 200);
        assert_eq!(site.store.calls().total(), 0);
    }
}
