//! The store fails: nobody is taken for someone else or for nobody, and no cookie is touched.

use std::{collections::HashSet, time::Duration};

use locals::{Error, StoreError};

use crate::rig::{ADA, BOB, Reply, Site, Token, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// Every route that calls the store for a signed-in user; `{id}` is the session's.
const WITH_A_STORE: [(&str, &str); 16] = [
    ("GET", "/whoami"),
    ("HEAD", "/whoami"),
    ("GET", "/eager"),
    ("GET", "/required"),
    ("GET", "/slow?ms=0"),
    ("GET", "/sessions"),
    ("GET", "/early"),
    ("POST", "/login?u=2"),
    ("POST", "/logout"),
    ("POST", "/logout-all"),
    ("POST", "/password"),
    ("POST", "/sudo"),
    ("POST", "/twice"),
    ("POST", "/sessions/{id}/revoke"),
    ("POST", "/sets-then-asks"),
    ("POST", "/sets-then-lists"),
];

async fn send(site: &Site, (method, target): (&'static str, &str), token: &Token) -> Reply {
    let target = target.replace("{id}", token.id());
    site.request(method, &target).session(token).send().await
}

/// Fails each call of the store in turn, until the request makes no more.
async fn fails_at_every_call(site: &Site, route: (&'static str, &'static str), idle: bool) {
    for call in 1.. {
        let token = site.log_in(ADA).await;
        if idle {
            site.clock.advance(ACTIVE);
        }
        site.store.reset();
        site.store.fail_nth(call);
        let reply = send(site, route, &token).await;
        let calls = site.store.calls();
        site.store.heal();

        if calls.total() < call {
            assert!(
                reply.status < 400,
                "{route:?} with a healthy store: {}",
                reply.status
            );
            assert!(call > 1, "{route:?} calls the store");
            return;
        }
        if idle && calls.extend > 0 && reply.status < 400 {
            // The renewal was not written, or not seen to be worth its cookie; the rest was done.
            let sent = reply.our_cookie().map(|cookie| cookie.value);
            assert_ne!(sent.as_ref(), Some(&token.0), "{route:?}, call {call}");
            continue;
        }
        assert_eq!(reply.set_cookies().len(), 0, "{route:?}, call {call}");
        assert_eq!(reply.status, 503, "{route:?}, call {call}");
        assert_eq!(
            site.whoami(&token).await,
            200,
            "{route:?}, call {call}, the store healed"
        );
    }
}

on_every_server! {
    async fn i_01_the_four_answers_of_the_api_are_distinct(site: Site) {
        let token = site.log_in(ADA).await.0;
        let unknown = format!("{}.{}", "A".repeat(22), "A".repeat(43));
        assert!(matches!(site.auth.validate_session(&token).await, Ok(Some(_))));
        assert!(matches!(site.auth.validate_session(&unknown).await, Ok(None)));
        site.store.fail();
        for token in [&token, &unknown] {
            let down = site.auth.validate_session(token).await;
            assert!(matches!(down, Err(Error::Store(StoreError::Unavailable(_)))), "{down:?}");
        }
        site.store.heal();
        site.store.corrupt();
        let corrupt = site.auth.validate_session(&token).await;
        assert!(matches!(corrupt, Err(Error::Store(StoreError::Corrupt { .. }))), "{corrupt:?}");
        site.store.heal();
        assert!(matches!(site.auth.validate_session(&token).await, Ok(Some(_))));
    }

    /// A session that cannot be read is no session to a handler, so that its user can reach the
    /// login page and sign in anew; the log has the reason.
    async fn i_01_a_handler_tells_an_outage_from_no_session(site: Site) {
        let token = site.log_in(ADA).await;
        let ask = async || site.get("/answer").session(&token).send().await.text().to_owned();
        assert_eq!(ask().await, "a session");
        site.store.fail();
        assert_eq!(ask().await, "unavailable");
        site.store.heal();
        site.store.corrupt();
        assert_eq!(ask().await, "no session");
        site.store.heal();
        assert_eq!(ask().await, "a session");
        site.post("/logout").session(&token).send().await;
        assert_eq!(ask().await, "no session");
    }

    async fn i_01_each_answer_has_its_status(site: Site) {
        let token = site.log_in(ADA).await;
        for target in ["/whoami", "/required"] {
            let ask = async || {
                let reply = site.get(target).session(&token).send().await;
                assert_eq!(reply.set_cookies().len(), 0, "{target}");
                reply.status
            };
            assert_eq!(ask().await, 200, "{target}");
            assert_eq!(site.get(target).send().await.status, 401, "{target} anonymously");
            site.store.fail();
            assert_eq!(ask().await, 503, "{target} with the store down");
            site.store.heal();
            site.store.corrupt();
            assert_eq!(ask().await, 401, "{target} with a corrupt row");
            site.store.heal();
            assert_eq!(ask().await, 200, "{target} afterwards");
        }
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

    /// Whichever call fails, the error becomes no session and no anonymous visitor; nor, I-03, a
    /// cookie.
    async fn i_02_an_error_at_any_call_is_503(site: Site) {
        for route in WITH_A_STORE {
            fails_at_every_call(&site, route, false).await;
        }
    }

    /// But for the renewal itself, and the look at it before its cookie is sent: the answer depends on
    /// neither.
    async fn i_02_an_error_at_any_call_of_an_idle_session_is_503(site: Site) {
        for route in WITH_A_STORE {
            fails_at_every_call(&site, route, true).await;
        }
    }

    async fn i_02_a_session_whose_renewal_cannot_be_written_is_served_as_it_is(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        for target in ["/whoami", "/required"] {
            site.store.reset();
            site.store.fail_nth(2);
            let reply = site.get(target).session(&token).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (200, 0), "{target}");
            assert_eq!(site.store.calls().extend, 1, "{target}");
        }
        let reply = site.get("/whoami").session(&token).send().await;
        assert_eq!(reply.our_cookie().expect("renewed by the next request").token(), token);
    }

    async fn i_02_a_route_without_a_session_call_works_on(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.fail();
        for request in [site.get("/public"), site.get("/public").session(&token)] {
            let reply = request.send().await;
            assert_eq!((reply.status, reply.text()), (200, "for everyone"));
        }
        let anonymous = site.get("/whoami").send().await;
        assert_eq!(anonymous.status, 401, "no token, no call");
        let malformed = site.get("/whoami").cookie_header("__Host-session=x").send().await;
        assert_eq!(malformed.status, 401, "no token, no call");
    }

    /// The handler looks away from the error; the cookie is left alone all the same.
    async fn i_03_a_swallowed_error_sends_no_cookie(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        for (call, answer) in [(1, "an error"), (2, "a session")] {
            site.store.fail_nth(call);
            let reply = site.get("/swallows").session(&token).send().await;
            site.store.heal();
            assert_eq!((reply.status, reply.text()), (200, answer), "call {call}");
            assert_eq!(reply.set_cookies().len(), 0, "call {call}");
        }
        let reply = site.get("/swallows").session(&token).send().await;
        assert_eq!(reply.text(), "a session");
        assert_eq!(reply.our_cookie().expect("renewed at last").token(), token);
    }

    /// What only the cookie would know goes with the answer that the store did not give.
    async fn i_03_a_swallowed_error_takes_back_what_was_set_or_cleared(site: Site) {
        let token = site.log_in(ADA).await;
        for (mark, calls) in [("set", 2), ("clear", 1)] {
            let target = format!("/marks-then-asks/{mark}");
            let ask = async || site.post(&target).session(&token).send().await;
            assert_eq!(ask().await.set_cookies().len(), 1, "{mark}");
            site.store.fail_nth(calls);
            let reply = ask().await;
            site.store.heal();
            assert_eq!((reply.status, reply.text()), (200, "an error"), "{mark}");
            assert_eq!(reply.set_cookies().len(), 0, "{mark}");
        }
        assert_eq!(site.whoami(&token).await, 200);
    }

    async fn n_03_the_body_of_a_503_is_a_constant(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.fail();
        let mut bodies = HashSet::new();
        for route in WITH_A_STORE {
            if route.0 != "HEAD" {
                let reply = send(&site, route, &token).await;
                assert_eq!(reply.status, 503, "{route:?}");
                bodies.insert(reply.text().to_owned());
            }
        }
        assert_eq!(bodies.len(), 1, "{bodies:?}");
    }

    /// 503, cookie untouched, session alive; a second try ends it.
    async fn d_14_a_logout_that_could_not_delete_says_so(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.fail();
        let failed = site.post("/logout").session(&token).send().await;
        assert_eq!((failed.status, failed.set_cookies().len()), (503, 0));
        site.store.heal();
        assert_eq!(site.whoami(&token).await, 200);

        let retried = site.post("/logout").session(&token).send().await;
        assert_eq!(retried.status, 200);
        assert!(retried.our_cookie().expect("a removal").is_removal());
        assert_eq!(site.whoami(&token).await, 401);
        assert_eq!(site.rows().await, 0);
    }

    /// The same when the load works and only the delete fails; Bob shows how many calls there are.
    async fn d_14_a_failed_delete_ends_nothing(site: Site) {
        for target in ["/logout", "/logout-all"] {
            let bob = site.log_in(BOB).await;
            site.store.reset();
            site.post(target).session(&bob).send().await;
            let last = site.store.calls().total();

            let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
            let before = site.rows().await;
            site.store.fail_nth(last);
            let reply = site.post(target).session(&token).send().await;
            site.store.heal();
            assert_eq!((reply.status, reply.set_cookies().len()), (503, 0), "{target}");
            assert_eq!(site.rows().await, before, "{target}");
            assert_eq!(site.whoami(&token).await, 200, "{target}");
            assert_eq!(site.whoami(&other).await, 200, "{target}");
        }
    }
}
