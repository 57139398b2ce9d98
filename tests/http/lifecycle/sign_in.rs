//! What a sign-in makes, and what it ends.

use super::{ACTIVE, DAY, HOUR, next_token};
use crate::rig::{ADA, BOB, Site, Token, on_every_server};

on_every_server! {
    /// Whoever signs in: nobody goes on with a session that was there before.
    async fn d_01_signing_in_ends_the_presented_session_at_once(site: Site) {
        for user in [ADA, BOB] {
            let old = site.log_in(ADA).await;
            let before = site.rows().await;
            let new = next_token(&site, &format!("/login?u={user}"), &old).await;
            assert_ne!(new.id(), old.id());
            assert_ne!(new.secret(), old.secret());
            assert_eq!(site.whoami(&old).await, 401);
            assert_eq!(site.whoami(&new).await, 200);
            assert_eq!(site.rows().await, before, "one came, one went");
        }
    }

    async fn d_01_an_idle_session_is_ended_by_signing_in_too(site: Site) {
        let old = site.log_in(ADA).await;
        site.clock.advance(ACTIVE + DAY);
        let new = next_token(&site, "/login?u=1", &old).await;
        assert_eq!((site.whoami(&old).await, site.whoami(&new).await), (401, 200));
        assert_eq!(site.rows().await, 1);
    }

    /// There is no state before a sign-in, and what the earlier session had is gone.
    async fn d_03_nothing_of_an_earlier_session_survives_a_sign_in(site: Site) {
        let first = site.auth.create_session(ADA).device("an old device").await;
        let first = first.expect("a healthy store");
        site.clock.advance(HOUR);
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

    async fn signing_in_ends_what_was_presented_and_not_what_was_shown(site: Site) {
        let presented = site.log_in(ADA).await;
        let reply = site.post("/shows-another").session(&presented).send().await;
        assert_eq!(site.whoami(&presented).await, 401);
        let other = site.auth.validate_session(reply.text()).await;
        assert!(other.expect("a healthy store").is_some());
        assert_eq!(reply.set_cookies().len(), 1);
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
}
