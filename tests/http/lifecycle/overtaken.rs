//! A token that a rotation replaced: it opens nothing, but who meant to end its session ends it.

use super::{ACTIVE, next_token};
use crate::rig::{ADA, Reply, Site, Token, on_every_server};

const KINDS: [&str; 3] = ["lazy", "eager", "required"];
const ROTATIONS: [&str; 2] = ["/sudo", "/reauthenticate"];

/// Gives the session another token, which is good.
async fn rotated(site: &Site, target: &str, token: &Token) -> Token {
    let rotated = next_token(site, target, token).await;
    assert_eq!(site.whoami(&rotated).await, 200, "{target}");
    rotated
}

/// A handler of this kind has the session when it is rotated, and then does this; its answer, and
/// the token that the other answer brought.
async fn overtaken(site: &Site, kind: &str, then: &str, rotation: &str) -> (Reply, Token) {
    let former = site.log_in(ADA).await;
    let target = format!("/waits/{kind}/{then}");
    let waits = site.post(&target).session(&former);
    site.while_waiting(waits, rotated(site, rotation, &former))
        .await
}

fn removes(reply: &Reply) -> bool {
    let cookie = reply.our_cookie();
    cookie.is_some_and(|cookie| cookie.is_removal())
}

on_every_server! {
    async fn d_14_a_sign_out_that_a_rotation_overtook_ends_the_session(site: Site) {
        for kind in KINDS {
            for rotation in ROTATIONS {
                for then in ["sign-out", "sign-out-everywhere"] {
                    let (reply, successor) = overtaken(&site, kind, then, rotation).await;
                    let case = format!("{kind}, {rotation}, {then}");
                    assert_eq!((reply.status, removes(&reply)), (200, true), "{case}");
                    assert_eq!(site.whoami(&successor).await, 401, "{case}");
                    assert_eq!(site.rows().await, 0, "{case}");
                }
            }
        }
    }

    /// However often it was rotated, and though this very request had renewed it.
    async fn d_14_a_sign_out_that_two_rotations_overtook_ends_the_session(site: Site) {
        for kind in KINDS {
            let former = site.log_in(ADA).await;
            site.clock.advance(ACTIVE);
            let target = format!("/waits/{kind}/sign-out");
            let meanwhile = async {
                let second = rotated(&site, "/sudo", &former).await;
                rotated(&site, "/sudo", &second).await
            };
            let waits = site.post(&target).session(&former);
            let (reply, third) = site.while_waiting(waits, meanwhile).await;
            assert_eq!((reply.status, removes(&reply)), (200, true), "{kind}");
            assert_eq!(site.whoami(&third).await, 401, "{kind}");
        }
    }

    async fn d_12_a_sign_in_that_a_rotation_overtook_ends_the_session(site: Site) {
        for kind in KINDS {
            for rotation in ROTATIONS {
                let (reply, successor) = overtaken(&site, kind, "sign-in", rotation).await;
                let bob = reply.our_cookie().expect("Bob is signed in").token();
                let whoami = (site.whoami(&successor).await, site.whoami(&bob).await);
                assert_eq!(whoami, (401, 200), "{kind}, {rotation}");
                assert_eq!(site.rows().await, 1, "{kind}, {rotation}");
                site.post("/logout").session(&bob).send().await;
            }
        }
    }

    /// Unlike an end, a change needs the token that the session has.
    async fn d_12_a_rotation_that_another_overtook_changes_nothing(site: Site) {
        for kind in KINDS {
            let (reply, successor) = overtaken(&site, kind, "rotate", "/sudo").await;
            assert_eq!((reply.status, reply.set_cookies().len()), (401, 0), "{kind}");
            assert_eq!(site.whoami(&successor).await, 200, "{kind}");
        }
    }

    /// The browser signs out before it has read the answer with the new token.
    async fn d_14_the_token_before_a_rotation_signs_out(site: Site) {
        for rotation in ROTATIONS {
            for ending in ["/logout", "/everywhere"] {
                let (former, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
                let successor = rotated(&site, rotation, &former).await;
                assert_eq!(site.whoami(&former).await, 401, "{rotation}: it opens nothing");
                let reply = site.post(ending).session(&former).send().await;
                assert_eq!((reply.status, removes(&reply)), (200, true), "{rotation}, {ending}");
                assert_eq!(site.whoami(&successor).await, 401, "{rotation}, {ending}");
                assert_eq!(site.whoami(&other).await, 200, "{rotation}, {ending}");
            }
        }
    }

    async fn d_12_the_token_before_a_rotation_is_replaced_by_a_sign_in(site: Site) {
        for rotation in ROTATIONS {
            let former = site.log_in(ADA).await;
            let successor = rotated(&site, rotation, &former).await;
            let bob = next_token(&site, "/login?u=2", &former).await;
            let whoami = (site.whoami(&successor).await, site.whoami(&bob).await);
            assert_eq!(whoami, (401, 200), "{rotation}");
            site.post("/logout").session(&bob).send().await;
        }
    }

    async fn d_14_a_renewal_does_not_forget_the_token_before_a_rotation(site: Site) {
        let former = site.log_in(ADA).await;
        let successor = rotated(&site, "/sudo", &former).await;
        site.clock.advance(ACTIVE);
        let renewed = site.get("/whoami").session(&successor).send().await;
        assert!(renewed.our_cookie().is_some());
        site.post("/logout").session(&former).send().await;
        assert_eq!(site.whoami(&successor).await, 401);
    }

    /// Idle, so that whoever opens it renews it.
    async fn d_02_the_token_before_a_rotation_opens_renews_and_changes_nothing(site: Site) {
        let former = site.log_in(ADA).await;
        let successor = rotated(&site, "/sudo", &former).await;
        site.clock.advance(ACTIVE);
        site.store.reset();
        let revoke = format!("/sessions/{}/revoke", former.id());
        for (method, target) in [
            ("GET", "/whoami"),
            ("GET", "/account"),
            ("GET", "/behind/report"),
            ("POST", "/sudo"),
            ("POST", "/reauthenticate"),
            ("POST", "/password"),
            ("POST", "/logout-all"),
            ("POST", revoke.as_str()),
        ] {
            let reply = site.request(method, target).session(&former).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (401, 0), "{target}");
        }
        assert_eq!(site.store.calls().writes(), 0);
        assert_eq!(site.whoami(&successor).await, 200);
    }

    /// A limit: the store remembers one token back.
    async fn d_14_a_token_two_rotations_old_signs_nobody_out(site: Site) {
        let first = site.log_in(ADA).await;
        let second = rotated(&site, "/sudo", &first).await;
        let third = rotated(&site, "/sudo", &second).await;
        for stranger in [&first, &third.with_made_up_secret()] {
            assert_eq!(site.post("/logout").session(stranger).send().await.status, 200);
            assert_eq!(site.whoami(&third).await, 200);
        }
        site.post("/logout").session(&second).send().await;
        assert_eq!(site.whoami(&third).await, 401);
    }
}
