//! Answers that do not arrive: the old token is as good as before, and is answered again.

use super::{
    ABSOLUTE, ACTIVE, GRACE, HOUR, IDLE, SECOND, TARGETS, answered, ask, idle, renewed, signed_in,
};
use crate::rig::{Server, Site, Token, on_every_server};

/// When the session ends whatever happens, in seconds since 1970.
async fn expires_at(site: &Site, token: &Token) -> u64 {
    let found = site.auth.validate_session(&token.0).await;
    let session = found.expect("a healthy store").expect("a live session");
    let since_1970 = session.expires_at().duration_since(std::time::UNIX_EPOCH);
    since_1970.expect("after 1970").as_secs()
}

on_every_server! {
    async fn d_07_a_lost_answer_is_given_again_an_hour_later(server: Server) {
        let (site, token) = idle(server).await;
        let lost = renewed(&site, &token).await;
        assert_eq!(site.told.take(), ["renewed", "rotated", "valid"]);
        for target in TARGETS {
            site.clock.advance(HOUR);
            let again = answered(site.get(target).session(&token)).await;
            assert_eq!(again, (200, Some(lost.clone())), "{target}");
            assert_eq!(site.told.take(), ["valid"], "{target}");
        }
        assert_eq!(ask(&site, &lost).await, (200, None), "it has arrived at last");
        assert_eq!(ask(&site, &token).await, (200, None), "a request under way");
    }

    /// Nobody has seen it, so it does for another period: there is one token out, never two.
    async fn d_07_a_successor_that_nobody_has_seen_does_for_another_period(server: Server) {
        let (site, token) = idle(server).await;
        let lost = renewed(&site, &token).await;
        site.told.take();
        for day in 1..=10 {
            site.clock.advance(ACTIVE);
            assert_eq!(ask(&site, &token).await, (200, Some(lost.clone())), "day {day}");
            assert_eq!(site.told.take(), ["renewed", "valid"], "day {day}");
        }
        assert_eq!(ask(&site, &lost).await, (200, None));
        assert_eq!(site.rows().await, 1);
    }

    /// The deadlines are the session's, whichever of its tokens is presented.
    async fn d_09_a_lost_answer_makes_no_session_live_longer(server: Server) {
        let (site, token) = idle(server).await;
        let lost = renewed(&site, &token).await;
        site.clock.advance(ACTIVE + IDLE);
        site.told.take();
        for token in [&token, &lost] {
            assert_eq!(ask(&site, token).await, (401, None));
            assert_eq!(site.told.take(), ["expired_on_sight"]);
        }
    }

    /// The old one works as long as the new one has not come back, and for the grace after that.
    async fn d_07_the_first_use_of_the_successor_begins_the_grace(server: Server) {
        let (site, token) = idle(server).await;
        let next = renewed(&site, &token).await;
        site.clock.advance(10 * HOUR);
        site.told.take();
        assert_eq!(ask(&site, &next).await, (200, None), "no cookie for a token that is known");
        site.clock.advance(GRACE - SECOND);
        for target in TARGETS {
            let answer = answered(site.get(target).session(&token)).await;
            assert_eq!(answer, (200, None), "{target}");
            assert_eq!(answered(site.get(target).session(&next)).await, (200, None), "{target}");
        }
        let told = site.told.take();
        assert!(told.iter().all(|line| line == "valid"), "{told:?}");
    }

    /// The answer that brought the new token was the last in the active period, its first use the first
    /// after that: a request that was under way meanwhile is no stranger's.
    async fn d_07_a_first_use_that_finds_the_session_idle_begins_the_grace_too(server: Server) {
        let (site, token) = idle(server).await;
        let lost = renewed(&site, &token).await;
        site.clock.advance(ACTIVE - SECOND);
        assert_eq!(ask(&site, &token).await, (200, Some(lost.clone())));
        site.clock.advance(SECOND);
        assert_eq!(ask(&site, &lost).await.0, 200, "idle, and presented for the first time");
        assert_eq!(ask(&site, &token).await.0, 200, "under way for a second");
        assert_eq!(super::alarms(&site.told.take()), 0);
    }

    /// Nor does a cookie, all the while.
    async fn d_10_thirty_days_of_rotations_never_pass_the_absolute_end(server: Server) {
        let (site, mut token) = signed_in(server).await;
        let (start, ends) = (site.clock.now(), expires_at(&site, &token).await);
        let mut rotations = 0;
        for hour in 1..720 {
            site.clock.advance(HOUR);
            let reply = site.get("/whoami").session(&token).send().await;
            assert_eq!(reply.status, 200, "hour {hour}");
            if let Some(cookie) = reply.our_cookie() {
                let left = ABSOLUTE - site.clock.now().duration_since(start).expect("later");
                assert!(cookie.max_age() <= left.as_secs(), "hour {hour}");
                assert_ne!(cookie.token(), token, "hour {hour}");
                token = cookie.token();
                rotations += 1;
                assert_eq!(expires_at(&site, &token).await, ends, "hour {hour}");
            }
        }
        assert_eq!(rotations, 29, "one a day");
        site.clock.advance(HOUR - SECOND);
        assert_eq!(site.whoami(&token).await, 200, "30 days less a second");
        site.clock.advance(SECOND);
        assert_eq!(site.whoami(&token).await, 401, "30 days");
        assert_eq!(super::alarms(&site.told.take()), 0);
        assert_eq!(site.auth.delete_expired_sessions().await.expect("a healthy store"), site.swept(1));
    }
}
