//! A 401 names a way to authenticate (RFC 9110 §15.5.2): ours does, once. A handler's own is left
//! alone.

use crate::rig::{ADA, BOB, Reply, Server, Settings, Site, Token, on_every_server};

const HTML: &str = "text/html";

/// The line of the field, which stands there at most once, and the status.
fn challenge(reply: &Reply) -> (u16, Option<&str>) {
    (reply.status, reply.header("www-authenticate"))
}

const OURS: (u16, Option<&str>) = (401, Some(r#"Cookie realm="session""#));

on_every_server! {
    /// From a handler, from a gate, from a handler behind a gate.
    async fn a_401_of_ours_carries_one_challenge(site: Site) {
        let ended = site.log_in(ADA).await;
        site.post("/logout").session(&ended).send().await;
        for target in [
            "/account",
            "/admin",
            "/own-entrance",
            "/says/required",
            "/no/such/page",
            "/behind/report",
            "/behind/account",
            "/admins/report",
            "/anyone/report",
            "/checked/account",
        ] {
            for request in [
                site.get(target),
                site.head(target),
                site.get(target).session(&ended),
                site.get(target).session(&Token::made_up()),
            ] {
                assert_eq!(challenge(&request.send().await), OURS, "{target}");
            }
        }
        for target in ["/account", "/sudo", "/behind/login?u=1"] {
            let reply = site.post(target).header("Accept", HTML).send().await;
            assert_eq!(challenge(&reply), OURS, "{target}");
        }
        let in_a_browser = site.get("/account").header("Accept", HTML).send().await;
        assert_eq!(challenge(&in_a_browser), OURS, "there is no login page to go to");
    }

    /// An error of ours that a handler ends with: it has no session to change, or no such user.
    async fn a_401_by_a_question_mark_carries_one_challenge(site: Site) {
        let ended = site.log_in(ADA).await;
        site.post("/logout").session(&ended).send().await;
        for target in ["/reauthenticate", "/checked/reauthenticate"] {
            for request in [site.post(target), site.post(target).session(&ended)] {
                assert_eq!(challenge(&request.send().await), OURS, "{target}");
            }
        }
        let token = site.log_in(ADA).await;
        let waits = site.post("/waits/eager/rotate").session(&token);
        let meanwhile = async { site.post("/logout").session(&token).send().await.status };
        let (reply, ended) = site.while_waiting(waits, meanwhile).await;
        assert_eq!((challenge(&reply), ended), (OURS, 200), "it ended meanwhile");
        if site.has_users_table() {
            let reply = site.post("/login?u=404").send().await;
            assert_eq!(challenge(&reply), OURS, "nobody");
        }
    }

    async fn a_session_that_cannot_be_read_is_answered_as_none(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.corrupt();
        for target in ["/account", "/behind/report"] {
            let reply = site.get(target).session(&token).send().await;
            assert_eq!(challenge(&reply), OURS, "{target}");
        }
        site.store.heal();
    }

    async fn no_other_answer_carries_a_challenge(server: Server) {
        let settings = Settings { login_path: Some("/login"), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let bob = site.log_in(BOB).await;
        for (request, status) in [
            (site.get("/account").session(&bob), 200),
            (site.get("/behind/report").session(&bob), 200),
            (site.post("/login?u=2"), 200),
            (site.post("/logout"), 200),
            (site.get("/account").header("Accept", HTML), 303),
            (site.get("/own-entrance").header("Accept", HTML), 303),
            (site.get("/behind/report").header("Accept", HTML), 303),
            (site.get("/admin").session(&bob), 403),
            (site.get("/admins/report").session(&bob), 403),
            (site.post("/account").without_fetch_metadata().header("Origin", "null"), 403),
            (site.post("/checked/report").without_fetch_metadata().header("Origin", "null"), 403),
        ] {
            assert_eq!(challenge(&request.send().await), (status, None));
        }
        site.store.fail();
        for target in ["/account", "/whoami", "/behind/report"] {
            let reply = site.get(target).session(&bob).send().await;
            assert_eq!(challenge(&reply), (503, None), "{target}");
        }
        site.store.heal();
    }

    async fn a_401_of_a_handlers_own_is_left_alone(site: Site) {
        let token = site.log_in(ADA).await;
        for target in ["/whoami", "/slow?ms=0", "/checked/whoami"] {
            let reply = site.get(target).send().await;
            assert_eq!(challenge(&reply), (401, None), "{target}");
        }
        for target in [
            "/says/untouched",
            "/says/asks",
            "/says/sets",
            "/says/clears",
            "/says/required",
            "/behind/says/untouched",
            "/behind/says/required",
            "/checked/says/asks",
        ] {
            for (said, expected) in [
                ("", None),
                ("&www-authenticate=Bearer", Some("Bearer")),
                ("&www-authenticate=Basic%20realm%3D%22x%22", Some(r#"Basic realm="x""#)),
            ] {
                let target = format!("{target}?status=401{said}");
                let reply = site.get(&target).session(&token).send().await;
                assert_eq!(challenge(&reply), (401, expected), "{target}");
            }
        }
    }
}
