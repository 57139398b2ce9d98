//! A token that was replaced long ago comes back: the session ends, and that is told once.

use std::time::Duration;

use futures_util::future::{join, join_all};

use super::{ACTIVE, GRACE, SECOND, TARGETS, alarms, answered, ask, idle, promoted, renewed};
use crate::rig::{ADA, Server, eventually, on_every_server};

const MILLISECOND: Duration = Duration::from_millis(1);

on_every_server! {
    async fn d_08_after_the_grace_the_old_token_ends_the_session_for_both(server: Server) {
        for target in TARGETS {
            let (site, former, next) = promoted(server).await;
            site.clock.advance(GRACE - SECOND);
            assert_eq!(answered(site.get(target).session(&former)).await, (200, None), "{target}");
            site.clock.advance(2 * SECOND);
            site.told.take();
            let thief = site.get(target).session(&former).send().await;
            // The eager handler lets everybody in, and says whom it has seen.
            let status = if target == "/eager" { 200 } else { 401 };
            assert_eq!((thief.status, thief.set_cookies().len()), (status, 0), "{target}");
            assert_eq!(target == "/eager", thief.text() == "nobody", "{target}");
            assert_eq!(alarms(&site.told.take()), 1, "{target}");
            assert_eq!(ask(&site, &next).await, (401, None), "{target}");
            assert_eq!(ask(&site, &former).await, (401, None), "{target}");
            assert_eq!(alarms(&site.told.take()), 0, "{target}: once");
            assert_eq!(site.rows().await, 0, "{target}");
        }
    }

    async fn d_08_the_grace_ends_at_its_instant(server: Server) {
        let (site, former, next) = promoted(server).await;
        site.clock.advance(GRACE - MILLISECOND);
        assert_eq!(ask(&site, &former).await, (200, None));
        site.clock.advance(MILLISECOND);
        assert_eq!(ask(&site, &former).await, (401, None));
        assert_eq!(ask(&site, &next).await, (401, None));
    }

    async fn d_08_the_grace_is_the_configured_one(server: Server) {
        for grace in [SECOND, 10 * GRACE] {
            let site = crate::rig::Site::with(server, super::with_grace(grace)).await;
            let former = site.log_in(ADA).await;
            site.clock.advance(ACTIVE);
            let next = renewed(&site, &former).await;
            assert_eq!(ask(&site, &next).await, (200, None));
            site.clock.advance(grace - MILLISECOND);
            assert_eq!(ask(&site, &former).await, (200, None), "{grace:?}");
            site.clock.advance(MILLISECOND);
            assert_eq!(ask(&site, &former).await, (401, None), "{grace:?}");
        }
    }

    /// All twenty have found the row before one of them ends it, as far as the store's answers can be
    /// held back together.
    async fn d_08_twenty_at_once_sound_one_alarm(server: Server) {
        let (site, former, next) = promoted(server).await;
        site.clock.advance(GRACE + SECOND);
        site.store.reset();
        site.store.hang();
        let all = join_all((0..20).map(|_| ask(&site, &former)));
        let store_answers = async {
            eventually("all have asked", async || site.store.calls().load >= 20).await;
            site.store.heal();
        };
        let (answers, ()) = join(all, store_answers).await;
        assert!(answers.iter().all(|answer| *answer == (401, None)), "{answers:?}");
        assert_eq!(alarms(&site.told.take()), 1);
        assert_eq!(ask(&site, &next).await, (401, None));
    }

    /// It says nothing of a thief: the browser may have slept through a renewal.
    async fn d_08_the_token_before_the_former_one_is_refused_and_ends_nothing(server: Server) {
        let (site, first, second) = promoted(server).await;
        site.clock.advance(ACTIVE);
        let third = renewed(&site, &second).await;
        for presented in [false, true] {
            if presented {
                assert_eq!(ask(&site, &third).await, (200, None));
            }
            site.told.take();
            site.store.reset();
            for target in ["/whoami", "/required", "/behind/report"] {
                let answer = answered(site.get(target).session(&first)).await;
                assert_eq!(answer, (401, None), "{target}, {presented}");
            }
            let told = site.told.take();
            assert!(told.iter().all(|line| ["unknown", "refused signed_out"].contains(&&**line)), "{told:?}");
            assert_eq!(site.store.calls().writes(), 0);
        }
        assert_eq!(ask(&site, &third).await, (200, None));
        assert_eq!(site.rows().await, 1);
    }

    /// The thief was the first to renew and to come back with the new token.
    async fn d_08_a_thief_who_renews_first_is_out_when_the_victim_comes_back(server: Server) {
        let (site, stolen) = idle(server).await;
        let of_thief = renewed(&site, &stolen).await;
        assert_eq!(ask(&site, &of_thief).await, (200, None));
        site.clock.advance(ACTIVE / 2);
        site.told.take();
        assert_eq!(ask(&site, &stolen).await, (401, None), "the victim, who signs in anew");
        assert_eq!(alarms(&site.told.take()), 1);
        assert_eq!(ask(&site, &of_thief).await, (401, None));
    }

    /// Whoever knows the id alone: no secret, no alarm.
    async fn a_06_a_made_up_secret_sounds_no_alarm(server: Server) {
        let (site, former, next) = promoted(server).await;
        site.clock.advance(GRACE + SECOND);
        site.store.reset();
        for _ in 0..10 {
            assert_eq!(ask(&site, &former.with_made_up_secret()).await, (401, None));
        }
        assert_eq!(site.store.calls().writes(), 0);
        assert_eq!(alarms(&site.told.take()), 0);
        assert_eq!(ask(&site, &next).await, (200, None));
    }

    /// Of Ada's other sessions nothing is known to be stolen.
    async fn d_08_an_alarm_ends_that_session_alone(server: Server) {
        let (site, former, _) = promoted(server).await;
        let other = site.log_in(ADA).await;
        site.clock.advance(GRACE + SECOND);
        assert_eq!(ask(&site, &former).await, (401, None));
        assert_eq!(ask(&site, &other).await, (200, None));
        assert_eq!(site.rows().await, 1);
    }

    /// `renew_session` answers as a handler does; what only validates, for a stream that was begun long ago
    /// perhaps, is told of no session, and ends none.
    async fn d_08_the_server_api_sounds_the_alarm_too(server: Server) {
        let (site, former, next) = promoted(server).await;
        let valid = async |token: &crate::rig::Token| {
            let found = site.auth.validate_session(&token.0).await;
            found.expect("a healthy store").is_some()
        };
        assert!(valid(&former).await && valid(&next).await);
        site.clock.advance(GRACE + SECOND);
        site.told.take();
        assert!(!valid(&former).await);
        assert!(valid(&next).await);
        assert_eq!(site.told.take(), ["unknown", "valid"]);
        let renewed = site.auth.renew_session(&former.0).await;
        assert!(renewed.expect("a healthy store").is_none());
        assert_eq!(site.told.take(), ["reused"]);
        assert!(!valid(&next).await);
    }
}
