//! What others' detection of reuse took for theft (each named after the report), and what nobody may
//! be signed out by.

use std::time::Duration;

use fastrand::Rng;
use futures_util::future::{join, join_all};
use locals::{Lifetimes, Renewal};

use super::{ACTIVE, GRACE, HOUR, SECOND, TARGETS, alarms, ask, idle, renewed, signed_in};
use crate::rig::{
    ADA, Reply, RequestTo, Server, Settings, Site, Token, eventually, on_every_server,
};

/// What a browser holds: the cookie of the answer that it has read last.
struct Browser<'site> {
    site: &'site Site,
    token: Token,
}

impl<'site> Browser<'site> {
    fn request(&self, target: &str) -> RequestTo<'site> {
        self.site.get(target).session(&self.token)
    }

    /// Takes an answer's cookie: one that signs the browser out is a failure of every test here.
    fn read(&mut self, reply: &Reply, run: &str) {
        assert_eq!(reply.status, 200, "{run}: {}", reply.text());
        if let Some(cookie) = reply.our_cookie() {
            assert!(!cookie.is_removal(), "{run}");
            self.token = cookie.token();
        }
    }

    async fn get(&mut self, target: &str, run: &str) {
        let reply = self.request(target).send().await;
        self.read(&reply, run);
    }
}

async fn silent(site: &Site, run: &str) {
    let told = site.told.take();
    assert_eq!(alarms(&told), 0, "{run}: {told:?}");
    assert_eq!(site.rows().await, 1, "{run}");
}

on_every_server! {
    /// A page whose server asks for ten things at once, all with the cookie of the page; the browser
    /// reads the answers in any order.
    async fn d_08_silent_nocturne_326_a_page_that_fans_out(server: Server) {
        let seed = fastrand::u64(..);
        let mut random = Rng::with_seed(seed);
        let (site, token) = signed_in(server).await;
        let mut browser = Browser { site: &site, token };
        for page in 0..20 {
            let run = format!("page {page}, seed {seed}");
            let asked = (0..10).map(|number| {
                browser.request(TARGETS[number % TARGETS.len()]).send()
            });
            let mut replies = join_all(asked).await;
            random.shuffle(&mut replies);
            for reply in &replies {
                browser.read(reply, &run);
            }
            site.clock.advance(Duration::from_secs(random.u64(..2 * ACTIVE.as_secs())).min(ACTIVE));
            silent(&site, &run).await;
        }
    }

    /// Who loses the race is signed in as well: the page it answers with is the user's.
    async fn d_08_silent_nocturne_391_the_losers_page_is_the_users_too(server: Server) {
        let (site, token) = idle(server).await;
        let first = renewed(&site, &token).await;
        for _ in 0..3 {
            let page = site.get("/whoami").session(&token).send().await;
            assert_eq!((page.status, page.text()), (200, "ada@example.com"));
            assert_eq!(page.our_cookie().expect("the winner's").token(), first);
            site.clock.advance(GRACE);
        }
        silent(&site, "replayed").await;
    }

    /// Seven weeks in which answers are lost, and clients try again with the token that they still hold.
    async fn d_08_silent_engram_389_seven_weeks_of_lost_answers(server: Server) {
        let seed = fastrand::u64(..);
        let mut random = Rng::with_seed(seed);
        let settings = Settings {
            lifetimes: Lifetimes { absolute: 60 * ACTIVE, ..Lifetimes::default() },
            renewal: Some(Renewal::Rotate { grace: GRACE }),
            ..Settings::default()
        };
        let site = Site::with(server, settings).await;
        let token = site.log_in(ADA).await;
        let mut browser = Browser { site: &site, token };
        for turn in 0..7 * 7 * 4 {
            let run = format!("turn {turn}, seed {seed}");
            site.clock.advance(6 * HOUR);
            for _ in 0..random.u32(..4) {
                let lost = browser.request("/whoami").send().await;
                assert_eq!(lost.status, 200, "{run}");
                site.clock.advance(SECOND);
            }
            browser.get("/whoami", &run).await;
        }
        silent(&site, "seven weeks").await;
    }

    /// The second has read the row before the first has written it, and looks for the successor after.
    async fn d_08_silent_sheaf_239_the_loser_reads_before_the_winner_writes(server: Server) {
        let (site, token) = idle(server).await;
        for _ in 0..10 {
            site.store.reset();
            site.store.hang();
            let both = join(ask(&site, &token), ask(&site, &token));
            let store_answers = async {
                eventually("both have asked", async || site.store.calls().load >= 2).await;
                site.store.heal();
            };
            let ((one, other), ()) = join(both, store_answers).await;
            assert_eq!(one, other);
            assert!(one.0 == 200 && one.1.is_some(), "{one:?}");
            site.clock.advance(ACTIVE);
        }
        silent(&site, "ten races").await;
    }

    /// Two requests that the browser composed before it had read the cookie of either answer.
    async fn d_08_silent_spiderly_384_the_slower_of_two_is_no_sign_out(server: Server) {
        let (site, token) = idle(server).await;
        let mut browser = Browser { site: &site, token };
        for day in 0..5 {
            let run = format!("day {day}");
            let (first, second) = (browser.request("/whoami"), browser.request("/required"));
            let (first, second) = (first.send().await, second.send().await);
            let given = [&first, &second].map(|reply| reply.our_cookie().expect("renewed").token());
            assert_eq!(given[0], given[1], "{run}");
            // In whichever order they arrive.
            let in_order = if day % 2 == 0 { [&first, &second] } else { [&second, &first] };
            for reply in in_order {
                browser.read(reply, &run);
            }
            browser.get("/whoami", &run).await;
            site.clock.advance(ACTIVE);
        }
        silent(&site, "five days").await;
    }

    /// A middleware that renews, before a handler that does so too: for each of many requests.
    async fn d_08_silent_f3_nation_375_a_gate_and_its_handler_renew(server: Server) {
        let (site, token) = idle(server).await;
        let mut browser = Browser { site: &site, token };
        for day in 0..5 {
            let run = format!("day {day}");
            let behind = ["/behind/whoami", "/behind/required", "/admins/admin", "/checked/whoami"];
            let asked = behind.iter().cycle().take(12).map(|target| browser.request(target).send());
            let replies = join_all(asked).await;
            for reply in &replies {
                browser.read(reply, &run);
            }
            browser.get("/behind/whoami", &run).await;
            site.clock.advance(ACTIVE);
        }
        silent(&site, "five days").await;
    }

    /// Two tabs that wake up together, a retry after a timeout, an app that resumes hours later.
    async fn d_08_silent_openrisk_777_tabs_retries_and_resumption(server: Server) {
        let (site, token) = idle(server).await;
        let mut browser = Browser { site: &site, token };
        let (one, other) = join(
            browser.request("/whoami").send(),
            browser.request("/whoami").send(),
        )
        .await;
        browser.read(&one, "a tab");
        browser.read(&other, "another tab");
        browser.get("/whoami", "both go on").await;

        site.clock.advance(ACTIVE);
        let timed_out = browser.request("/whoami").send().await;
        assert_eq!(timed_out.status, 200);
        site.clock.advance(30 * SECOND);
        browser.get("/whoami", "a retry").await;
        browser.get("/whoami", "it goes on").await;

        site.clock.advance(ACTIVE);
        let in_the_background = browser.request("/whoami").send().await;
        assert_eq!(in_the_background.status, 200);
        site.clock.advance(10 * HOUR);
        browser.get("/whoami", "resumed").await;
        browser.get("/whoami", "it goes on").await;
        silent(&site, "resumed").await;
    }

    /// Nor does a refusal: no answer to an old token removes the cookie.
    async fn c_09_silent_crosswithfriends_566_no_loser_clears_the_cookie(server: Server) {
        let (site, first) = idle(server).await;
        let second = renewed(&site, &first).await;
        let nothing_is_removed = async |token: &Token, when: &str| {
            for target in TARGETS {
                let reply = site.get(target).session(token).send().await;
                let removes = reply.our_cookie().is_some_and(|cookie| cookie.value.is_empty());
                assert!(!removes, "{target}, {when}");
            }
        };
        nothing_is_removed(&first, "pending").await;
        assert_eq!(ask(&site, &second).await, (200, None));
        nothing_is_removed(&first, "in the grace").await;
        site.clock.advance(ACTIVE);
        let third = renewed(&site, &second).await;
        nothing_is_removed(&first, "two back").await;
        assert_eq!(ask(&site, &third).await, (200, None));
        nothing_is_removed(&first, "two back").await;
        silent(&site, "before the alarm").await;
        site.clock.advance(GRACE);
        nothing_is_removed(&second, "an alarm").await;
        nothing_is_removed(&third, "after it").await;
    }

    /// In the grace and out of it, they are given one successor and not one each.
    async fn d_07_django_oauth_toolkit_702_the_same_successor_for_all(server: Server) {
        let (site, token) = idle(server).await;
        let first = renewed(&site, &token).await;
        for later in [GRACE - SECOND, SECOND, SECOND, HOUR] {
            site.clock.advance(later);
            assert_eq!(renewed(&site, &token).await, first, "{later:?}");
        }
        assert_eq!(ask(&site, &first).await, (200, None));
        silent(&site, "one successor").await;
    }

    /// Only the predecessor has a grace: its own predecessor opens nothing.
    async fn d_07_django_oauth_toolkit_1617_no_grace_for_older_ones(server: Server) {
        let (site, first) = idle(server).await;
        let second = renewed(&site, &first).await;
        assert_eq!(ask(&site, &second).await, (200, None));
        site.clock.advance(ACTIVE);
        let third = renewed(&site, &second).await;
        assert_eq!(ask(&site, &third).await, (200, None));
        assert_eq!(ask(&site, &second).await, (200, None), "in its grace");
        assert_eq!(ask(&site, &first).await, (401, None));
        silent(&site, "refused").await;
        assert_eq!(ask(&site, &third).await, (200, None));
    }
}
