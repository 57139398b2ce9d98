//! The three periods of a session's life, to the millisecond.

use std::time::Duration;

use locals::Lifetimes;

use super::{ACTIVE, DAY, HOUR, IDLE, next_token, sessions};
use crate::rig::{ADA, Server, Settings, Site, Token, on_every_server};

const SECOND: Duration = Duration::from_secs(1);

/// Periods that end at 10 s, 20 s and, unless renewed to the end, at `absolute`.
async fn short_lived(server: Server, absolute: Duration) -> Site {
    let lifetimes = Lifetimes {
        active: 10 * SECOND,
        idle: 10 * SECOND,
        absolute,
    };
    with_lifetimes(server, lifetimes).await
}

async fn with_lifetimes(server: Server, lifetimes: Lifetimes) -> Site {
    let settings = Settings {
        lifetimes,
        ..Settings::default()
    };
    Site::with(server, settings).await
}

/// Whether a request finds the session, and whether it renews it.
async fn found_and_renewed(site: &Site, token: &Token) -> (bool, bool) {
    let reply = site.get("/whoami").session(token).send().await;
    assert!([200, 401].contains(&reply.status), "{reply:?}");
    (reply.status == 200, reply.our_cookie().is_some())
}

on_every_server! {
    async fn d_09_an_unused_session_ends_after_its_idle_time(site: Site) {
        let used_just_before = site.log_in(ADA).await;
        let used_just_after = site.log_in(ADA).await;
        site.clock.advance(ACTIVE + IDLE - SECOND);
        assert_eq!(site.whoami(&used_just_before).await, 200);
        site.clock.advance(2 * SECOND);
        assert_eq!(site.whoami(&used_just_after).await, 401);
        assert_eq!(site.whoami(&used_just_before).await, 200, "renewed two seconds ago");
    }

    async fn d_09_use_moves_the_end(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(2 * DAY);
        assert_eq!(found_and_renewed(&site, &token).await, (true, true));
        let other = site.log_in(ADA).await;
        site.clock.advance(ACTIVE + IDLE - SECOND);
        assert_eq!(site.whoami(&token).await, 200, "17 days old, used 15 days ago");
        site.clock.advance(SECOND);
        assert_eq!(site.whoami(&other).await, 401);
    }

    /// The browser's cookie is alive and well; it makes no difference.
    async fn d_10_no_activity_moves_the_absolute_end(site: Site) {
        let mut token = site.log_in(ADA).await;
        let ends = |list: &[serde_json::Value]| {
            (list[0]["created_at"].clone(), list[0]["expires_at"].clone())
        };
        let at_first = ends(&sessions(&site, &token).await);
        let mut connection = site.keep_alive().await;
        for hour in 1..720 {
            site.clock.advance(HOUR);
            let reply = connection.send(site.get("/whoami").session(&token)).await;
            assert_eq!(reply.status, 200, "hour {hour}");
            if hour % 100 == 0 {
                token = next_token(&site, "/sudo", &token).await;
                assert_eq!(ends(&sessions(&site, &token).await), at_first, "hour {hour}");
            }
        }
        site.clock.advance(HOUR - SECOND);
        assert_eq!(site.whoami(&token).await, 200, "30 days less a second");
        site.clock.advance(2 * SECOND);
        assert_eq!(site.whoami(&token).await, 401, "30 days and a second");
    }

    /// Last used at `t`, a session ends between `t + idle` and `t + active + idle`.
    async fn d_11_early_by_the_active_period_at_most(server: Server) {
        let nist = Lifetimes::aal2();
        assert!(nist.active * 10 <= nist.active + nist.idle);
        for lifetimes in [Lifetimes::default(), nist] {
            let site = with_lifetimes(server, lifetimes).await;
            let Lifetimes { active, idle, .. } = lifetimes;
            for last_use in [Duration::ZERO, active / 2, active - SECOND, active, active + SECOND] {
                let (early, late) = (site.log_in(ADA).await, site.log_in(ADA).await);
                site.clock.advance(last_use);
                assert_eq!(site.whoami(&early).await, 200);
                assert_eq!(site.whoami(&late).await, 200);
                site.clock.advance(idle - SECOND);
                assert_eq!(site.whoami(&early).await, 200, "used at {last_use:?}");
                site.clock.advance(active + SECOND);
                assert_eq!(site.whoami(&late).await, 401, "used at {last_use:?}");
            }
        }
    }

    async fn h_05_active_ends_at_its_instant(server: Server) {
        for (past, renewed) in [(-1, false), (0, true), (1, true)] {
            let site = short_lived(server, 100 * SECOND).await;
            let token = site.log_in(ADA).await;
            site.clock.advance(at(10_000, past));
            assert_eq!(found_and_renewed(&site, &token).await, (true, renewed), "{past} ms");
        }
    }

    async fn h_05_idle_ends_at_its_instant(server: Server) {
        for (past, found) in [(-1, true), (0, false), (1, false)] {
            let site = short_lived(server, 100 * SECOND).await;
            let token = site.log_in(ADA).await;
            site.clock.advance(at(20_000, past));
            assert_eq!(found_and_renewed(&site, &token).await, (found, found), "{past} ms");
        }
    }

    /// Here the absolute end comes while the session is active, idle, or just renewed.
    async fn h_05_absolute_ends_at_its_instant(server: Server) {
        for absolute in [5, 10, 15, 20, 25] {
            for (past, found) in [(-1, true), (0, false), (1, false)] {
                let site = short_lived(server, Duration::from_secs(absolute)).await;
                let token = site.log_in(ADA).await;
                let mut left = at(absolute * 1000, past);
                if absolute > 15 {
                    site.clock.advance(15 * SECOND);
                    assert_eq!(found_and_renewed(&site, &token).await, (true, true));
                    left -= 15 * SECOND;
                }
                site.clock.advance(left);
                assert_eq!(site.whoami(&token).await == 200, found, "{absolute} s, {past} ms");
            }
        }
    }

    /// The list, the sweeper and the request agree about the instant.
    async fn h_05_the_list_and_the_sweeper_agree(server: Server) {
        for (past, alive) in [(-1, 1), (0, 0), (1, 0)] {
            let site = short_lived(server, 100 * SECOND).await;
            let token = site.log_in(ADA).await;
            site.clock.advance(at(20_000, past));
            let listed = site.auth.list_sessions(ADA).await.expect("a healthy store");
            assert_eq!(listed.len(), alive, "{past} ms");
            let valid = site.auth.validate_session(&token.0).await.expect("a healthy store");
            assert_eq!(usize::from(valid.is_some()), alive, "{past} ms");
            let swept = site.auth.delete_expired_sessions().await.expect("a healthy store");
            assert_eq!(swept, site.swept(if alive == 1 { 0 } else { 1 }), "{past} ms");
        }
    }
}

/// So many milliseconds before or after an instant.
fn at(millis: u64, past: i64) -> Duration {
    Duration::from_millis(millis.saturating_add_signed(past))
}
