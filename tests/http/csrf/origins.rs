//! Which origins are ours: what a browser without `Sec-Fetch-Site` says in `Origin`, and which the
//! application names.

use super::{EVIL, bare, cross_site, from_origin};
use crate::rig::{LogFrom, Server, Settings, Site, on_every_server};

on_every_server! {
    async fn f_02_an_opaque_origin_is_refused(site: Site) {
        for origin in ["null", "NULL", "", "undefined", "file://", "about:blank"] {
            assert_eq!(from_origin(&site, origin).await, 403, "{origin}");
        }
        assert_eq!(from_origin(&site, &format!("http://{}", site.address)).await, 200);
    }

    /// What was compared with what, and which option would allow it; on one line, whatever was sent.
    async fn a_refusal_is_logged_with_what_would_allow_it(site: Site) {
        for (field, value, words) in [
            ("origin", "https://shop.example", vec!["shop.example", "public_origins", "trusted_origins"]),
            ("origin", "null", vec!["null", "no-referrer", "strict-origin-when-cross-origin"]),
            ("origin", "tauri://localhost", vec!["tauri://localhost", "application shell", "trusted_origins"]),
            ("origin", "chrome-extension://abc", vec!["chrome-extension://abc", "trusted_origins", "bearer()"]),
            ("sec-fetch-site", "cross-site", vec!["trusted_origins", "csrf = off"]),
        ] {
            let log = LogFrom::now();
            let reply = bare(&site, "/login?u=1").header(field, value).send().await;
            assert_eq!(reply.status, 403, "{value}");
            let text = log.text();
            let told = text.lines().filter(|line| line.contains("cross-site request refused"));
            let told: Vec<_> = told.filter(|line| line.contains(&site.address.to_string())).collect();
            assert_eq!(told.len(), 1, "{text}");
            for word in words {
                assert!(told[0].contains(word), "no {word} in {}", told[0]);
            }
        }
    }

    /// Whatever calls itself a shell: in the log it is short, and on one line.
    async fn a_shell_that_is_none_is_logged_escaped_and_cut(site: Site) {
        let long = format!("tauri://{}", "a".repeat(3000));
        for (origin, shown, not_shown) in [
            (long.as_str(), "an application shell", "a".repeat(257)),
            ("tauri://a\u{202e}b", "opaque or malformed", "\u{202e}".to_owned()),
            ("tauri://a\tlevel=error", "opaque or malformed", "\t".to_owned()),
        ] {
            let log = LogFrom::now();
            assert_eq!(from_origin(&site, origin).await, 403, "{origin}");
            let text = log.text();
            let told = text.lines().filter(|line| line.contains("cross-site request refused"));
            let told: Vec<_> = told.filter(|line| line.contains(&site.address.to_string())).collect();
            assert_eq!(told.len(), 1, "{text}");
            assert!(told[0].contains(shown) && !told[0].contains(&not_shown), "{}", told[0]);
        }
    }

    async fn f_03_only_a_bare_origin_is_one(site: Site) {
        let own = site.address.to_string();
        for origin in [
            format!("http://evil@{own}"),
            format!("http://evil:pass@{own}"),
            format!("http://{own}@evil.example"),
            format!("http://{own}/"),
            format!("http://{own}/path"),
            format!("http://{own}?"),
            format!("http://{own}#"),
            format!("http://{own} {EVIL}"),
            format!("http://{own},{EVIL}"),
            format!("http://{own}.evil.example"),
            format!("ftp://{own}"),
            format!("//{own}"),
            own.clone(),
        ] {
            assert_eq!(from_origin(&site, &origin).await, 403, "{origin}");
        }
    }

    /// A shell's own pages, whatever `Sec-Fetch-Site` calls them.
    async fn f_05_the_pages_of_an_application_shell_can_be_trusted(server: Server) {
        let trusted_origins = vec!["tauri://localhost", "chrome-extension://abcdefghijklmnop", "app://my-app:1"];
        let settings = Settings { trusted_origins: trusted_origins.clone(), ..Settings::default() };
        let site = Site::with(server, settings).await;
        for origin in trusted_origins {
            assert_eq!(from_origin(&site, origin).await, 200, "{origin}");
            let fetched = cross_site(&site, "/login?u=1").header("Origin", origin);
            assert_eq!(fetched.send().await.status, 200, "{origin}");
        }
        for origin in [
            "tauri://localhost:1", "tauri://localhost/", "Tauri://localhost", "tauri://LOCALHOST",
            "capacitor://localhost", "chrome-extension://abcdefghijklmno", "app://my-app",
            "http://localhost", "null",
        ] {
            assert_eq!(from_origin(&site, origin).await, 403, "{origin}");
        }
    }

    async fn f_05_a_decision_about_origins_is_asked_last_and_never_of_null(server: Server) {
        fn trusts(origin: &str) -> bool {
            assert!(!origin.contains("panics"), "the application's own");
            let label = origin.strip_prefix("https://").and_then(|host| host.strip_suffix(".preview.example"));
            origin == "null" || origin.ends_with('/') || label.is_some_and(|label| !label.contains('.'))
        }
        let settings = Settings { trusted_origin_if: Some(trusts), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let own = format!("http://{}", site.address);
        for origin in ["https://pr-1.preview.example", "https://x.preview.example", &own] {
            assert_eq!(from_origin(&site, origin).await, 200, "{origin}");
        }
        let fetched = cross_site(&site, "/login?u=1").header("Origin", "https://pr-1.preview.example");
        assert_eq!(fetched.send().await.status, 200);
        for origin in [
            "null", "https://evilpreview.example", "https://a.b.preview.example", "https://pr-1.preview.example/",
            "https://PR-1.preview.example", "https://pr-1.preview.example.evil.example", "https://panics.example",
        ] {
            assert_eq!(from_origin(&site, origin).await, 403, "{origin}");
        }
        assert_eq!(cross_site(&site, "/login?u=1").send().await.status, 403, "of no origin at all");
    }

    async fn f_05_a_trusted_origin_is_trusted_exactly(server: Server) {
        let trusted_origins = vec!["https://a.example"];
        let settings = Settings { trusted_origins, ..Settings::default() };
        let site = Site::with(server, settings).await;
        let from = async |origin: &str| {
            cross_site(&site, "/guarded").header("Origin", origin).send().await.status
        };
        assert_eq!(from("https://a.example").await, 200);
        for origin in [
            "http://a.example",
            "https://a.example:443",
            "https://a.example:8443",
            "https://A.example",
            "https://a.example.",
            "https://a.example/",
            "https://b.a.example",
            "https://evila.example",
            "https://a.example.evil.example",
            "a.example",
            EVIL,
        ] {
            assert_eq!(from(origin).await, 403, "{origin}");
            assert_eq!(from_origin(&site, origin).await, 403, "{origin}");
        }
        assert_eq!(from_origin(&site, "https://a.example").await, 200);
    }

    /// As far as this server knows it speaks plain http; the check is on all the same.
    async fn f_05_behind_a_proxy_that_ends_tls_the_check_is_on(site: Site) {
        let through_proxy = |origin: &str| {
            bare(&site, "/guarded")
                .header("Host", "shop.example")
                .header("X-Forwarded-Proto", "https")
                .header("Origin", origin)
                .send()
        };
        assert_eq!(through_proxy("https://shop.example").await.status, 200);
        assert_eq!(through_proxy("http://shop.example").await.status, 403);
        assert_eq!(through_proxy(EVIL).await.status, 403);
        assert_eq!(through_proxy("https://shop.example:8443").await.status, 403);
    }

    async fn f_09_forwarding_headers_have_no_say(site: Site) {
        let own = format!("http://{}", site.address);
        for name in ["X-Forwarded-Host", "Forwarded", "X-Original-Host", "X-Host"] {
            for value in ["evil.example", "host=evil.example;proto=https"] {
                let foreign = bare(&site, "/guarded").header(name, value).header("Origin", EVIL);
                assert_eq!(foreign.send().await.status, 403, "{name}: {value}");
                let own = bare(&site, "/guarded").header(name, value).header("Origin", &own);
                assert_eq!(own.send().await.status, 200, "{name}: {value}");
            }
        }
        let overridden = cross_site(&site, "/guarded").header("X-Forwarded-Proto", "http");
        assert_eq!(overridden.send().await.status, 403);
    }

    /// The proxy rewrites `Host`; browsers know the site under another name.
    async fn f_09_the_public_origin_is_compared_instead_of_the_host(server: Server) {
        let public = "https://shop.example";
        let settings = Settings { public_origins: vec![public], ..Settings::default() };
        let site = Site::with(server, settings).await;
        let internal = format!("http://{}", site.address);
        for (origin, status) in [
            (public, 200),
            ("https://shop.example:443", 200),
            ("http://shop.example", 403),
            ("https://shop.example:8443", 403),
            (internal.as_str(), 403),
            (EVIL, 403),
        ] {
            assert_eq!(from_origin(&site, origin).await, status, "{origin}");
        }
    }
}
