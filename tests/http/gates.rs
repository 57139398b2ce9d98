//! `RequireSession` and `CheckOrigin` around handlers with the attribute and without it.
//!
//! Every site has its routes once more below `/behind`, `/admins` and `/anyone`, which require a
//! session, and below `/checked`, where the origin is checked; inside of `/behind` and `/checked` a
//! layer meddles. There `/report` is a handler without the attribute.

mod cookies;
mod current_user;

use std::time::Duration;

use crate::rig::{ADA, BOB, RequestTo, Server, Settings, Site, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

fn of_another_site<'site>(site: &'site Site, target: &str) -> RequestTo<'site> {
    let request = site.post(target).without_fetch_metadata();
    request.header("Sec-Fetch-Site", "cross-site")
}

on_every_server! {
    async fn a_gate_lets_nobody_through_without_a_session(server: Server) {
        let settings = Settings { login_path: Some("/login"), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let refused = site.get("/behind/report").send().await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.header("vary"), Some("Accept, Sec-Fetch-Mode, HX-Request, Cookie"));
        assert_eq!(site.get("/behind/public").send().await.status, 401);

        let in_a_browser = site.get("/behind/report?a=b").header("Accept", "text/html").send().await;
        assert_eq!(in_a_browser.status, 303);
        let to = in_a_browser.header("location");
        assert_eq!(to, Some("/enter?next=%2Fbehind%2Freport%3Fa%3Db"), "its own page");
        let in_a_browser = site.get("/anyone/report").header("Accept", "text/html").send().await;
        let to = in_a_browser.header("location");
        assert_eq!(to, Some("/login?next=%2Fanyone%2Freport"), "the application's page");
    }

    /// The preflight of CORS has no cookie: what answers it stands outside of the gate.
    async fn a_gate_lets_no_preflight_through(site: Site) {
        let preflight = site.request("OPTIONS", "/behind/report").without_fetch_metadata();
        let preflight = preflight
            .header("Origin", "https://app.example")
            .header("Access-Control-Request-Method", "POST");
        assert_eq!(preflight.send().await.status, 401);
    }

    /// It would lead to itself for ever.
    async fn a_login_page_behind_its_own_gate_is_no_way_in(server: Server) {
        let settings = Settings { login_path: Some("/anyone/login?u=1"), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let page = site.get("/anyone/login?u=2").header("Accept", "text/html").send().await;
        assert_eq!((page.status, page.header("location")), (401, None));
        let other = site.get("/anyone/report").header("Accept", "text/html").send().await;
        assert_eq!(other.status, 303);
    }

    async fn a_gate_hands_the_session_on(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let reply = site.get("/behind/report").session(&token).send().await;
        assert_eq!((reply.status, reply.text()), (200, "1"));
        assert_eq!(site.store.calls().total(), 1, "one load");
        assert_eq!(reply.header("vary"), Some("Cookie"));
        assert_eq!(reply.header("cache-control"), Some("private"));
        assert_eq!(reply.set_cookies().len(), 0);
    }

    async fn a_gate_asks_its_guard(site: Site) {
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        assert_eq!(site.get("/admins/report").session(&ada).send().await.status, 200);
        assert_eq!(site.get("/admins/report").session(&bob).send().await.status, 403);
        assert_eq!(site.get("/admins/report").send().await.status, 401);
    }

    /// Also F-04: only the gate that says so takes requests of other sites.
    async fn a_gate_checks_the_origin_unless_told_otherwise(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let refused = of_another_site(&site, "/behind/report").session(&token).send().await;
        assert_eq!(refused.status, 403);
        assert_eq!(site.store.calls().total(), 0);
        let taken = of_another_site(&site, "/anyone/report").session(&token).send().await;
        assert_eq!((taken.status, taken.text()), (200, "1"));
    }

    async fn a_gate_sends_a_renewed_cookie(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let reply = site.get("/behind/report").session(&token).send().await;
        assert_eq!(reply.our_cookie().expect("it was renewed").token(), token);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let refused = site.get("/admins/report").session(&token).send().await;
        assert_eq!(refused.set_cookies().len(), 0, "and once is enough");
    }

    /// The gate renewed the session, the handler ended or replaced it.
    async fn a_handler_behind_a_gate_has_the_last_word(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let reply = site.post("/behind/login?u=2").session(&token).send().await;
        let bob = reply.our_cookie().expect("a session's cookie").token();
        assert_ne!(bob, token);
        assert_eq!((site.whoami(&token).await, site.whoami(&bob).await), (401, 200));

        site.clock.advance(ACTIVE);
        let reply = site.post("/behind/logout").session(&bob).send().await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(site.whoami(&bob).await, 401);
    }

    async fn i_02_a_gate_answers_503_while_the_store_is_down(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.fail();
        let reply = site.get("/behind/report").session(&token).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (503, 0));
        let checked = site.get("/checked/report").session(&token).send().await;
        assert_eq!((checked.status, checked.text()), (200, "nobody"), "it asks nothing");
        site.store.heal();
        assert_eq!(site.get("/behind/report").session(&token).send().await.status, 200);
    }

    /// A layer inside of the check has made a GET of it; and no handler has to have the attribute.
    async fn f_10_a_method_is_checked_before_anybody_changes_it(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        for target in ["/checked/transfer", "/checked/report"] {
            for method in ["GET", "POST"] {
                let refused = of_another_site(&site, target)
                    .header("X-Inner-Method", method)
                    .session(&token);
                let refused = refused.send().await;
                assert_eq!(refused.status, 403, "{target}, as {method}");
                let vary = "Sec-Fetch-Site, Origin, Accept, Sec-Fetch-Mode, HX-Request";
                assert_eq!(refused.header("vary"), Some(vary));
            }
        }
        assert_eq!(site.store.calls().total(), 0);
        let own = site.post("/checked/transfer").header("X-Inner-Method", "GET");
        let own = own.session(&token).send().await;
        assert_eq!((own.status, own.text()), (200, "GET"));
    }

    /// A layer between the handler and the check sets one of that name too: the last one leaves.
    async fn b_03_one_cookie_leaves_whoever_sets_another(site: Site) {
        for target in ["/checked/login?u=1", "/checked/logout-cookie-only", "/checked/report"] {
            let reply = site.post(target).header("X-Rogue", "1").send().await;
            assert_eq!(reply.status, 200, "{target}");
            assert_eq!(reply.set_cookies().len(), 1, "{target}");
            assert_eq!(reply.our_cookie().expect("the last").value, "rogue", "{target}");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{target}");
        }
        let reply = site.post("/checked/login?u=1").send().await;
        assert!(reply.our_cookie().expect("a session's cookie").value.len() == 66);
    }
}
