//! A store or a source of random bytes that fails in the middle: nobody is signed out by that.

use locals::testing::EntropyError;

use super::{ACTIVE, GRACE, SECOND, alarms, answered, ask, idle, promoted, renewed, with_grace};
use crate::rig::{Server, Settings, on_every_server};

/// The first call of a request looks the session up, the second is the write.
const TARGETS: [&str; 4] = ["/whoami", "/eager", "/required", "/behind/report"];

on_every_server! {
    async fn i_02_a_rotating_renewal_that_is_not_written_changes_nothing(server: Server) {
        let (site, token) = idle(server).await;
        for target in TARGETS {
            site.store.fail_nth(2);
            let answer = answered(site.get(target).session(&token)).await;
            assert_eq!(answer, (200, None), "{target}");
            assert_eq!(site.told.take(), ["renewal_not_written", "valid"], "{target}");
        }
        let next = renewed(&site, &token).await;
        assert_eq!(site.told.take(), ["renewed", "rotated", "valid"]);
        assert_eq!(ask(&site, &next).await, (200, None));
    }

    async fn i_02_a_first_use_that_is_not_written_ends_nothing(server: Server) {
        let (site, token) = idle(server).await;
        let next = renewed(&site, &token).await;
        site.told.take();
        for target in TARGETS {
            site.store.fail_nth(2);
            let answer = answered(site.get(target).session(&next)).await;
            assert_eq!(answer, (200, None), "{target}");
            assert_eq!(site.told.take(), ["renewal_not_written", "valid"], "{target}");
            assert_eq!(ask(&site, &token).await, (200, Some(next.clone())), "{target}");
            site.clock.advance(2 * GRACE);
            assert_eq!(ask(&site, &token).await, (200, Some(next.clone())), "{target}");
            site.told.take();
        }
        assert_eq!(ask(&site, &next).await, (200, None), "now it is");
        assert_eq!(ask(&site, &token).await, (200, None), "in the grace");
        site.clock.advance(GRACE);
        assert_eq!(ask(&site, &token).await, (401, None));
    }

    /// The answer is lost on the server's own side: given again by the next request.
    async fn i_03_a_look_before_the_cookie_that_fails_costs_only_the_cookie(server: Server) {
        let (site, token) = idle(server).await;
        for target in TARGETS {
            site.store.fail_nth(if target == "/whoami" { 3 } else { 2 });
            let answer = answered(site.get(target).session(&token)).await;
            assert_eq!(answer, (200, None), "{target}");
            site.store.heal();
        }
        let next = renewed(&site, &token).await;
        assert_eq!(ask(&site, &next).await, (200, None));
        assert_eq!(alarms(&site.told.take()), 0);
    }

    /// Whether the write took place is unknown then.
    async fn i_07_a_connection_that_breaks_at_the_renewal_signs_nobody_out(server: Server) {
        let (site, token) = idle(server).await;
        site.store.lose_connection_of_writes();
        assert_eq!(ask(&site, &token).await, (200, None));
        let next = renewed(&site, &token).await;
        site.store.lose_connection_of_writes();
        assert_eq!(ask(&site, &next).await, (200, None));
        assert_eq!(ask(&site, &next).await, (200, None));
        assert_eq!(ask(&site, &token).await, (200, None));
        assert_eq!(alarms(&site.told.take()), 0);
    }

    /// 503, cookie untouched; whoever comes with the old token next ends the session.
    async fn i_02_an_alarm_that_cannot_be_written_is_an_outage(server: Server) {
        let (site, former, next) = promoted(server).await;
        site.clock.advance(GRACE + SECOND);
        site.store.fail_nth(2);
        assert_eq!(ask(&site, &former).await, (503, None));
        assert_eq!(alarms(&site.told.take()), 0, "it has not ended");
        assert_eq!(ask(&site, &next).await, (200, None));
        assert_eq!(ask(&site, &former).await, (401, None));
        assert_eq!(alarms(&site.told.take()), 1);
        assert_eq!(ask(&site, &next).await, (401, None));
    }

    /// The session keeps its token for another period.
    async fn a_02_without_random_bytes_a_renewal_rotates_nothing(server: Server) {
        let (site, token) = idle(server).await;
        let settings = Settings { entropy: Some(fails), ..with_grace(GRACE) };
        let node = site.node(settings, &site.clock).await;
        let reply = site.get("/whoami").session(&token).send_by(node.address).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.our_cookie().expect("renewed").token(), token);
        assert_eq!(site.told.take(), ["no_randomness", "renewed", "valid"]);
        site.clock.advance(ACTIVE);
        let next = renewed(&site, &token).await;
        assert_eq!(ask(&site, &next).await, (200, None));
    }
}

fn fails(_: &mut [u8]) -> Result<(), EntropyError> {
    Err(EntropyError("the generator is gone"))
}
