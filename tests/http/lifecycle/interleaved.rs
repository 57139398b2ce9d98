//! Requests of one session in whatever order they come; a failure prints the seed of its order.

use std::time::Duration;

use fastrand::Rng;
use futures_util::future::{join, join_all};
use tokio::{io::AsyncWriteExt, task::yield_now, time::sleep};

use super::ACTIVE;
use crate::rig::{ADA, Server, Site, eventually, on_every_server};

/// What ends a session, and whether the session itself asks for it.
pub(super) const ENDINGS: [(&str, bool); 6] = [
    ("/logout", true),
    ("/login?u=1", true),
    ("/sudo", true),
    ("/logout-all", false),
    ("/password", false),
    ("/sessions/{id}/revoke", false),
];

/// Lets the server's threads go ahead for a while that is different each time.
async fn dawdle(turns: u32) {
    for _ in 0..turns {
        yield_now().await;
    }
}

async fn end_all(site: &Site) {
    let ended = site.auth.invalidate_user_sessions(ADA).await;
    ended.expect("a healthy store");
}

on_every_server! {
    /// Four requests ask for an idle session while a fifth ends it. Once that is answered, the
    /// token is dead, and what was given in its place is alive (J-01).
    async fn d_12_no_interleaving_brings_an_ended_session_back(site: Site) {
        let seed = fastrand::u64(..);
        let mut random = Rng::with_seed(seed);
        for round in 0..200 {
            let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
            site.clock.advance(ACTIVE);
            let (ending, by_itself) = ENDINGS[random.usize(..ENDINGS.len())];
            let by = if by_itself { &token } else { &other };
            let target = ending.replace("{id}", token.id());
            let turns: [u32; 5] = std::array::from_fn(|_| random.u32(..60));
            let asking = join_all(turns[..4].iter().map(|turns| {
                let (site, token) = (&site, &token);
                async move {
                    dawdle(*turns).await;
                    site.whoami(token).await
                }
            }));
            let ends = async {
                dawdle(turns[4]).await;
                site.post(&target).session(by).send().await
            };
            let (seen, ended) = join(asking, ends).await;

            let run = format!("{ending}, round {round}, seed {seed}");
            assert!(seen.iter().all(|status| [200, 401].contains(status)), "{seen:?}: {run}");
            assert!(ended.status < 300, "{}: {run}", ended.status);
            assert_eq!(site.whoami(&token).await, 401, "{run}");
            if ["/login?u=1", "/sudo"].contains(&ending) {
                let new = ended.our_cookie().expect("a new token's cookie").token();
                assert_eq!(site.whoami(&new).await, 200, "{run}");
            }
            end_all(&site).await;
            assert_eq!(site.rows().await, 0, "{run}");
        }
    }

    /// The client hangs up at any moment. In the end there is the session of before or the one of
    /// after, and the site goes on.
    async fn p_01_a_client_that_hangs_up_leaves_before_or_after(server: Server) {
        let seed = fastrand::u64(..);
        let mut random = Rng::with_seed(seed);
        for round in 0..40 {
            let site = Site::start(server).await;
            let token = site.log_in(ADA).await;
            site.clock.advance(ACTIVE);
            let target = ["/login?u=1", "/logout", "/sudo", "/slow?ms=1"][random.usize(..4)];
            let method = if target.starts_with("/slow") { "GET" } else { "POST" };
            let request = site.request(method, target).session(&token);
            let mut socket = site.connect().await;
            socket.write_all(&request.bytes()).await.expect("the site reads");
            dawdle(random.u32(..200)).await;
            if random.bool() {
                sleep(Duration::from_millis(random.u64(..4))).await;
            }
            drop(socket);

            let run = format!("{target}, round {round}, seed {seed}");
            let left = async || (site.rows().await, site.whoami(&token).await);
            let outcomes: &[(usize, u16)] = match target {
                "/logout" => &[(1, 200), (0, 401)],
                "/slow?ms=1" => &[(1, 200)],
                _ => &[(1, 200), (1, 401)],
            };
            eventually(&run, async || outcomes.contains(&left().await)).await;

            let next = site.log_in(ADA).await;
            assert_eq!(site.whoami(&next).await, 200, "{run}");
            eventually(&run, async || {
                end_all(&site).await;
                left().await == (0, 401)
            })
            .await;
        }
    }
}
