//! Servers whose clocks differ: the grace bears it, and nothing lives the longer for it.

use std::time::Duration;

use locals::testing::TestClock;

use super::{ACTIVE, GRACE, HOUR, SECOND, alarms, ask, renewed, with_grace};
use crate::rig::{ADA, Node, Server, Site, Token, on_every_server};

const HALF_A_MINUTE: Duration = Duration::from_secs(30);
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);

/// How far a clock is from the site's.
#[derive(Clone, Copy, Debug)]
enum Skew {
    Ahead(Duration),
    Behind(Duration),
}

/// A site and another server of it, whose clocks go on together.
struct Pair {
    site: Site,
    node: Node,
    clock: TestClock,
}

impl Pair {
    async fn new(server: Server, grace: Duration, skew: Skew) -> Self {
        let site = Site::with(server, with_grace(grace)).await;
        let clock = TestClock::new();
        match skew {
            Skew::Ahead(by) => clock.advance(by),
            Skew::Behind(by) => clock.rewind(by),
        }
        let node = site.node(with_grace(grace), &clock).await;
        Self { site, node, clock }
    }

    fn advance(&self, by: Duration) {
        self.site.clock.advance(by);
        self.clock.advance(by);
    }

    /// What the site, or the other server, answers to a token.
    async fn ask(&self, of_node: bool, token: &Token) -> (u16, Option<Token>) {
        if !of_node {
            return ask(&self.site, token).await;
        }
        let request = self.site.get("/whoami").session(token);
        let reply = request.send_by(self.node.address).await;
        (
            reply.status,
            reply.our_cookie().map(|cookie| cookie.token()),
        )
    }

    fn alarms(&self) -> usize {
        alarms(&self.site.told.take())
    }
}

/// Five days of a browser whose requests go to either server. Each of the two renews, and each notes the
/// first use of a new token; the old one comes with requests that have been `under_way` for so long.
async fn five_days(pair: &Pair, under_way: Duration) {
    let mut token = pair.site.log_in(ADA).await;
    for day in 0..5 {
        // Both are agreed that it is idle.
        pair.advance(ACTIVE + FIVE_MINUTES);
        let (renews, promotes) = (day % 2 == 0, day % 4 < 2);
        let (status, next) = pair.ask(renews, &token).await;
        let next = next.expect("idle");
        assert_eq!(status, 200, "day {day}");
        assert_eq!(
            pair.ask(!renews, &token).await,
            (200, Some(next.clone())),
            "day {day}"
        );
        pair.advance(SECOND);
        assert_eq!(pair.ask(promotes, &next).await, (200, None), "day {day}");
        for of_node in [true, false] {
            assert_eq!(
                pair.ask(of_node, &token).await,
                (200, None),
                "day {day}, {of_node}"
            );
        }
        pair.advance(under_way);
        for of_node in [true, false] {
            assert_eq!(
                pair.ask(of_node, &token).await,
                (200, None),
                "day {day}, {of_node}"
            );
            assert_eq!(
                pair.ask(of_node, &next).await,
                (200, None),
                "day {day}, {of_node}"
            );
        }
        token = next;
    }
    assert_eq!(pair.alarms(), 0);
}

on_every_server! {
    async fn h_04_clocks_half_a_minute_apart_sound_no_alarm(server: Server) {
        for skew in [Skew::Ahead(HALF_A_MINUTE), Skew::Behind(HALF_A_MINUTE)] {
            let pair = Pair::new(server, GRACE, skew).await;
            five_days(&pair, HALF_A_MINUTE - 2 * SECOND).await;
        }
    }

    /// As the documentation of the grace asks: it is more than the clocks differ.
    async fn h_04_a_longer_grace_bears_clocks_that_are_further_apart(server: Server) {
        for skew in [Skew::Ahead(FIVE_MINUTES), Skew::Behind(FIVE_MINUTES)] {
            let pair = Pair::new(server, FIVE_MINUTES + GRACE, skew).await;
            five_days(&pair, HALF_A_MINUTE).await;
        }
    }

    /// The server that is behind is asked by a request under way: by its clock, the first use of the
    /// new token is still to come.
    async fn h_04_a_server_five_minutes_behind_sounds_no_alarm(server: Server) {
        let pair = Pair::new(server, GRACE, Skew::Behind(FIVE_MINUTES)).await;
        let token = pair.site.log_in(ADA).await;
        pair.advance(ACTIVE);
        let next = renewed(&pair.site, &token).await;
        assert_eq!(pair.ask(false, &next).await, (200, None));
        for _ in 0..3 {
            for of_node in [true, false] {
                assert_eq!(pair.ask(of_node, &token).await, (200, None), "{of_node}");
            }
            pair.advance(GRACE / 4);
        }
        assert_eq!(pair.alarms(), 0);
    }

    /// The first use of the new token is noted by the clock that is behind, of a renewal that it has not
    /// come to: the grace begins with the renewal, and not five minutes before it.
    async fn h_04_a_first_use_noted_by_a_server_five_minutes_behind_sounds_no_alarm(server: Server) {
        let pair = Pair::new(server, GRACE, Skew::Behind(FIVE_MINUTES)).await;
        let token = pair.site.log_in(ADA).await;
        pair.advance(ACTIVE);
        let next = renewed(&pair.site, &token).await;
        pair.advance(SECOND);
        assert_eq!(pair.ask(true, &next).await, (200, None));
        for of_node in [true, false] {
            assert_eq!(pair.ask(of_node, &token).await, (200, None), "{of_node}");
            assert_eq!(pair.ask(of_node, &next).await, (200, None), "{of_node}");
        }
        assert_eq!(pair.alarms(), 0);
    }

    /// In the end it is an alarm by any of the clocks.
    async fn d_08_a_copy_is_noticed_by_servers_whose_clocks_differ(server: Server) {
        for skew in [Skew::Ahead(FIVE_MINUTES), Skew::Behind(FIVE_MINUTES)] {
            for of_node in [true, false] {
                let pair = Pair::new(server, GRACE, skew).await;
                let token = pair.site.log_in(ADA).await;
                pair.advance(ACTIVE);
                let next = renewed(&pair.site, &token).await;
                assert_eq!(pair.ask(false, &next).await, (200, None));
                pair.advance(FIVE_MINUTES + GRACE);
                pair.site.told.take();
                assert_eq!(pair.ask(of_node, &token).await, (401, None), "{skew:?}, {of_node}");
                assert_eq!(pair.alarms(), 1, "{skew:?}, {of_node}");
                assert_eq!(pair.ask(!of_node, &next).await, (401, None), "{skew:?}, {of_node}");
            }
        }
    }

    /// A clock set back makes no old token good that has ended its session, nor does it end one.
    async fn h_01_a_clock_set_back_sounds_no_alarm(server: Server) {
        let site = Site::with(server, with_grace(GRACE)).await;
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let next = renewed(&site, &token).await;
        assert_eq!(ask(&site, &next).await, (200, None));
        site.clock.rewind(10 * HOUR);
        assert_eq!(ask(&site, &token).await, (200, None));
        assert_eq!(ask(&site, &next).await, (200, None));
        site.clock.advance(10 * HOUR + GRACE);
        assert_eq!(ask(&site, &token).await, (401, None));
        site.clock.rewind(10 * HOUR);
        for token in [&token, &next] {
            assert_eq!(ask(&site, token).await, (401, None));
        }
        assert_eq!(alarms(&site.told.take()), 1);
    }
}
