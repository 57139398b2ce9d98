//! The answer that renews a session comes last: after one that gave the browser another cookie in
//! its place, or none.

use super::{ACTIVE, interleaved::ENDINGS};
use crate::rig::{ADA, Reply, Site, Token, on_every_server};

/// They have renewed the session when they wait.
const HANDLERS: [&str; 4] = [
    "/waits/lazy/-",
    "/waits/eager/-",
    "/waits/required/-",
    "/checked/waits/lazy/-",
];

/// The gate has, in the last line in the handler's place.
const BEHIND_GATES: [&str; 4] = [
    "/behind/waits/untouched",
    "/admins/waits/untouched",
    "/anyone/waits/untouched",
    "/behind/waits/lazy/-",
];

/// Sends `waiting` with a session that is due to be renewed, and ends that session meanwhile; the
/// late answer, and the session's token.
async fn late(site: &Site, waiting: &str, ending: &str, by_itself: bool) -> (Reply, Token) {
    let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
    site.clock.advance(ACTIVE);
    let target = ending.replace("{id}", token.id());
    let by = if by_itself { &token } else { &other };
    let ends = async {
        let ended = site.post(&target).session(by).send().await;
        assert!(ended.status < 300, "{ending}: {}", ended.text());
    };
    let waits = site.post(waiting).session(&token);
    let (reply, ()) = site.while_waiting(waits, ends).await;
    (reply, token)
}

async fn brings_no_cookie(site: &Site, waiting: &str, ending: &str, by_itself: bool) {
    let (reply, token) = late(site, waiting, ending, by_itself).await;
    assert_eq!(
        (reply.status, reply.text()),
        (200, "waited"),
        "{waiting}, {ending}"
    );
    assert_eq!(reply.set_cookies().len(), 0, "{waiting}, {ending}");
    assert_eq!(site.whoami(&token).await, 401, "{waiting}, {ending}");
}

on_every_server! {
    async fn c_09_a_late_renewal_brings_no_ended_token_back(site: Site) {
        let more = [("/login?u=2", true), ("/reauthenticate", true), ("/everywhere", false)];
        for waiting in HANDLERS {
            for (ending, by_itself) in ENDINGS.into_iter().chain(more) {
                brings_no_cookie(&site, waiting, ending, by_itself).await;
            }
        }
    }

    async fn c_09_a_late_renewal_of_a_gate_brings_no_ended_token_back(site: Site) {
        for waiting in BEHIND_GATES {
            for (ending, by_itself) in
                [("/sudo", true), ("/login?u=1", true), ("/logout", true), ("/password", false)]
            {
                brings_no_cookie(&site, waiting, ending, by_itself).await;
            }
        }
    }

    /// Whatever else happened: requests with the same cookie, the end of another session, or of every
    /// other one.
    async fn b_09_a_slow_renewal_is_sent_if_nothing_overtook_it(site: Site) {
        for waiting in HANDLERS.into_iter().chain(BEHIND_GATES) {
            for ending in [None, Some(("/logout", false)), Some(("/password", true))] {
                let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
                site.clock.advance(ACTIVE);
                let meanwhile = async {
                    if let Some((ending, by_itself)) = ending {
                        assert_eq!(site.whoami(&token).await, 200);
                        let by = if by_itself { &token } else { &other };
                        let ended = site.post(ending).session(by).send().await;
                        assert_eq!(ended.status, 200, "{waiting}, {ending}");
                        assert_eq!(site.whoami(&other).await, 401, "{waiting}, {ending}");
                    }
                };
                let waits = site.post(waiting).session(&token);
                let (reply, ()) = site.while_waiting(waits, meanwhile).await;
                let case = format!("{waiting}, {ending:?}");
                assert_eq!(reply.status, 200, "{case}");
                let cookie = reply.our_cookie().expect(&case);
                assert_eq!(cookie.token(), token, "{case}");
                assert_eq!(reply.header("cache-control"), Some("no-store"), "{case}");
                assert_eq!(site.whoami(&token).await, 200, "{case}");
            }
        }
    }

    /// A later answer of the same handler has a word of its own: what it signs in is alive.
    async fn b_09_a_late_sign_in_is_sent_whatever_overtook_it(site: Site) {
        for kind in ["lazy", "eager", "required"] {
            let waiting = format!("/waits/{kind}/sign-in");
            for ending in ["/sudo", "/logout", "/login?u=3"] {
                let (reply, token) = late(&site, &waiting, ending, true).await;
                let bob = reply.our_cookie().expect("Bob is signed in").token();
                let whoami = (site.whoami(&token).await, site.whoami(&bob).await);
                assert_eq!(whoami, (401, 200), "{kind}, {ending}");
            }
        }
    }
}
