//! Requests that another site's page sends: refused before anything is asked of the store.

mod methods;
mod origins;
mod schemes;
mod table;

use std::time::Duration;

use crate::rig::{ADA, Reply, RequestTo, Server, Settings, Site, Token, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);
const EVIL: &str = "https://evil.example";

/// A POST that says nothing of where it comes from.
fn bare<'site>(site: &'site Site, target: &str) -> RequestTo<'site> {
    site.post(target).without_fetch_metadata()
}

fn cross_site<'site>(site: &'site Site, target: &str) -> RequestTo<'site> {
    bare(site, target).header("Sec-Fetch-Site", "cross-site")
}

/// What an old browser sends, which knows no `Sec-Fetch-Site`.
async fn from_origin(site: &Site, origin: &str) -> u16 {
    let request = bare(site, "/guarded").header("Origin", origin);
    request.send().await.status
}

fn varies_by(reply: &Reply, field: &str) -> bool {
    let lines = reply.headers("vary");
    let mut fields = lines
        .iter()
        .flat_map(|line| line.split(|&byte| byte == b','));
    fields.any(|other| other.trim_ascii().eq_ignore_ascii_case(field.as_bytes()))
}

on_every_server! {
    /// The attribute on the handler is the exemption: no path that looks like its own widens it.
    async fn f_04_only_the_exempted_handler_takes_cross_site_requests(site: Site) {
        let token = site.log_in(ADA).await;
        let hooked = cross_site(&site, "/hook").session(&token).send().await;
        assert_eq!((hooked.status, hooked.text()), (200, "hooked by ada@example.com"));
        for target in [
            "/hook/", "//hook", "/hook%2f", "/%68ook", "/x/../hook", "/./hook", "/hook/x", "/HOOK",
            "/hook;x", "/hook%00", "/hook%20", "/x?/hook",
        ] {
            let hook = target == "/%68ook" && site.framework.decodes_paths();
            let (text, cross_site_status) =
                if hook { ("hooked by ada@example.com", 200) } else { ("guarded", 403) };
            let own = site.post(target).session(&token).send().await;
            assert_eq!((own.status, own.text()), (200, text), "{target}");
            let foreign = cross_site(&site, target).session(&token).send().await;
            assert_eq!(foreign.status, cross_site_status, "{target}");
        }
        let refused = site.request("PUT", "/x").without_fetch_metadata();
        let refused = refused.header("Sec-Fetch-Site", "cross-site").send().await;
        assert_eq!(refused.status, 403);
    }

    async fn f_06_no_content_type_is_exempt(site: Site) {
        for content_type in [
            "application/json",
            "Application/JSON",
            "application/csp-report",
            "text/plain",
            "Multipart/Form-DATA; boundary=x",
            "application/x-www-form-urlencoded; charset=utf-8",
            "",
            "x",
        ] {
            let refused = cross_site(&site, "/guarded").body(content_type, "{}").send().await;
            assert_eq!(refused.status, 403, "{content_type}");
            let taken = site.post("/guarded").body(content_type, "{}").send().await;
            assert_eq!(taken.status, 200, "{content_type}");
        }
        assert_eq!(cross_site(&site, "/guarded").send().await.status, 403, "none at all");
    }

    /// Login CSRF: nobody is signed in to an account of the attacker's choice.
    async fn f_07_a_login_form_of_another_site_signs_nobody_in(site: Site) {
        for request in [
            cross_site(&site, "/login?u=3"),
            bare(&site, "/login?u=3").header("Sec-Fetch-Site", "same-site"),
            bare(&site, "/login?u=3").header("Origin", EVIL),
            bare(&site, "/login?u=3").header("Origin", "null"),
        ] {
            let reply = request.send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (403, 0));
        }
        assert_eq!(site.store.calls().total(), 0);
        assert_eq!(site.rows().await, 0);
    }

    async fn f_08_a_sibling_site_is_another_site(server: Server) {
        let trusted_origins = vec!["https://a.example"];
        let settings = Settings { trusted_origins, ..Settings::default() };
        let site = Site::with(server, settings).await;
        let with = |fetch_site: &str| bare(&site, "/guarded").header("Sec-Fetch-Site", fetch_site);
        for (fetch_site, status) in [
            ("same-origin", 200),
            ("none", 200),
            ("same-site", 403),
            ("cross-site", 403),
            ("Same-Origin", 403),
            ("same-origin, cross-site", 403),
            ("no-such-thing", 403),
        ] {
            assert_eq!(with(fetch_site).send().await.status, status, "{fetch_site}");
        }
        let trusted = with("same-site").header("Origin", "https://a.example").send().await;
        assert_eq!(trusted.status, 200);
    }

    /// N-03: nor does the answer tell why.
    async fn f_12_a_refusal_is_generic_and_touches_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        let mut bodies = Vec::new();
        for target in ["/guarded", "/required", "/logout", "/login?u=1", "/logout-all"] {
            for request in [
                cross_site(&site, target),
                bare(&site, target),
                bare(&site, target).header("Origin", "null"),
                bare(&site, target).header("Origin", EVIL),
                bare(&site, target).header("Origin", EVIL).header("Origin", EVIL),
            ] {
                let reply = request.session(&token).send().await;
                assert_eq!((reply.status, reply.set_cookies().len()), (403, 0), "{target}");
                assert!(varies_by(&reply, "Sec-Fetch-Site"), "{target}: {reply:?}");
                assert!(varies_by(&reply, "Origin"), "{target}: {reply:?}");
                let by_cookie = ["/required", "/logout-all"].contains(&target) || bodies.len() % 5 == 1;
                assert_eq!(varies_by(&reply, "Cookie"), by_cookie, "{target}: {reply:?}");
                bodies.push(reply.text().to_owned());
            }
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        assert_eq!(site.store.calls().total(), 0);
        assert_eq!(site.whoami(&token).await, 200);
    }

    async fn f_14_a_form_token_belongs_to_one_secret(site: Site) {
        let session = site.auth.create_session(ADA).await.expect("a healthy store");
        let other = site.auth.create_session(ADA).await.expect("a healthy store");
        let token = session.form_token();
        assert_eq!(token.len(), 43);
        assert!(session.is_form_token(&token));
        for wrong in [other.form_token().as_str(), "", &token[1..], session.token().expose()] {
            assert!(!session.is_form_token(wrong), "{wrong}");
        }
        let reply = site.post("/sudo").session(&Token::of(&session)).send().await;
        let rotated = reply.our_cookie().expect("rotated").token();
        let rotated = site.auth.validate_session(&rotated.0).await.expect("a healthy store");
        assert!(!rotated.expect("rotated").is_form_token(&token));
    }
}
