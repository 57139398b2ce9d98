//! Several cookies of our name in one request: they open no session, but whoever signs out or in
//! with them leaves none of theirs behind.

use http::Method;

use super::{next_token, statuses};
use crate::rig::{ADA, BOB, EVE, Reply, RequestTo, Site, Token, on_every_server};

/// How several cookies come.
#[derive(Clone, Copy, Debug)]
enum In {
    OneLine,
    OneLineEach,
}

const WAYS: [In; 2] = [In::OneLine, In::OneLineEach];

fn pair(site: &Site, token: &Token) -> String {
    format!("{}={}", site.cookie_name, token.0)
}

fn with<'site>(
    way: In,
    tokens: &[Token],
    site: &'site Site,
    request: RequestTo<'site>,
) -> RequestTo<'site> {
    match way {
        In::OneLine => {
            let pairs: Vec<_> = tokens.iter().map(|token| pair(site, token)).collect();
            request.cookie_header(pairs.join("; "))
        }
        In::OneLineEach => tokens
            .iter()
            .fold(request, |request, token| request.session(token)),
    }
}

async fn post(site: &Site, target: &str, way: In, tokens: &[Token]) -> Reply {
    with(way, tokens, site, site.post(target)).send().await
}

async fn log_in(site: &Site, users: &[i64]) -> Vec<Token> {
    let mut tokens = Vec::new();
    for user in users {
        tokens.push(site.log_in(*user).await);
    }
    tokens
}

fn signed_out(reply: &Reply) -> bool {
    let removal = reply.our_cookie().is_some_and(|cookie| cookie.is_removal());
    reply.status == 200 && removal
}

on_every_server! {
    async fn d_14_a_sign_out_ends_every_session_that_comes_with_it(site: Site) {
        let bystander = site.log_in(ADA).await;
        for way in WAYS {
            for users in [&[ADA, ADA][..], &[ADA, BOB], &[ADA, ADA, ADA], &[EVE, ADA, BOB]] {
                let tokens = log_in(&site, users).await;
                let asks = with(way, &tokens, &site, site.get("/whoami"));
                assert_eq!(asks.send().await.status, 401, "{users:?} {way:?}: nobody's");
                let reply = post(&site, "/logout", way, &tokens).await;
                assert!(signed_out(&reply), "{users:?} {way:?}: {reply:?}");
                let after = statuses(&site, &tokens).await;
                assert_eq!(after, vec![401; users.len()], "{users:?} {way:?}");
                assert_eq!(site.whoami(&bystander).await, 200, "{users:?} {way:?}");
            }
        }
        assert_eq!(site.rows().await, 1);
    }

    async fn d_01_a_sign_in_ends_every_session_that_comes_with_it(site: Site) {
        let bystander = site.log_in(ADA).await;
        for way in WAYS {
            for users in [&[ADA, ADA][..], &[ADA, BOB], &[ADA, BOB, ADA]] {
                let tokens = log_in(&site, users).await;
                let reply = post(&site, "/login?u=3", way, &tokens).await;
                assert_eq!(reply.status, 200, "{users:?} {way:?}");
                let eve = reply.our_cookie().expect("Eve is signed in").token();
                let after = statuses(&site, &tokens).await;
                assert_eq!(after, vec![401; users.len()], "{users:?} {way:?}");
                assert_eq!(statuses(&site, &[eve.clone(), bystander.clone()]).await, [200, 200]);
                assert_eq!(site.rows().await, 2, "{users:?} {way:?}");
                site.post("/logout").session(&eve).send().await;
            }
        }
    }

    /// In whatever order: what is made up hides nothing that is real, and ends nothing.
    async fn a_06_a_made_up_secret_beside_a_real_one_ends_nothing(site: Site) {
        let kept = site.log_in(ADA).await;
        for target in ["/logout", "/login?u=3"] {
            for way in WAYS {
                for turn in 0..3 {
                    let real = site.log_in(ADA).await;
                    let mut tokens =
                        [real.clone(), kept.with_made_up_secret(), Token::made_up()];
                    tokens.rotate_left(turn);
                    let reply = post(&site, target, way, &tokens).await;
                    assert_eq!(reply.status, 200, "{target} {way:?}, turn {turn}");
                    let after = (site.whoami(&real).await, site.whoami(&kept).await);
                    assert_eq!(after, (401, 200), "{target} {way:?}, turn {turn}");
                }
            }
        }
    }

    /// Nor is anything written for somebody who knows ids and no secret.
    async fn a_06_made_up_secrets_of_real_ids_end_nothing(site: Site) {
        let tokens = log_in(&site, &[ADA, ADA]).await;
        let forged: Vec<_> = tokens.iter().map(Token::with_made_up_secret).collect();
        site.store.reset();
        for way in WAYS {
            for forged in [&forged[..1], &forged] {
                assert_eq!(post(&site, "/logout", way, forged).await.status, 200);
            }
        }
        assert_eq!(site.store.calls().writes(), 0);
        assert_eq!(statuses(&site, &tokens).await, [200, 200]);
    }

    async fn d_14_what_is_no_token_hides_no_session_from_a_sign_out(site: Site) {
        for junk in ["", "x", "a.b"] {
            let token = site.log_in(ADA).await;
            let (junk, ours) = (format!("{}={junk}", site.cookie_name), pair(&site, &token));
            let both = site.post("/logout").cookie_header(format!("{junk}; {ours}; {junk}"));
            assert!(signed_out(&both.send().await), "{junk}");
            assert_eq!(site.whoami(&token).await, 401, "{junk}");
        }
    }

    /// One has been rotated, and its former token is still in the browser.
    async fn d_14_a_former_token_among_several_ends_its_session(site: Site) {
        for way in WAYS {
            let tokens = log_in(&site, &[ADA, ADA]).await;
            let successor = next_token(&site, "/sudo", &tokens[0]).await;
            assert!(signed_out(&post(&site, "/logout", way, &tokens).await), "{way:?}");
            let after = statuses(&site, &[successor, tokens[1].clone()]).await;
            assert_eq!(after, [401, 401], "{way:?}");
        }
    }

    /// Whichever call of the store fails, all of them stay.
    async fn d_14_a_sign_out_of_several_that_failed_ends_none(site: Site) {
        for call in 1.. {
            let tokens = log_in(&site, &[ADA, ADA]).await;
            site.store.reset();
            site.store.fail_nth(call);
            let reply = post(&site, "/logout", In::OneLine, &tokens).await;
            let calls = site.store.calls().total();
            site.store.heal();
            if calls < call {
                assert!(call > 1 && signed_out(&reply), "with a healthy store: {reply:?}");
                assert_eq!(statuses(&site, &tokens).await, [401, 401]);
                break;
            }
            assert_eq!((reply.status, reply.set_cookies().len()), (503, 0), "call {call}");
            assert_eq!(statuses(&site, &tokens).await, [200, 200], "call {call}");
        }
    }

    async fn d_14_every_crumb_of_an_http_2_cookie_is_signed_out(site: Site) {
        let tokens = log_in(&site, &[ADA, BOB]).await;
        let crumbs: Vec<_> = tokens.iter().map(|token| pair(&site, token)).collect();
        let mut fields: Vec<_> = crumbs.iter().map(|crumb| ("cookie", crumb.as_str())).collect();
        fields.push(("sec-fetch-site", "same-origin"));
        let reply = site.send_h2(Method::POST, "/logout", &fields).await;
        assert!(signed_out(&reply), "{reply:?}");
        assert_eq!(statuses(&site, &tokens).await, [401, 401]);
    }
}
