//! The scheme of the site's own origin: a `Secure` cookie is that of an https page, but for
//! development on this machine, and where the application says otherwise.

use locals::CookieOptions;

use super::{ACTIVE, EVIL, bare};
use crate::rig::{ADA, Server, Settings, Site, on_every_server};

/// Not this machine, however much some look like it.
const ELSEWHERE: [&str; 12] = [
    "shop.example",
    "shop.example:80",
    "shop.example:8080",
    "192.0.2.7:8080",
    "126.255.255.255",
    "128.0.0.1",
    "0.0.0.0:8080",
    "[::2]",
    "[2001:db8::1]:8080",
    "localhost.example",
    "127.0.0.1.example:8080",
    "notlocalhost:8080",
];

/// What browsers take for as good as https.
const LOOPBACK: [&str; 10] = [
    "localhost",
    "localhost:3000",
    "LocalHost:3000",
    "app.localhost:8080",
    "a.b.localhost",
    "127.0.0.1:8080",
    "127.0.0.2",
    "127.255.255.254:81",
    "[::1]",
    "[::1]:3000",
];

/// What a POST for this host from this origin is answered, by an old browser.
async fn sent(site: &Site, host: &str, origin: &str) -> u16 {
    let request = bare(site, "/guarded")
        .header("Host", host)
        .header("Origin", origin);
    request.send().await.status
}

on_every_server! {
    /// Whoever is on the network can answer for it.
    async fn f_05_the_http_page_of_the_host_is_another_site(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        for host in ELSEWHERE {
            for target in ["/guarded", "/checked/guarded", "/checked/report", "/login?u=3"] {
                let request = bare(&site, target).header("Host", host).session(&token);
                let reply = request.header("Origin", format!("http://{host}")).send().await;
                assert_eq!((reply.status, reply.set_cookies().len()), (403, 0), "{host}{target}");
            }
            assert_eq!(sent(&site, host, &format!("https://{host}")).await, 200, "{host}");
        }
        assert_eq!(site.store.calls().total(), 0);
    }

    /// `Sec-Fetch-Site` has the first word: a browser that sends it knows what the page was.
    async fn f_01_a_browser_that_says_same_origin_is_believed(site: Site) {
        let request = bare(&site, "/guarded")
            .header("Host", "shop.example")
            .header("Origin", "http://shop.example")
            .header("Sec-Fetch-Site", "same-origin");
        assert_eq!(request.send().await.status, 200);
    }

    async fn f_01_http_will_do_on_this_machine(site: Site) {
        for host in LOOPBACK {
            for scheme in ["http", "https"] {
                assert_eq!(sent(&site, host, &format!("{scheme}://{host}")).await, 200, "{host}");
            }
        }
        for (host, origin) in [
            ("localhost:3000", "http://localhost:3001"),
            ("localhost:3000", "http://localhost"),
            ("localhost", "http://localhost:3000"),
            ("localhost:3000", "http://127.0.0.1:3000"),
            ("127.0.0.1:3000", "http://127.0.0.2:3000"),
            ("[::1]:3000", "http://localhost:3000"),
            ("localhost:3000", "http://app.localhost:3000"),
            ("shop.example:3000", "http://localhost:3000"),
            ("localhost:3000", "http://shop.example:3000"),
        ] {
            assert_eq!(sent(&site, host, origin).await, 403, "{origin} to {host}");
        }
    }

    async fn f_05_http_will_do_for_an_origin_that_is_named(server: Server) {
        let named = vec!["http://shop.example", "http://192.0.2.7:8080"];
        let trusting = Settings { trusted_origins: named.clone(), ..Settings::default() };
        let public = Settings { public_origins: named, ..Settings::default() };
        for settings in [trusting, public] {
            let site = Site::with(server, settings).await;
            for (origin, status) in [
                ("http://shop.example", 200),
                ("http://192.0.2.7:8080", 200),
                ("http://shop.example:8080", 403),
                ("http://192.0.2.7", 403),
                ("http://other.example", 403),
            ] {
                let host = origin.trim_start_matches("http://");
                assert_eq!(sent(&site, host, origin).await, status, "{origin}");
            }
        }
    }

    async fn f_05_http_will_do_for_a_cookie_without_secure(server: Server) {
        let in_dev = Settings { insecure_dev: true, cookie_name: "session", ..Settings::default() };
        let plain = Some(CookieOptions::default().name("s").secure(false));
        let by_hand = Settings { cookie: plain, cookie_name: "s", ..Settings::default() };
        for settings in [in_dev, by_hand] {
            let site = Site::with(server, settings).await;
            for host in ELSEWHERE.into_iter().chain(LOOPBACK) {
                for (origin, status) in [
                    (format!("http://{host}"), 200),
                    (format!("https://{host}"), 200),
                    ("http://other.example".to_owned(), 403),
                    (EVIL.to_owned(), 403),
                ] {
                    assert_eq!(sent(&site, host, &origin).await, status, "{origin} to {host}");
                }
            }
        }
    }

    async fn f_11_a_handshake_from_the_http_page_of_the_host_is_refused(site: Site) {
        let token = site.log_in(ADA).await;
        for (host, origin, status) in [
            ("shop.example", "http://shop.example", 403),
            ("shop.example", "https://shop.example", 200),
            ("localhost:3000", "http://localhost:3000", 200),
        ] {
            let handshake = site.get("/public").header("Upgrade", "websocket").session(&token);
            let handshake = handshake.header("Host", host).header("Origin", origin);
            assert_eq!(handshake.send().await.status, status, "{origin} to {host}");
        }
    }
}
