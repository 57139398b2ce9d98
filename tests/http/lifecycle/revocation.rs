//! Sessions that end by somebody else's hand: from the list, or all at once.

use serde_json::Value;

use super::{ABSOLUTE, ACTIVE, HOUR, IDLE, alive, sessions};
use crate::rig::{ADA, BOB, Site, Token, on_every_server};

async fn twenty_of_ada(site: &Site) -> Vec<Token> {
    let mut tokens = Vec::new();
    for _ in 0..20 {
        tokens.push(site.log_in(ADA).await);
    }
    tokens
}

on_every_server! {
    async fn e_01_every_session_of_a_user_can_be_ended(site: Site) {
        let (of_ada, bob) = (twenty_of_ada(&site).await, site.log_in(BOB).await);
        let reply = site.post("/logout-all").session(&of_ada[7]).send().await;
        assert_eq!((reply.status, reply.text()), (200, "20"));
        assert_eq!(alive(&site, &of_ada).await, 0);
        assert_eq!(site.whoami(&bob).await, 200);
        assert_eq!(site.rows().await, 1);
    }

    async fn e_01_every_session_but_the_current_one_can_be_ended(site: Site) {
        let (of_ada, bob) = (twenty_of_ada(&site).await, site.log_in(BOB).await);
        let reply = site.post("/password").session(&of_ada[7]).send().await;
        assert_eq!((reply.status, reply.text()), (200, "19"));
        assert_eq!(alive(&site, &of_ada).await, 1);
        assert_eq!(site.whoami(&of_ada[7]).await, 200);
        assert_eq!(site.whoami(&bob).await, 200);
        let again = site.post("/password").session(&of_ada[7]).send().await;
        assert_eq!((again.status, again.text()), (200, "0"));
    }

    /// By one call in a handler; the browser's cookie goes with it, unless the store failed.
    /// All of them have ended by the second write: the browser is told, whatever becomes of the third.
    async fn e_01_a_sign_out_everywhere_that_took_place_reaches_the_browser(site: Site) {
        let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
        site.store.reset();
        site.store.fail_nth(3);
        let reply = site.post("/everywhere").session(&token).send().await;
        site.store.heal();
        assert_eq!(reply.status, 503);
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!((site.whoami(&token).await, site.whoami(&other).await), (401, 401));
    }

    async fn e_01_a_handler_can_sign_out_everywhere(site: Site) {
        let (of_ada, bob) = (twenty_of_ada(&site).await, site.log_in(BOB).await);
        site.store.fail_nth(2);
        let failed = site.post("/everywhere").session(&of_ada[7]).send().await;
        site.store.heal();
        assert_eq!((failed.status, failed.set_cookies().len()), (503, 0));
        assert_eq!(alive(&site, &of_ada).await, 20);

        let reply = site.post("/everywhere").session(&of_ada[7]).send().await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(alive(&site, &of_ada).await, 0);
        assert_eq!(site.whoami(&bob).await, 200);
        let nobody = site.post("/everywhere").send().await;
        assert_eq!((nobody.status, nobody.set_cookies().len()), (200, 0));
    }

    async fn a_cleared_cookie_does_not_hide_whose_sessions_end(site: Site) {
        let (here, there) = (site.log_in(ADA).await, site.log_in(ADA).await);
        let reply = site.post("/clears-then-ends-all").session(&here).send().await;
        assert_eq!(reply.status, 200);
        for token in [here, there] {
            assert_eq!(site.whoami(&token).await, 401);
        }
    }

    /// The store fails at the last call, which is the one that ends them.
    async fn e_03_a_revocation_that_failed_says_so_and_ends_nothing(site: Site) {
        for (target, left) in [("/password", 1), ("/logout-all", 0)] {
            let of_ada = twenty_of_ada(&site).await;
            site.store.fail_nth(2);
            let failed = site.post(target).session(&of_ada[0]).send().await;
            site.store.heal();
            assert_eq!((failed.status, failed.set_cookies().len()), (503, 0), "{target}");
            assert_eq!(alive(&site, &of_ada).await, 20, "{target}");

            let repeated = site.post(target).session(&of_ada[0]).send().await;
            assert_eq!(repeated.status, 200, "{target}");
            assert_eq!(alive(&site, &of_ada).await, left, "{target}");
            assert_eq!(site.rows().await, left, "{target}");
            site.post("/logout").session(&of_ada[0]).send().await;
        }
    }

    async fn e_05_the_list_says_when_and_which_and_nothing_secret(site: Site) {
        let seconds = |time: std::time::SystemTime| {
            let since = time.duration_since(std::time::UNIX_EPOCH);
            since.expect("the clock is past 1970").as_secs()
        };
        let first_day = seconds(site.clock.now());
        let older = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        assert_eq!(site.whoami(&older).await, 200, "renewed");
        site.clock.advance(HOUR);
        let newer = site.log_in(ADA).await;
        site.log_in(BOB).await;

        let list = sessions(&site, &older).await;
        let line = |token: &Token, created: u64, used: u64, current: bool| {
            serde_json::json!({
                "id": token.id(),
                "created_at": created,
                "last_used_at": used,
                "idle_until": used + (ACTIVE + IDLE).as_secs(),
                "expires_at": created + ABSOLUTE.as_secs(),
                "device": Value::Null,
                "current": current,
            })
        };
        let day = ACTIVE.as_secs();
        let now = first_day + day + HOUR.as_secs();
        assert_eq!(
            list,
            [line(&newer, now, now, false), line(&older, first_day, first_day + day, true)],
            "most recently used first",
        );
    }

    async fn e_06_nobody_ends_a_session_of_somebody_else(site: Site) {
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        let revoke = |of: &Token| format!("/sessions/{}/revoke", of.id());
        let foreign = site.post(&revoke(&ada)).session(&bob).send().await;
        let unknown = site.post(&revoke(&Token::made_up())).session(&bob).send().await;
        assert_eq!((foreign.status, unknown.status), (404, 404));
        assert_eq!(foreign.text(), unknown.text(), "nor can he tell whether there is such a one");
        let anonymous = site.post(&revoke(&ada)).send().await;
        assert_eq!(anonymous.status, 401);
        assert_eq!(site.whoami(&ada).await, 200);

        let other = site.log_in(ADA).await;
        assert_eq!(site.post(&revoke(&other)).session(&ada).send().await.status, 204);
        assert_eq!((site.whoami(&other).await, site.whoami(&ada).await), (401, 200));
        assert_eq!(site.post(&revoke(&other)).session(&ada).send().await.status, 404, "once");
    }
}
