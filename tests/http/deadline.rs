//! A store that hangs: its callers are answered in time, and nobody else notices (I-04, I-10).

use std::time::{Duration, Instant};

use crate::rig::{ADA, Reply, Server, Settings, Site, Token, eventually, on_every_server};

const DEADLINE: Duration = Duration::from_millis(300);
/// Where something has to be over before it, however busy the machine is.
const LATE: Duration = Duration::from_millis(1500);
const CALLS: usize = 4;

async fn hanging(server: Server) -> (Site, Token) {
    hanging_until(DEADLINE, server).await
}

async fn hanging_until(deadline: Duration, server: Server) -> (Site, Token) {
    let settings = Settings {
        store_deadline: Some(deadline),
        max_store_calls: Some(CALLS),
        ..Settings::default()
    };
    let site = Site::with(server, settings).await;
    let token = site.log_in(ADA).await;
    site.told.take();
    site.store.hang();
    (site, token)
}

async fn timed(site: &Site, target: &str, token: &Token) -> (Reply, Duration) {
    let asked = Instant::now();
    let reply = site.get(target).session(token).send().await;
    (reply, asked.elapsed())
}

fn says_to_come_again(reply: &Reply) {
    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(reply.set_cookies().len(), 0);
}

on_every_server! {
    async fn i_04_a_store_that_hangs_is_a_503_at_the_deadline(server: Server) {
        let (site, token) = hanging(server).await;
        for target in ["/whoami", "/eager", "/required", "/behind/report"] {
            let (reply, elapsed) = timed(&site, target, &token).await;
            says_to_come_again(&reply);
            assert!(elapsed >= DEADLINE && elapsed < 5 * DEADLINE, "{target}: {elapsed:?}");
        }
        let told = site.told.take();
        let failed = told.iter().filter(|line| *line == "store_failed load_with_user");
        assert_eq!(failed.count(), 4, "{told:?}");
        site.store.heal();
        assert_eq!(site.whoami(&token).await, 200);
    }

    async fn i_03_a_sign_in_and_a_sign_out_that_hang_touch_no_cookie(server: Server) {
        let (site, token) = hanging(server).await;
        for target in ["/login?u=1", "/logout", "/sudo"] {
            says_to_come_again(&site.post(target).session(&token).send().await);
        }
        site.store.heal();
        assert_eq!(site.whoami(&token).await, 200);
    }

    async fn i_10_more_calls_than_may_be_in_flight_are_answered_at_once(server: Server) {
        let (site, token) = hanging_until(LATE, server).await;
        let many = (0..3 * CALLS).map(|_| timed(&site, "/whoami", &token));
        let answers = futures_util::future::join_all(many).await;
        let mut at_once = 0;
        for (reply, elapsed) in &answers {
            says_to_come_again(reply);
            at_once += usize::from(*elapsed < LATE / 2);
        }
        assert_eq!(at_once, 2 * CALLS);
    }

    async fn i_10_who_asks_for_nothing_does_not_notice(server: Server) {
        let (site, token) = hanging_until(LATE, server).await;
        let hang = futures_util::future::join_all((0..CALLS).map(|_| timed(&site, "/whoami", &token)));
        let others = async {
            let begun = Instant::now();
            for _ in 0..20 {
                let reply = site.get("/public").session(&token).send().await;
                assert_eq!(reply.status, 200);
            }
            begun.elapsed()
        };
        let (_, elapsed) = futures_util::join!(hang, others);
        assert!(elapsed < LATE, "twenty pages took {elapsed:?}");
    }

    /// A client that is gone has given its place back.
    async fn i_05_a_cancelled_request_gives_its_place_back(server: Server) {
        let (site, token) = hanging(server).await;
        for _ in 0..3 {
            let asked = (0..CALLS).map(|_| async {
                let request = site.get("/whoami").session(&token);
                let _ = tokio::time::timeout(DEADLINE / 6, request.try_send()).await;
            });
            futures_util::future::join_all(asked).await;
            eventually("the places are free again", async || {
                let (_, elapsed) = timed(&site, "/whoami", &token).await;
                elapsed >= DEADLINE
            })
            .await;
        }
    }

    async fn i_06_a_broken_connection_costs_a_read_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        site.told.take();
        site.store.lose_connection();
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.told.take(), ["valid"]);
    }

    /// Whether it took place is unknown.
    async fn i_07_a_broken_connection_fails_a_write_once(site: Site) {
        let token = site.log_in(ADA).await;
        site.told.take();
        site.get("/whoami").session(&token).send().await;
        site.store.reset();
        site.store.lose_connection_of_writes();
        says_to_come_again(&site.post("/sudo").session(&token).send().await);
        assert_eq!(site.store.calls().rotate, 1);
        assert_eq!(site.told.take(), ["valid", "valid", "store_failed update"]);
        assert_eq!(site.whoami(&token).await, 200);
    }
}
