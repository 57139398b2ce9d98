//! Many requests with one token: they are given the same next one.

use std::collections::HashSet;

use fastrand::Rng;
use futures_util::future::{join, join_all};
use tokio::{io::AsyncWriteExt, task::yield_now};

use super::{TARGETS, alarms, ask, idle};
use crate::rig::{Reply, RequestTo, Server, Site, Token, eventually, on_every_server};

/// Lets the server's threads go ahead for a while that is different each time.
async fn dawdle(turns: u32) {
    for _ in 0..turns {
        yield_now().await;
    }
}

/// The client hangs up before it has read the answer.
async fn lose(site: &Site, request: RequestTo<'_>, turns: u32) {
    let mut socket = site.connect().await;
    let sent = socket.write_all(&request.bytes()).await;
    sent.expect("the site reads");
    dawdle(turns).await;
}

/// The one token that all these answers bring.
fn one_successor(replies: &[Reply]) -> Token {
    let tokens: HashSet<_> = replies
        .iter()
        .filter_map(Reply::our_cookie)
        .map(|cookie| cookie.token())
        .collect();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    tokens.into_iter().next().expect("there is one")
}

on_every_server! {
    /// All hundred have been told that the session is idle before the first may renew it, as far
    /// as the store's answers can be held back together.
    async fn d_07_a_hundred_requests_at_once_are_given_the_same_successor(server: Server) {
        let (site, token) = idle(server).await;
        site.store.reset();
        site.store.hang();
        let targets = TARGETS.into_iter().cycle().take(100);
        let all = join_all(targets.map(|target| site.get(target).session(&token).send()));
        let store_answers = async {
            eventually("all have asked", async || site.store.calls().load >= 100).await;
            site.store.heal();
        };
        let (replies, ()) = join(all, store_answers).await;

        assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
        let with_cookie = replies.iter().filter_map(Reply::our_cookie).count();
        assert_eq!(with_cookie, 100, "whichever answer the browser reads last");
        let successor = one_successor(&replies);
        let told = site.told.take();
        for (event, times) in [("renewed", 1), ("rotated", 1), ("valid", 100), ("reused", 0)] {
            let count = told.iter().filter(|line| *line == event).count();
            assert_eq!(count, times, "{event}: {told:?}");
        }
        assert_eq!(site.rows().await, 1);
        assert_eq!(ask(&site, &successor).await, (200, None));
    }

    /// Some answers never arrive, the one that renewed the session among them, perhaps. Where it was
    /// the handler's client that left, nobody may have told of the renewal.
    async fn d_07_whichever_answers_are_lost_the_others_bring_the_same_token(server: Server) {
        let seed = fastrand::u64(..);
        let mut random = Rng::with_seed(seed);
        for round in 0..5 {
            let (site, token) = idle(server).await;
            let sent = (0..100).map(|number| {
                let (site, token) = (&site, &token);
                let (turns, until_lost) = (random.u32(..60), random.u32(..200));
                let is_lost = number > 0 && random.u32(..3) == 0;
                let target = TARGETS[random.usize(..TARGETS.len())];
                async move {
                    dawdle(turns).await;
                    let request = site.get(target).session(token);
                    if is_lost {
                        lose(site, request, until_lost).await;
                        return None;
                    }
                    Some(request.send().await)
                }
            });
            let replies = join_all(sent).await;
            let replies: Vec<_> = replies.into_iter().flatten().collect();

            let run = format!("round {round}, seed {seed}");
            assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}: {run}");
            let successor = one_successor(&replies);
            assert_eq!(ask(&site, &token).await, (200, Some(successor.clone())), "{run}");
            let told = site.told.take();
            let renewals = told.iter().filter(|line| *line == "renewed").count();
            assert!(renewals <= 1 && alarms(&told) == 0, "{told:?}: {run}");
            assert_eq!(site.rows().await, 1, "{run}");
            assert_eq!(ask(&site, &successor).await, (200, None), "{run}");
        }
    }

    /// One of them tells that the new token has come back; all of them are served, without a cookie.
    async fn d_07_the_first_use_of_the_successor_may_be_many(server: Server) {
        let (site, token) = idle(server).await;
        let successor = super::renewed(&site, &token).await;
        site.told.take();
        site.store.reset();
        site.store.hang();
        let all = join_all((0..50).map(|_| ask(&site, &successor)));
        let store_answers = async {
            eventually("all have asked", async || site.store.calls().load >= 50).await;
            site.store.heal();
        };
        let (answers, ()) = join(all, store_answers).await;
        assert!(answers.iter().all(|answer| *answer == (200, None)), "{answers:?}");
        let mut told = site.told.take();
        // They had to wait.
        told.retain(|line| !line.starts_with("store_slow"));
        assert!(told.iter().all(|line| line == "valid"), "{told:?}");
        site.store.reset();
        assert_eq!(ask(&site, &successor).await, (200, None));
        assert_eq!(site.store.calls().writes(), 0, "that is written once");
    }
}
