//! Calls that meet in one request, and a failure that the handler takes care of.

use std::time::Duration;

use crate::rig::{ADA, Server, Settings, Site, Token, on_every_server};

on_every_server! {
    async fn a_cleared_cookie_does_not_hide_whose_sessions_end(site: Site) {
        let (here, there) = (site.log_in(ADA).await, site.log_in(ADA).await);
        let reply = site.post("/clears-then-ends-all").session(&here).send().await;
        assert_eq!(reply.status, 200);
        for token in [here, there] {
            assert_eq!(site.whoami(&token).await, 401);
        }
    }

    async fn signing_in_ends_what_was_presented_and_not_what_was_shown(site: Site) {
        let presented = site.log_in(ADA).await;
        let reply = site.post("/shows-another").session(&presented).send().await;
        assert_eq!(site.whoami(&presented).await, 401);
        let other = site.auth.validate_session(reply.text()).await;
        assert!(other.expect("a healthy store").is_some());
        assert_eq!(reply.set_cookies().len(), 1);
    }

    /// The presented session has ended in the store: without the cookie the user would be nobody.
    async fn a_committed_sign_in_reaches_the_browser_whatever_fails_after_it(site: Site) {
        let presented = site.log_in(ADA).await;
        site.store.reset();
        site.post("/signs-in-then-lists").session(&presented).send().await;
        let last = site.store.calls().total();
        let presented = site.log_in(ADA).await;
        site.store.fail_nth(last);
        let reply = site.post("/signs-in-then-lists").session(&presented).send().await;
        assert_eq!(reply.status, 503);
        let token = reply.our_cookie().expect("signed in").token();
        let whoami = site.get("/whoami").session(&token).send().await;
        assert!(whoami.text().contains("bob@example.com"), "{}", whoami.text());
        assert_eq!(site.whoami(&presented).await, 401);
    }

    /// There is no state before a sign-in, and what the earlier session had is gone.
    async fn d_03_nothing_of_an_earlier_session_survives_a_sign_in(site: Site) {
        let first = site.auth.create_session(ADA).device("an old device").await;
        let first = first.expect("a healthy store");
        site.clock.advance(Duration::from_secs(3600));
        let reply = site.post("/login?u=1").session(&Token::of(&first)).send().await;
        let token = reply.our_cookie().expect("signed in").token();
        let second = site.auth.validate_session(&token.0).await.expect("a healthy store");
        let second = second.expect("signed in");
        assert_ne!(second.id(), first.id());
        assert_ne!(second.created_at(), first.created_at());
        assert_ne!(second.authenticated_at(), first.authenticated_at());
        assert!(second.is_form_token(&second.form_token()));
        assert!(!second.is_form_token(&first.form_token()), "F-14");
        let list = site.auth.list_sessions(second.user_id()).await.expect("a healthy store");
        assert_eq!(list.iter().map(|one| one.device()).collect::<Vec<_>>(), [None]);
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

    async fn signing_in_twice_leaves_one_session(site: Site) {
        let reply = site.post("/signs-in-twice").send().await;
        let first = site.auth.validate_session(reply.text()).await;
        assert!(first.expect("a healthy store").is_none());
        assert_eq!(site.rows().await, 1);
    }

    async fn signing_in_several_times_at_once_leaves_one_session(site: Site) {
        let old = site.log_in(ADA).await;
        let reply = site.post("/signs-in-at-once").session(&old).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (200, 1));
        let token = reply.our_cookie().expect("signed in").token();
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.whoami(&old).await, 401);
        assert_eq!(site.rows().await, 1);
    }

    /// Nor is what was set before it taken back.
    async fn an_answer_that_is_no_is_not_an_outage(site: Site) {
        let reply = site.post("/unknown-user").send().await;
        assert_eq!((reply.status, reply.text()), (200, "nobody"));
        let token = reply.our_cookie().expect("what was set before stands").token();
        let list = site.auth.list_sessions(ADA).await.expect("a healthy store");
        let ids: Vec<_> = list.iter().map(|session| session.id().to_string()).collect();
        assert_eq!(ids, [token.id()]);
    }
}
