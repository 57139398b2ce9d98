//! A session from sign-in to sign-out: what ends it, what changes its token, and what makes none.

mod clocks;
mod interleaved;
mod late;
mod overtaken;
mod races;
mod revocation;
mod session_cap;
mod several;
mod sign_in;
mod timeouts;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;

use crate::rig::{ADA, Site, Token, on_every_server};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The periods of the default, by their part in the tests.
const ACTIVE: Duration = DAY;
const IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
const ABSOLUTE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The lines of `GET /sessions`.
async fn sessions(site: &Site, token: &Token) -> Vec<Value> {
    let reply = site.get("/sessions").session(token).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    serde_json::from_slice(&reply.body).expect("a list in JSON")
}

/// What `/whoami` says to each.
async fn statuses(site: &Site, tokens: &[Token]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for token in tokens {
        statuses.push(site.whoami(token).await);
    }
    statuses
}

/// How many of these are still valid.
async fn alive(site: &Site, tokens: &[Token]) -> usize {
    let mut alive = 0;
    for token in tokens {
        alive += usize::from(site.whoami(token).await == 200);
    }
    alive
}

/// Sends a request with this session, and takes the token that comes back.
async fn next_token(site: &Site, target: &str, token: &Token) -> Token {
    let reply = site.post(target).session(token).send().await;
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    reply.our_cookie().expect("a new token's cookie").token()
}

on_every_server! {
    /// The session stays what it is: its id, its age, its place in the list.
    async fn d_02_rotation_and_reauthentication_change_the_secret_only(site: Site) {
        for target in ["/sudo", "/reauthenticate"] {
            let old = site.log_in(ADA).await;
            let before = sessions(&site, &old).await;
            site.clock.advance(HOUR);
            let new = next_token(&site, target, &old).await;
            assert_eq!(new.id(), old.id(), "{target}");
            assert_ne!(new.secret(), old.secret(), "{target}");
            assert_eq!(site.whoami(&old).await, 401, "{target}");
            assert_eq!(site.whoami(&new).await, 200, "{target}");
            assert_eq!(sessions(&site, &new).await, before, "{target}");
            site.post("/logout").session(&new).send().await;
        }
    }

    /// Renewed and rotated by one request: one cookie, the rotated one.
    async fn d_02_an_idle_session_can_be_rotated(site: Site) {
        let old = site.log_in(ADA).await;
        site.clock.advance(ACTIVE);
        let new = next_token(&site, "/sudo", &old).await;
        assert_eq!((site.whoami(&old).await, site.whoami(&new).await), (401, 200));
        assert_eq!(site.rows().await, 1);
    }

    async fn d_02_a_session_that_has_ended_cannot_be_rotated(site: Site) {
        let token = site.log_in(ADA).await;
        site.post("/logout").session(&token).send().await;
        for target in ["/sudo", "/reauthenticate"] {
            for request in [site.post(target).session(&token), site.post(target)] {
                let reply = request.send().await;
                assert_eq!((reply.status, reply.set_cookies().len()), (401, 0), "{target}");
            }
        }
        assert_eq!(site.rows().await, 0);
    }

    /// Somebody copied the cookie; it is worth nothing from the logout's answer on.
    async fn d_13_a_copied_cookie_is_dead_after_the_logout(site: Site) {
        let token = site.log_in(ADA).await;
        let copy = token.clone();
        assert_eq!(site.whoami(&copy).await, 200);
        let reply = site.post("/logout").session(&token).send().await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        for target in ["/whoami", "/sessions", "/slow?ms=0"] {
            assert_eq!(site.get(target).session(&copy).send().await.status, 401, "{target}");
        }
        assert_eq!(site.post("/sudo").session(&copy).send().await.status, 401);
        assert_eq!(site.rows().await, 0);
    }

    async fn d_15_logging_out_again_is_fine(site: Site) {
        let token = site.log_in(ADA).await;
        for _ in 0..2 {
            assert_eq!(site.post("/logout").session(&token).send().await.status, 200);
        }
        let parallel = site.log_in(ADA).await;
        let logouts = (0..50).map(|_| site.post("/logout").session(&parallel).send());
        for reply in join_all(logouts).await {
            assert_eq!(reply.status, 200, "{}", reply.text());
            assert!(reply.our_cookie().expect("a removal").is_removal());
        }
        assert_eq!(site.whoami(&parallel).await, 401);
        assert_eq!(site.rows().await, 0);
    }

    async fn d_16_a_cleared_cookie_leaves_the_session_valid(site: Site) {
        let token = site.log_in(ADA).await;
        site.store.reset();
        let reply = site.post("/logout-cookie-only").session(&token).send().await;
        assert!(reply.our_cookie().expect("a removal").is_removal());
        assert_eq!(site.store.calls().total(), 0, "nothing is asked of the store");
        assert_eq!(site.whoami(&token).await, 200, "the token replayed");
    }

    async fn d_19_strangers_make_no_rows_and_get_no_cookies(site: Site) {
        let mut connection = site.keep_alive().await;
        for _ in 0..250 {
            let stranger = Token::made_up();
            for request in [
                site.get("/whoami"),
                site.get("/public"),
                site.get("/whoami").session(&stranger),
                site.get("/sessions").session(&stranger),
                site.post("/logout"),
            ] {
                let reply = connection.send(request).await;
                assert_eq!(reply.set_cookies().len(), 0, "{reply:?}");
            }
            connection.send(site.post("/logout").session(&stranger)).await;
        }
        let expired = site.log_in(ADA).await;
        site.clock.advance(ABSOLUTE);
        assert_eq!(site.whoami(&expired).await, 401);
        site.auth.delete_expired_sessions().await.expect("a healthy store");
        assert_eq!(site.whoami(&expired).await, 401);
        assert!(!site.has_sessions_table() || site.rows().await == 0);
    }

    async fn d_20_no_get_logs_out(site: Site) {
        let token = site.log_in(ADA).await;
        for target in ["/logout", "/logout-cookie-only", "/logout-all", "/password", "/sudo"] {
            for request in [site.get(target), site.head(target)] {
                let reply = request.session(&token).send().await;
                assert_eq!((reply.status, reply.set_cookies().len()), (405, 0), "{target}");
            }
        }
        assert_eq!(site.whoami(&token).await, 200);
    }

    /// Neither using a session nor rotating it proves who the user is.
    async fn d_21_authentication_grows_old_and_can_be_repeated(site: Site) {
        let mut token = site.log_in(ADA).await;
        let recent = async |token: &Token, expected: &str| {
            for target in ["/recent/lazy", "/recent/eager", "/recent/required"] {
                let reply = site.get(target).session(token).send().await;
                assert_eq!(reply.text(), expected, "{target}");
            }
        };
        recent(&token, "true").await;
        site.clock.advance(Duration::from_secs(5 * 60));
        recent(&token, "true").await;
        site.clock.advance(Duration::from_secs(60));
        recent(&token, "false").await;
        site.clock.advance(ACTIVE);
        recent(&token, "false").await;
        let back = ACTIVE + Duration::from_secs(6 * 60);
        site.clock.rewind(back);
        recent(&token, "false").await;
        site.clock.advance(back);
        token = next_token(&site, "/sudo", &token).await;
        recent(&token, "false").await;
        token = next_token(&site, "/reauthenticate", &token).await;
        recent(&token, "true").await;
        site.clock.advance(Duration::from_secs(6 * 60));
        recent(&token, "false").await;
        assert_eq!(site.get("/recent/lazy").send().await.text(), "false", "nobody");
    }
}
