//! What is logged, printed and shown: enough to find a session, nothing to open it with.

mod printed;

use std::time::Duration;

use crate::rig::{ADA, BOB, LogFrom, Site, Token, on_every_server, panic_at_sign_out_of};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// The values of `sid=`, as far as they go on in base64url.
fn session_ids(log: &str) -> Vec<&str> {
    let values = log.split("sid=").skip(1);
    values
        .map(|rest| {
            let rest = rest.strip_prefix('"').unwrap_or(rest);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

/// Sends at least one request of each outcome, and returns every token that was given out.
async fn everything_happens(site: &Site) -> Vec<Token> {
    let ada = site.log_in(ADA).await;
    let bob = site.log_in(BOB).await;
    let mut tokens = vec![ada.clone(), bob.clone(), Token::made_up()];
    let stranger = tokens[2].clone();
    let ask = async |token: &Token| {
        site.get("/whoami").session(token).send().await;
    };
    let post = async |target: &str, token: &Token| {
        let reply = site.post(target).session(token).send().await;
        let cookie = reply.our_cookie().filter(|cookie| !cookie.is_removal());
        cookie.map(|cookie| cookie.token())
    };

    ask(&stranger).await;
    ask(&ada.with_made_up_secret()).await;
    site.clock.advance(ACTIVE);
    ask(&ada).await;
    site.store.fail();
    ask(&ada).await;
    post("/login?u=2", &ada).await;
    site.store.heal();
    site.store.corrupt();
    ask(&ada).await;
    site.get("/sessions").session(&ada).send().await;
    site.store.heal();
    let both = format!("__Host-session={}; __Host-session={}", ada.0, bob.0);
    site.get("/whoami").cookie_header(both).send().await;
    let malformed = format!("__Host-session={}x; other=cookies-value", ada.0);
    site.get("/whoami").cookie_header(malformed).send().await;
    let foreign = site.post("/logout").without_fetch_metadata();
    foreign.session(&ada).send().await;

    let rotated = post("/sudo", &ada).await.expect("a new token");
    post("/sessions/x/revoke", &rotated).await;
    post(&format!("/sessions/{}/revoke", bob.id()), &bob).await;
    let next = post("/login?u=1", &rotated).await.expect("a new session");
    post("/password", &next).await;
    post("/twice", &next).await;
    site.get("/panic").session(&next).send().await;
    post("/logout", &next).await;
    site.auth
        .delete_expired_sessions()
        .await
        .expect("a healthy store");
    tokens.extend([rotated, next]);
    tokens
}

on_every_server! {
    /// Every site sees to it when it ends that nothing secret was logged; this one does all there is.
    async fn n_01_no_log_line_tells_a_secret(site: Site) {
        let log = LogFrom::now();
        let tokens = everything_happens(&site).await;
        let text = log.text();
        for message in [
            "session created", "session renewed", "session rotated", "session refused",
            "signed out", "the session store failed", "ambiguous", "cross-site request refused",
        ] {
            assert!(text.contains(message), "{message:?} is not in the log");
        }
        log.tells_no_secret_of(tokens.iter());
        for value in ["__Host-session=", "cookies-value"] {
            assert!(!text.contains(value), "a cookie's value: {value}");
        }
    }

    /// And E-08: what happened to a session is found by it.
    async fn n_02_the_log_names_sessions_by_eight_characters(site: Site) {
        let log = LogFrom::now();
        let tokens = everything_happens(&site).await;
        let text = log.text();
        let lines = |token: &Token| {
            let sid = &token.id()[..8];
            let lines = text.lines().filter(|line| session_ids(line).contains(&sid));
            lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
        };
        let of_ada = lines(&tokens[0]);
        for event in ["session created", "session renewed", "session rotated"] {
            assert!(of_ada.contains(event), "{event}: {of_ada}");
        }
        for id in session_ids(&text) {
            assert_eq!(id.len(), 8, "{id}");
        }
        for token in &tokens {
            assert!(!text.contains(token.id()), "the whole id {}", token.id());
        }
    }

    /// The row is deleted before anybody is told: what a panicking subscriber costs is the answer,
    /// not the sign-out.
    async fn d_14_a_log_that_panics_undoes_no_sign_out(site: Site) {
        let (token, other) = (site.log_in(ADA).await, site.log_in(ADA).await);
        panic_at_sign_out_of(&token);
        let answer = site.post("/logout").session(&token).try_send().await;
        assert!(answer.is_err(), "nothing catches the panic here: {answer:?}");
        assert_eq!((site.whoami(&token).await, site.rows().await), (401, 1));
        assert_eq!(site.whoami(&other).await, 200);
        let next = site.log_in(BOB).await;
        assert_eq!(site.whoami(&next).await, 200, "and no lock is poisoned");
    }
}
