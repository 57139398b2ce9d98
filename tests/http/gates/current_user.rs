//! One load for each request, and its user for handlers without the attribute.

use super::{ACTIVE, of_another_site};
use crate::rig::{ADA, BOB, Site, on_every_server};
#[cfg(any(feature = "axum", feature = "actix-web"))]
use crate::rig::{LogFrom, Server, Settings, on_every_store};

const GATES: [&str; 3] = ["/behind", "/loaded", "/nested"];

on_every_server! {
    async fn a_handler_without_the_attribute_has_the_user(site: Site) {
        let token = site.log_in(BOB).await;
        for gate in GATES {
            let target = format!("{gate}/greeting");
            site.store.reset();
            let reply = site.get(&target).session(&token).send().await;
            assert_eq!(reply.text(), "hello, bob@example.com of 2", "{gate}");
            assert_eq!(site.store.calls().total(), 1, "{gate}");
            assert_eq!(reply.header("vary"), Some("Cookie"), "{gate}");
            assert_eq!(reply.header("cache-control"), Some("private"), "{gate}");
        }
        let stranger = site.get("/loaded/greeting").send().await;
        assert_eq!((stranger.status, stranger.text()), (200, "hello, stranger"));
        assert_eq!(stranger.header("vary"), Some("Cookie"), "it might have been another");
    }

    /// D-18, through any number of layers; and each is told of once.
    async fn d_18_a_request_loads_once_whoever_asks_first(site: Site) {
        let token = site.log_in(ADA).await;
        for gate in GATES {
            for handler in ["/whoami", "/eager", "/required", "/sessions"] {
                site.store.reset();
                site.told.take();
                let target = format!("{gate}{handler}");
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(reply.status, 200, "{target}");
                assert_eq!(site.store.calls().load, 1, "{target}");
                assert_eq!(site.told.take(), ["valid"], "{target}");
            }
        }
    }

    async fn d_05_a_session_renewed_further_out_is_renewed_once(site: Site) {
        let token = site.log_in(ADA).await;
        for gate in GATES {
            for handler in ["/whoami", "/public", "/greeting"] {
                site.clock.advance(ACTIVE);
                site.store.reset();
                let target = format!("{gate}{handler}");
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(site.store.calls().extend, 1, "{target}");
                assert_eq!(reply.our_cookie().expect("it was renewed").token(), token);
                assert_eq!(reply.set_cookies().len(), 1, "{target}");
                assert_eq!(reply.header("cache-control"), Some("no-store"), "{target}");
            }
        }
    }

    /// The user of the request stays, the cookie is the handler's.
    async fn d_17_a_handler_further_in_changes_what_leaves(site: Site) {
        let mut token = site.log_in(ADA).await;
        for gate in GATES {
            site.clock.advance(ACTIVE);
            let target = format!("{gate}/login?u=2");
            let reply = site.post(&target).session(&token).send().await;
            let bob = reply.our_cookie().expect("a session's cookie").token();
            assert_eq!(reply.set_cookies().len(), 1, "{gate}");
            assert_eq!((site.whoami(&token).await, site.whoami(&bob).await), (401, 200));
            let target = format!("{gate}/logout");
            let reply = site.post(&target).session(&bob).send().await;
            assert!(reply.our_cookie().expect("a removal").is_removal(), "{gate}");
            assert_eq!(site.whoami(&bob).await, 401);
            token = site.log_in(ADA).await;
        }
    }

    async fn i_02_a_layer_that_loads_answers_503_while_the_store_is_down(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.fail();
        let reply = site.get("/loaded/greeting").session(&token).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (503, 0), "not: a stranger");
        assert_eq!(site.get("/loaded/greeting").send().await.status, 200, "without a cookie");
    }

    async fn f_07_a_layer_that_loads_checks_the_origin(site: Site) {
        let token = site.log_in(ADA).await;
        let refused = of_another_site(&site, "/loaded/greeting").session(&token).send().await;
        assert_eq!(refused.status, 403);
    }
}

/// Plain `http` has no extractors.
#[cfg(any(feature = "axum", feature = "actix-web"))]
macro_rules! extractors {
    ($framework:ident) => {
        on_every_store! {
            on $framework;

            async fn a_handler_that_wants_a_user_lets_no_stranger_in(server: Server) {
                let settings = Settings { login_path: Some("/login"), ..Settings::default() };
                let site = Site::with(server, settings).await;
                let token = site.log_in(ADA).await;
                let reply = site.get("/loaded/mine").session(&token).send().await;
                assert_eq!((reply.status, reply.text()), (200, "ada@example.com"));
                assert_eq!(site.get("/loaded/mine").send().await.status, 401);
                let in_a_browser = site.get("/loaded/mine?a=b").header("Accept", "text/html").send().await;
                let to = in_a_browser.header("location");
                assert_eq!((in_a_browser.status, to), (303, Some("/login?next=%2Floaded%2Fmine%3Fa%3Db")));
                let refused = site.told.take();
                let refused = refused.iter().filter(|line| *line == "refused signed_out");
                assert_eq!(refused.count(), 2, "each once");
            }

            /// It is the program that is wrong: nobody is taken for a stranger.
            async fn a_handler_that_wants_a_user_behind_no_layer_is_a_500(server: Server) {
                let log = LogFrom::now();
                let site = Site::start(server).await;
                let token = site.log_in(ADA).await;
                let reply = site.get("/bare/mine").session(&token).send().await;
                assert_eq!(reply.status, 500);
                let log = log.text();
                assert!(log.contains("LoadSession::new(auth)"), "{log}");
            }
        }
    };
}

#[cfg(feature = "axum")]
mod on_axum {
    use super::*;
    extractors!(Axum);
}

#[cfg(feature = "actix-web")]
mod on_actix {
    use super::*;
    extractors!(Actix);
}
