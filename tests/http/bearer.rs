//! `Authorization: Bearer`, where the application takes it: a client that is no browser.

use std::time::Duration;

use locals::Renewal;

use crate::rig::{ADA, BOB, Reply, RequestTo, Server, Settings, Site, Token, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

fn takes_bearer() -> Settings {
    Settings {
        bearer: true,
        login_path: Some("/login"),
        ..Settings::default()
    }
}

/// What a mobile client's own sign-in would be answered.
async fn token_of(site: &Site, user: i64) -> Token {
    let session = site
        .auth
        .create_session(user)
        .await
        .expect("a healthy store");
    Token(session.token().expose().to_owned())
}

/// As `curl` sends it: nothing of a browser.
fn by<'site>(request: RequestTo<'site>, token: &Token) -> RequestTo<'site> {
    let line = format!("Bearer {}", token.0);
    request
        .without_fetch_metadata()
        .header("Authorization", line)
}

fn touches_no_cookie(reply: &Reply, what: &str) {
    assert!(reply.set_cookies().is_empty(), "{what}: {reply:?}");
    assert_eq!(reply.header("clear-site-data"), None, "{what}");
}

on_every_server! {
    async fn a_bearer_token_opens_its_session(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let token = token_of(&site, ADA).await;
        for target in ["/whoami", "/eager", "/required", "/sessions", "/behind/report", "/loaded/greeting"] {
            site.store.reset();
            let reply = by(site.get(target), &token).send().await;
            assert_eq!(reply.status, 200, "{target}");
            assert_eq!(site.store.calls().load, 1, "{target}");
            touches_no_cookie(&reply, target);
            assert_eq!(reply.header("vary"), Some("Cookie, Authorization"), "{target}");
            assert_eq!(reply.header("cache-control"), Some("private"), "{target}");
        }
    }

    /// B-14.
    async fn b_14_a_bearer_token_is_read_only_where_the_application_says_so(site: Site) {
        let token = token_of(&site, ADA).await;
        let reply = by(site.get("/whoami"), &token).send().await;
        assert_eq!((reply.status, reply.header("vary")), (401, Some("Cookie")));
        assert_eq!(site.store.calls().load, 0);
    }

    async fn b_14_a_token_counts_nowhere_else(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let token = token_of(&site, ADA).await;
        let in_query = format!("/whoami?access_token={0}&token={0}&Authorization=Bearer%20{0}", token.0);
        assert_eq!(site.get(&in_query).send().await.status, 401);
        for (name, value) in [
            ("X-Session-Id", token.0.clone()),
            ("Proxy-Authorization", format!("Bearer {}", token.0)),
            ("X-Authorization", format!("Bearer {}", token.0)),
            ("Authorization", format!("Token {}", token.0)),
            ("Authorization", token.0.clone()),
            ("Authorization", format!("Bearer {} {}", token.0, token.0)),
            ("Authorization", format!("Bearer \"{}\"", token.0)),
            ("Authorization", "Bearer".to_owned()),
            ("Authorization", "Bearer ".to_owned()),
        ] {
            let reply = site.get("/whoami").header(name, &value).send().await;
            assert_eq!(reply.status, 401, "{name}: {value}");
        }
        assert_eq!(site.store.calls().load, 0);
        let form = format!("access_token={}", token.0);
        let form = site.post("/required").body("application/x-www-form-urlencoded", form);
        assert_eq!(form.send().await.status, 401);
    }

    /// No page of another site can send the header; the cookie, which it could, is not looked at.
    async fn f_07_a_bearer_request_has_no_origin_check_and_no_other_has_none(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let token = token_of(&site, ADA).await;
        for (name, value) in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
        ] {
            let reply = by(site.post("/password"), &token).header(name, value).send().await;
            assert_eq!(reply.status, 200, "{name}: {value}");
        }
        let cookie = site.log_in(ADA).await;
        for other in ["Basic abc", "Digest x=y", "Bearerx"] {
            let reply = site.post("/password").without_fetch_metadata();
            let reply = reply.header("Sec-Fetch-Site", "cross-site").header("Authorization", other);
            let reply = reply.session(&cookie).send().await;
            assert_eq!(reply.status, 403, "{other}");
        }
    }

    async fn of_a_cookie_and_a_bearer_token_the_token_counts(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let (ada, bob) = (token_of(&site, ADA).await, site.log_in(BOB).await);
        let both = by(site.get("/whoami"), &ada).session(&bob).send().await;
        assert_eq!(both.text(), "ada@example.com");
        let dead = Token(ada.0.replace(|c: char| c.is_ascii_digit(), "A"));
        for bad in [dead, Token("rubbish".to_owned())] {
            let reply = by(site.get("/whoami"), &bad).session(&bob).send().await;
            assert_eq!(reply.status, 401, "never: Bob");
            touches_no_cookie(&reply, "a bad token");
        }
        let signed_out = by(site.post("/logout"), &ada).session(&bob).send().await;
        assert_eq!(signed_out.status, 200);
        touches_no_cookie(&signed_out, "a sign-out");
        assert_eq!(by(site.get("/whoami"), &ada).send().await.status, 401);
        assert_eq!(site.whoami(&bob).await, 200, "the cookie's session is untouched");
    }

    async fn two_lines_are_no_session(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let (ada, cookie) = (token_of(&site, ADA).await, site.log_in(ADA).await);
        for other in [format!("Bearer {}", ada.0), "Basic abc".to_owned()] {
            let reply = by(site.get("/whoami"), &ada).header("Authorization", &other);
            let reply = reply.session(&cookie).send().await;
            assert_eq!(reply.status, 401, "{other}");
            touches_no_cookie(&reply, &other);
        }
        let others = site.get("/whoami").header("Authorization", "Basic a").header("Authorization", "Basic b");
        assert_eq!(others.session(&cookie).send().await.status, 200, "no token of ours");
    }

    async fn a_bearer_request_is_written_no_cookie_whatever_it_does(server: Server) {
        let settings = Settings {
            renewal: Some(Renewal::Rotate { grace: Duration::from_secs(60) }),
            clear_site_data: true,
            ..takes_bearer()
        };
        let site = Site::with(server, settings).await;
        for (method, target) in [
            ("GET", "/whoami"),
            ("GET", "/required"),
            ("GET", "/loaded/greeting"),
            ("POST", "/login?u=2"),
            ("POST", "/sudo"),
            ("POST", "/reauthenticate"),
            ("POST", "/twice"),
            ("GET", "/early"),
            ("POST", "/logout-cookie-only"),
            ("POST", "/logout-all"),
            ("POST", "/everywhere"),
            ("POST", "/values/put?name=a&text=x"),
            ("POST", "/values/flash?kind=note&text=x"),
            ("POST", "/logout"),
        ] {
            let token = token_of(&site, ADA).await;
            site.clock.advance(ACTIVE);
            let reply = by(site.request(method, target), &token).send().await;
            assert!(reply.status < 400, "{target}: {}", reply.status);
            touches_no_cookie(&reply, target);
        }
    }

    /// There is no way to hand it another.
    async fn d_07_a_bearer_token_is_renewed_and_never_rotated(server: Server) {
        let settings = Settings {
            renewal: Some(Renewal::Rotate { grace: Duration::from_secs(60) }),
            ..takes_bearer()
        };
        let site = Site::with(server, settings).await;
        let token = token_of(&site, ADA).await;
        for _ in 0..5 {
            site.clock.advance(ACTIVE);
            site.store.reset();
            let reply = by(site.get("/whoami"), &token).send().await;
            assert_eq!((reply.status, site.store.calls().extend), (200, 1));
        }
    }

    async fn a_bearer_token_stays_when_its_user_proves_who_they_are(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let token = token_of(&site, ADA).await;
        let reply = by(site.post("/reauthenticate"), &token).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(by(site.get("/whoami"), &token).send().await.status, 200);
        let rotated = by(site.post("/sudo"), &token).send().await;
        assert_eq!(rotated.status, 200);
        assert_eq!(by(site.get("/whoami"), &token).send().await.status, 401, "asked for");
    }

    async fn a_401_says_that_a_bearer_token_would_do(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let refused = site.get("/required").send().await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.header("www-authenticate"), Some(r#"Bearer realm="session""#));
        let in_a_browser = site.get("/required").header("Accept", "text/html").send().await;
        assert_eq!(in_a_browser.status, 303);
    }

    /// An error of ours, which knows nothing of it; what a handler says itself stays.
    async fn a_401_by_a_question_mark_says_so_too(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let mut targets = vec!["/reauthenticate", "/checked/reauthenticate"];
        if site.has_users_table() {
            targets.extend(["/login?u=404", "/checked/login?u=404"]);
        }
        for target in targets {
            let reply = site.post(target).send().await;
            let challenge = (reply.status, reply.header("www-authenticate"));
            assert_eq!(challenge, (401, Some(r#"Bearer realm="session""#)), "{target}");
        }
        let by_cookie = "&www-authenticate=Cookie%20realm%3D%22session%22";
        for (said, expected) in [("", None), (by_cookie, Some(r#"Cookie realm="session""#))] {
            for target in ["/says/untouched", "/says/asks", "/checked/says/asks"] {
                let target = format!("{target}?status=401{said}");
                let own = site.get(&target).send().await;
                let challenge = (own.status, own.header("www-authenticate"));
                assert_eq!(challenge, (401, expected), "{target}");
            }
        }
    }

    async fn i_02_a_store_that_is_down_is_503_for_a_bearer_token_too(server: Server) {
        let site = Site::with(server, takes_bearer()).await;
        let token = token_of(&site, ADA).await;
        site.store.fail();
        for target in ["/whoami", "/required", "/loaded/greeting"] {
            assert_eq!(by(site.get(target), &token).send().await.status, 503, "{target}");
        }
    }
}
