//! Requests of one session at the same time, in an order that is forced.

use std::time::Duration;

use futures_util::future::{join, join_all};
use tokio::io::AsyncWriteExt;

use super::{ABSOLUTE, ACTIVE, IDLE, sessions};
use crate::rig::{ADA, Reply, Site, Token, eventually, on_every_server};

/// Sends `/slow`, which renews the session, and the other request once the store is asked to renew
/// it; the answers of both.
async fn overtaken(site: &Site, token: &Token, target: &str, by: &Token) -> (Reply, Reply) {
    site.store.reset();
    let slow = site.get("/slow?ms=100").session(token).send();
    let other = async {
        renewal_began(site).await;
        site.post(target).session(by).send().await
    };
    join(slow, other).await
}

async fn renewal_began(site: &Site) {
    eventually("the session is renewed", async || {
        site.store.calls().extend > 0
    })
    .await;
}

async fn is_listed(site: &Site, token: &Token) -> bool {
    let list = site.auth.list_sessions(ADA).await;
    let list = list.expect("a healthy store");
    list.iter()
        .any(|session| session.id().to_string() == token.id())
}

on_every_server! {
    /// All hundred have been told that the session is idle before the first may renew it, as far
    /// as the store's answers can be held back together.
    async fn d_05_a_hundred_requests_renew_an_idle_session_once(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        site.store.hang();
        let all = join_all((0..100).map(|_| site.get("/whoami").session(&token).send()));
        let store_answers = async {
            eventually("all have asked", async || site.store.calls().load >= 100).await;
            site.store.heal();
        };
        let (replies, ()) = join(all, store_answers).await;

        assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
        let cookies: Vec<_> = replies.iter().filter_map(Reply::our_cookie).collect();
        assert_eq!(cookies.len(), 1, "one of them renewed it: {cookies:?}");
        assert_eq!(cookies[0].token(), token);
        assert_eq!(site.rows().await, 1);
        assert_eq!(sessions(&site, &token).await.len(), 1);
        site.store.reset();
        assert_eq!(site.whoami(&token).await, 200);
        assert_eq!(site.store.calls().writes(), 0, "the row is renewed");
    }

    /// The browser never sees the answer that renewed its session, and goes on as before.
    async fn d_06_a_lost_renewal_costs_nothing(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        let mut socket = site.connect().await;
        let request = site.get("/slow?ms=100").session(&token).bytes();
        socket.write_all(&request).await.expect("the site reads");
        renewal_began(&site).await;
        drop(socket);

        assert_eq!(site.whoami(&token).await, 200);
        site.clock.advance(ACTIVE + IDLE - Duration::from_secs(1));
        assert_eq!(site.whoami(&token).await, 200, "it was renewed");
        assert_eq!(site.rows().await, 1);
    }

    /// Whichever call of the store fails: the old session or the new one, never none, never both.
    async fn d_04_a_failed_sign_in_or_rotation_leaves_one_session(site: Site) {
        for target in ["/login?u=1", "/sudo"] {
            for call in 1.. {
                let token = site.log_in(ADA).await;
                site.store.reset();
                site.store.fail_nth(call);
                let reply = site.post(target).session(&token).send().await;
                let calls = site.store.calls().total();
                site.store.heal();
                assert_eq!(site.rows().await, 1, "{target}, call {call}");
                let of_old = site.whoami(&token).await;
                if calls < call {
                    let new = reply.our_cookie().expect("a new token's cookie").token();
                    assert_eq!((of_old, site.whoami(&new).await), (401, 200), "{target}");
                    site.post("/logout").session(&new).send().await;
                    break;
                }
                assert_eq!((reply.status, of_old), (503, 200), "{target}, call {call}");
                assert_eq!(reply.set_cookies().len(), 0, "{target}, call {call}");
                site.post("/logout").session(&token).send().await;
            }
        }
    }

    /// The renewal is under way when the session ends; the request that renews it answers last.
    async fn d_12_an_ended_session_stays_ended(site: Site) {
        for (ending, by_itself) in [
            ("/logout", true),
            ("/login?u=1", true),
            ("/logout-all", false),
            ("/password", false),
            ("/sessions/{id}/revoke", false),
        ] {
            let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
            site.clock.advance(ACTIVE);
            assert_eq!(site.whoami(&other).await, 200, "renewed now, not later");
            let by = if by_itself { &token } else { &other };
            let target = ending.replace("{id}", token.id());
            let (slow, ended) = overtaken(&site, &token, &target, by).await;
            assert!([200, 401].contains(&slow.status), "{ending}: {}", slow.status);
            assert!(ended.status < 300, "{ending}: {}", ended.text());
            assert_eq!(site.whoami(&token).await, 401, "{ending}");
            assert!(!is_listed(&site, &token).await, "{ending}");
        }
    }

    async fn d_12_a_rotated_secret_stays_rotated(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let (_, rotated) = overtaken(&site, &token, "/sudo", &token).await;
        let new = rotated.our_cookie().expect("a new token's cookie").token();
        assert_eq!((site.whoami(&token).await, site.whoami(&new).await), (401, 200));
        assert_eq!(site.rows().await, 1);
    }

    async fn d_12_a_swept_session_stays_swept(site: Site) {
        let token = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        let slow = site.get("/slow?ms=100").session(&token).send();
        let sweep = async {
            renewal_began(&site).await;
            site.clock.advance(ABSOLUTE);
            site.auth.delete_expired_sessions().await
        };
        let (_, swept) = join(slow, sweep).await;
        assert_eq!(swept.expect("a healthy store"), site.swept(1));
        if !site.has_sessions_table() {
            return;
        }
        site.clock.rewind(ABSOLUTE);
        assert_eq!(site.whoami(&token).await, 401, "by the right clock too");
        assert_eq!(site.rows().await, 0);
    }

    /// Both handlers of one session have to run at once for either to end, also while one of them
    /// renews it.
    async fn j_05_requests_of_one_session_do_not_wait_for_each_other(site: Site) {
        for kinds in [["/meet/lazy"; 2], ["/meet/eager"; 2], ["/meet/required"; 2], ["/meet/lazy", "/meet/required"]] {
            let token = site.log_in(ADA).await;
            for _ in 0..2 {
                let [first, second] = kinds.map(|kind| site.get(kind).session(&token).send());
                let (first, second) = join(first, second).await;
                assert_eq!((first.status, second.status), (200, 200), "{kinds:?}");
                site.clock.advance(ACTIVE);
            }
        }
    }
}
