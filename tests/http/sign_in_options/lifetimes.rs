//! "Remember me" and a public computer, side by side with everybody else (D-23).

use std::time::Duration;

use locals::{Lifetimes, Renewal};

use super::{DAY, HOUR, SECOND, changed, is_refused, sign_in, sign_in_cookie};
use crate::rig::{ADA, Node, Reply, Server, Settings, Site, Token, on_every_server};

const MINUTE: Duration = Duration::from_secs(60);

/// What the site, or another server of it, answers to `/whoami`.
async fn whoami(site: &Site, node: Option<&Node>, token: &Token) -> Reply {
    let request = site.get("/whoami").session(token);
    match node {
        None => request.send().await,
        Some(node) => request.send_by(node.address).await,
    }
}

/// Every day for forty days, ten of them under the site's configuration, then under another; the
/// sessions go on by the lifetimes that they began with.
async fn forty_days(server: Server, renewal: Renewal) {
    let settings = |lifetimes| Settings {
        lifetimes,
        renewal: Some(renewal),
        ..Settings::default()
    };
    let site = Site::with(server, settings(Lifetimes::default())).await;
    let remembered = sign_in_cookie(&site, "u=1&lifetimes=months").await;
    assert_eq!(remembered.max_age(), 31 * DAY.as_secs());
    let plain = sign_in_cookie(&site, "u=2").await;
    assert_eq!(plain.max_age(), 15 * DAY.as_secs());
    let (mut remembered, mut plain) = (remembered.token(), plain.token());
    let later = site.node(settings(Lifetimes::aal2()), &site.clock).await;

    for day in 1..=40_u64 {
        site.clock.advance(DAY);
        let node = (day > 10).then_some(&later);
        let reply = whoami(&site, node, &remembered).await;
        assert_eq!(reply.status, 200, "day {day}");
        let cookie = reply.our_cookie().expect("renewed every day");
        assert_eq!(cookie.max_age(), 31 * DAY.as_secs(), "day {day}");
        remembered = cookie.token();

        let reply = whoami(&site, node, &plain).await;
        assert_eq!(reply.status == 200, day < 30, "day {day}");
        let cookie = reply.our_cookie();
        assert_eq!(cookie.is_some(), day < 30, "day {day}");
        if let Some(cookie) = cookie {
            let left = 30 - day;
            assert_eq!(cookie.max_age(), left.min(15) * DAY.as_secs(), "day {day}");
            plain = cookie.token();
        }
    }
    site.clock.advance(50 * DAY - SECOND);
    assert_eq!(
        whoami(&site, None, &remembered).await.status,
        401,
        "unused for too long"
    );
    let new = sign_in(&site, "u=1&lifetimes=months").await;
    site.clock.advance(31 * DAY - SECOND);
    assert_eq!(
        whoami(&site, Some(&later), &new).await.status,
        200,
        "used for the first time"
    );
}

on_every_server! {
    async fn d_23_lifetimes_of_a_sign_in_outlive_a_change_of_configuration(server: Server) {
        forty_days(server, Renewal::InPlace).await;
    }

    async fn d_23_lifetimes_of_a_sign_in_are_kept_by_renewals_that_rotate(server: Server) {
        forty_days(server, Renewal::Rotate { grace: MINUTE }).await;
    }

    /// Ninety days, whatever is used how often.
    async fn d_10_a_longer_life_has_an_absolute_end_too(site: Site) {
        let token = sign_in(&site, "u=1&lifetimes=months").await;
        for day in 1..90 {
            site.clock.advance(DAY);
            assert_eq!(site.whoami(&token).await, 200, "day {day}");
        }
        site.clock.advance(DAY - SECOND);
        assert_eq!(site.whoami(&token).await, 200);
        site.clock.advance(SECOND);
        assert_eq!(site.whoami(&token).await, 401);
    }

    /// The configuration has no say in a session that is to end sooner, either.
    async fn d_23_a_shorter_life_ends_by_its_own_periods(site: Site) {
        let unused = sign_in(&site, "u=1&lifetimes=minutes").await;
        let mut used = sign_in(&site, "u=1&lifetimes=minutes").await;
        let plain = site.log_in(ADA).await;
        site.clock.advance(HOUR - SECOND);
        assert_eq!(site.whoami(&used).await, 200);
        site.clock.advance(SECOND);
        assert_eq!(site.whoami(&unused).await, 401, "an hour unused");
        for minute in (20..11 * 60).step_by(20) {
            site.clock.advance(20 * MINUTE);
            let reply = site.get("/whoami").session(&used).send().await;
            assert_eq!(reply.status, 200, "minute {minute}");
            used = reply.our_cookie().expect("renewed").token();
        }
        used = changed(&site, "/sudo", &used).await;
        site.clock.advance(20 * MINUTE - SECOND);
        assert_eq!(site.whoami(&used).await, 200, "twelve hours less a second");
        site.clock.advance(SECOND);
        assert_eq!(site.whoami(&used).await, 401, "twelve hours");
        assert_eq!(site.whoami(&plain).await, 200);
    }

    /// The sweeper and the list go by them too.
    async fn d_23_the_list_and_the_sweeper_know_each_session_s_own_end(site: Site) {
        sign_in(&site, "u=1&lifetimes=minutes").await;
        sign_in(&site, "u=1").await;
        sign_in(&site, "u=1&lifetimes=months").await;
        for (later, listed, swept) in [(HOUR, 2, 1), (15 * DAY, 1, 1), (31 * DAY, 0, 1)] {
            site.clock.advance(later);
            let list = site.auth.list_sessions(ADA).await.expect("a healthy store");
            assert_eq!(list.len(), listed, "{later:?}");
            let removed = site.auth.delete_expired_sessions().await.expect("a healthy store");
            assert_eq!(removed, site.swept(swept), "{later:?}");
        }
    }

    async fn d_23_a_life_of_no_time_is_refused(site: Site) {
        is_refused(&site, "u=1&lifetimes=none").await;
    }
}
