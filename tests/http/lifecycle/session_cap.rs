//! The cap on the sessions of a user: which of them makes room for one more.

use std::time::Duration;

use futures_util::future::join_all;

use super::{ACTIVE, DAY, HOUR, IDLE, alive, next_token, statuses};
use crate::rig::{ADA, BOB, EVE, Server, Settings, Site, Token, on_every_server};

const MILLISECOND: Duration = Duration::from_millis(1);

async fn capped(server: Server, limit: u32) -> Site {
    let settings = Settings {
        max_sessions_per_user: Some(limit),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

async fn used_daily(site: &Site, token: &Token, days: u32) {
    for day in 0..days {
        site.clock.advance(DAY);
        assert_eq!(site.whoami(token).await, 200, "day {day}");
    }
}

on_every_server! {
    async fn e_07_the_least_recently_used_makes_room(server: Server) {
        let site = capped(server, 3).await;
        let bob = site.log_in(BOB).await;
        let mut tokens = Vec::new();
        for _ in 0..3 {
            tokens.push(site.log_in(ADA).await);
            site.clock.advance(Duration::from_secs(60));
        }
        site.clock.advance(ACTIVE);
        assert_eq!(site.whoami(&tokens[0]).await, 200, "the oldest is used");
        tokens.push(site.log_in(ADA).await);
        assert_eq!(statuses(&site, &tokens).await, [200, 401, 200, 200]);
        assert_eq!(site.whoami(&bob).await, 200, "nobody else's");
        assert_eq!(site.rows().await, 4);
    }

    async fn e_07_fifty_sign_ins_at_once_keep_to_the_limit(server: Server) {
        let site = capped(server, 3).await;
        let replies = join_all((0..50).map(|_| site.post("/login?u=1").send())).await;
        let mut tokens = Vec::new();
        for reply in replies {
            assert_eq!(reply.status, 200, "{}", reply.text());
            tokens.push(reply.our_cookie().expect("a session's cookie").token());
        }
        assert_eq!(site.rows().await, 3);
        assert_eq!(alive(&site, &tokens).await, 3);
        let newest = site.log_in(ADA).await;
        assert_eq!(site.whoami(&newest).await, 200);
        assert_eq!(site.rows().await, 3);
    }

    /// At the limit, the session that a sign-in replaces is the one that makes room.
    async fn e_07_signing_in_again_costs_no_other_device_its_session(server: Server) {
        let site = capped(server, 2).await;
        let tablet = site.log_in(ADA).await;
        site.clock.advance(HOUR);
        let phone = site.log_in(ADA).await;
        let again = next_token(&site, "/login?u=1", &phone).await;
        assert_eq!(site.whoami(&phone).await, 401, "replaced");
        assert_eq!(site.whoami(&again).await, 200);
        assert_eq!(site.whoami(&tablet).await, 200, "there was room without it");
    }

    /// O-02: by default too.
    async fn e_07_by_default_a_user_has_a_hundred_sessions(site: Site) {
        for _ in 0..105 {
            site.log_in(EVE).await;
        }
        assert_eq!(site.rows().await, 100);
    }

    /// It was used last of all, but its absolute end has come: to the millisecond.
    async fn e_07_a_session_past_its_absolute_end_pushes_no_living_one_out(server: Server) {
        for (last_day, survivors) in [
            (DAY - MILLISECOND, [200, 401]),
            (DAY, [401, 200]),
            (DAY + MILLISECOND, [401, 200]),
        ] {
            let site = capped(server, 2).await;
            let busy = site.log_in(ADA).await;
            used_daily(&site, &busy, 20).await;
            let quiet = site.log_in(ADA).await;
            used_daily(&site, &busy, 9).await;
            site.clock.advance(last_day);
            let newest = site.log_in(ADA).await;
            let statuses = [site.whoami(&busy).await, site.whoami(&quiet).await];
            assert_eq!(statuses, survivors, "{last_day:?}");
            assert_eq!(site.whoami(&newest).await, 200, "{last_day:?}");
            assert_eq!(site.rows().await, 2, "{last_day:?}");
        }
    }

    async fn e_07_a_session_past_its_idle_end_pushes_no_living_one_out(server: Server) {
        let site = capped(server, 2).await;
        let forgotten = site.log_in(ADA).await;
        site.clock.advance(DAY);
        let quiet = site.log_in(ADA).await;
        site.clock.advance(ACTIVE + IDLE - DAY);
        let newest = site.log_in(ADA).await;
        let tokens = [forgotten, quiet, newest];
        assert_eq!(statuses(&site, &tokens).await, [401, 200, 200]);
    }

    /// One ended by disuse, one by its age: both go before the living one that lay unused longest.
    async fn e_07_all_that_have_ended_go_before_a_living_one(server: Server) {
        let site = capped(server, 3).await;
        let (forgotten, busy) = (site.log_in(ADA).await, site.log_in(ADA).await);
        used_daily(&site, &busy, 20).await;
        let quiet = site.log_in(ADA).await;
        used_daily(&site, &busy, 9).await;
        site.clock.advance(DAY);
        assert_eq!(statuses(&site, &[forgotten, busy]).await, [401, 401]);
        let living = [quiet, site.log_in(ADA).await, site.log_in(ADA).await];
        assert_eq!(statuses(&site, &living).await, [200, 200, 200]);
        assert_eq!(site.rows().await, 3);
    }
}
