//! Answers that come late: none of them puts an old token in the place of a newer one.

use super::{ACTIVE, ask, idle, renewed};
use crate::rig::{Server, Site, Token, on_every_server};

/// They have renewed the session when they wait: handlers, then gates before theirs.
const WAITING: [&str; 8] = [
    "/waits/lazy/-",
    "/waits/eager/-",
    "/waits/required/-",
    "/checked/waits/lazy/-",
    "/behind/waits/untouched",
    "/admins/waits/untouched",
    "/anyone/waits/untouched",
    "/behind/waits/lazy/-",
];

/// The token that a late answer brings, after something else happened meanwhile.
async fn late<T>(
    site: &Site,
    waiting: &str,
    token: &Token,
    meanwhile: impl Future<Output = T>,
) -> (Option<Token>, T) {
    let waits = site.post(waiting).session(token);
    let (reply, done) = site.while_waiting(waits, meanwhile).await;
    assert_eq!((reply.status, reply.text()), (200, "waited"), "{waiting}");
    (reply.our_cookie().map(|cookie| cookie.token()), done)
}

on_every_server! {
    async fn c_09_a_late_answer_brings_no_token_that_was_renewed_since(server: Server) {
        for waiting in WAITING {
            let (site, first) = idle(server).await;
            let meanwhile = async {
                let second = renewed(&site, &first).await;
                assert_eq!(ask(&site, &second).await, (200, None), "{waiting}");
                site.clock.advance(ACTIVE);
                let third = renewed(&site, &second).await;
                assert_ne!(third, second, "{waiting}");
                third
            };
            let (brought, third) = late(&site, waiting, &first, meanwhile).await;
            assert_eq!(brought, None, "{waiting}");
            assert_eq!(ask(&site, &third).await, (200, None), "{waiting}");
        }
    }

    async fn c_09_a_late_answer_brings_no_token_that_was_rotated_or_ended_since(server: Server) {
        for waiting in WAITING {
            for ending in ["/sudo", "/reauthenticate", "/logout", "/login?u=1"] {
                let (site, first) = idle(server).await;
                let meanwhile = async {
                    let second = renewed(&site, &first).await;
                    let ended = site.post(ending).session(&second).send().await;
                    assert_eq!(ended.status, 200, "{waiting}, {ending}");
                    second
                };
                let (brought, second) = late(&site, waiting, &first, meanwhile).await;
                assert_eq!(brought, None, "{waiting}, {ending}");
                assert_eq!(ask(&site, &second).await, (401, None), "{waiting}, {ending}");
            }
        }
    }

    /// The browser may not have read it from anybody else.
    async fn d_07_a_late_answer_brings_the_successor_that_still_is_one(server: Server) {
        for waiting in WAITING {
            for presented in [false, true] {
                let (site, first) = idle(server).await;
                let meanwhile = async {
                    let second = renewed(&site, &first).await;
                    if presented {
                        assert_eq!(ask(&site, &second).await, (200, None), "{waiting}");
                    }
                    second
                };
                let (brought, second) = late(&site, waiting, &first, meanwhile).await;
                assert_eq!(brought, Some(second), "{waiting}, {presented}");
            }
        }
    }

    /// It came with the old token in the grace, and the session has gone on since.
    async fn d_07_a_late_answer_in_the_grace_brings_nothing(server: Server) {
        for waiting in WAITING {
            let (site, first) = idle(server).await;
            let second = renewed(&site, &first).await;
            assert_eq!(ask(&site, &second).await, (200, None), "{waiting}");
            let meanwhile = async {
                site.clock.advance(ACTIVE);
                renewed(&site, &second).await
            };
            let (brought, third) = late(&site, waiting, &first, meanwhile).await;
            assert_eq!(brought, None, "{waiting}");
            assert_eq!(ask(&site, &third).await, (200, None), "{waiting}");
        }
    }
}
