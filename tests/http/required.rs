//! Who is refused before a `required` handler runs, and how.

use std::time::Duration;

use locals::local_path;

use crate::rig::{ADA, BOB, Reply, Server, Settings, Site, on_every_server};

/// What a browser's address bar sends.
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn with_login_page(server: Server) -> Site {
    let settings = Settings {
        login_path: Some("/login"),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

/// The refusal in words: its type and its constant text.
fn plain<'r>(site: &Site, reply: &'r Reply) -> &'r str {
    text_of_type(site, reply, "text/plain")
}

/// The same for somebody who reads a page.
fn page<'r>(site: &Site, reply: &'r Reply) -> &'r str {
    text_of_type(site, reply, "text/html")
}

fn text_of_type<'r>(site: &Site, reply: &'r Reply, media_type: &str) -> &'r str {
    if site.framework.refusals_have_a_text() {
        let content_type = reply.header("content-type").unwrap_or_default();
        assert!(content_type.starts_with(media_type), "{content_type}");
        assert!(!reply.text().is_empty());
    } else {
        assert_eq!(reply.text(), "");
    }
    assert_eq!(reply.header("location"), None);
    assert_eq!(reply.set_cookies().len(), 0);
    reply.text()
}

/// The `next` of a redirect to the login page.
fn next(reply: &Reply, login_path: &str) -> Option<String> {
    assert_eq!(reply.status, 303, "{}", reply.text());
    let location = reply.header("location").expect("a redirect");
    let (path, query) = location.split_once('?').unwrap_or((location, ""));
    assert_eq!(path, login_path);
    let query: Vec<(String, String)> = serde_urlencoded::from_str(query).expect("a query");
    let next = query.into_iter().find(|(name, _)| name == "next");
    next.map(|(_, value)| value)
}

on_every_server! {
    async fn a_required_handler_answers_401_without_a_session(site: Site) {
        let refused = site.get("/account").send().await;
        assert_eq!(refused.status, 401);
        let in_a_browser = site.get("/account").header("Accept", HTML).send().await;
        assert_eq!(in_a_browser.status, 401, "there is no login page to go to");
        assert!(page(&site, &in_a_browser).contains(plain(&site, &refused).trim_end()));

        let token = site.log_in(BOB).await;
        let admitted = site.get("/account").session(&token).send().await;
        assert_eq!((admitted.status, admitted.text()), (200, "bob@example.com"));
    }

    async fn an_ended_session_is_refused_as_none(site: Site) {
        let token = site.log_in(BOB).await;
        site.post("/logout").session(&token).send().await;
        let ended = site.get("/account").session(&token).send().await;
        let none = site.get("/account").send().await;
        assert_eq!((ended.status, none.status), (401, 401));
        assert_eq!(plain(&site, &ended), plain(&site, &none));
    }

    async fn e_04_a_user_who_is_gone_has_no_session(site: Site) {
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        site.delete_user(BOB);
        assert_eq!(site.get("/account").session(&bob).send().await.status, 401);
        assert_eq!(site.whoami(&bob).await, 401);
        assert_eq!(site.whoami(&ada).await, 200);
    }

    async fn a_guard_refuses_with_403(server: Server) {
        let site = with_login_page(server).await;
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        let admitted = site.get("/admin").session(&ada).send().await;
        assert_eq!((admitted.status, admitted.text()), (200, "1 is an administrator"));
        let refused = site.get("/admin").session(&bob).send().await;
        let in_a_browser = site.get("/admin").session(&bob).header("Accept", HTML).send().await;
        assert_eq!((refused.status, in_a_browser.status), (403, 403), "Bob is signed in already");
        assert!(page(&site, &in_a_browser).contains(plain(&site, &refused).trim_end()));
        assert_eq!(site.get("/admin").send().await.status, 401, "nobody is not Bob");
    }

    async fn b_10_a_guard_refusal_keeps_the_renewed_cookie(site: Site) {
        let bob = site.log_in(BOB).await;
        site.clock.advance(Duration::from_secs(24 * 60 * 60));
        let refused = site.get("/admin").session(&bob).send().await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.our_cookie().expect("a renewed session's cookie").token(), bob);
    }

    async fn a_browser_is_sent_to_the_login_page_and_back(server: Server) {
        let site = with_login_page(server).await;
        let reply = site.get("/account").header("Accept", HTML).send().await;
        assert_eq!(reply.status, 303);
        assert_eq!(reply.header("location"), Some("/login?next=%2Faccount"));

        for target in ["/account?tab=2&of=3", "/account?next=%2Fadmin", "/caf%C3%A9/a%26b?c=%25"] {
            let reply = site.get(target).header("Accept", HTML).send().await;
            assert_eq!(next(&reply, "/login").as_deref(), Some(target));
        }
        let head = site.head("/account").header("Accept", HTML).send().await;
        assert_eq!(next(&head, "/login").as_deref(), Some("/account"));
    }

    async fn a_handlers_own_login_page_goes_first(server: Server) {
        for login_path in [None, Some("/login")] {
            let site = Site::with(server, Settings { login_path, ..Settings::default() }).await;
            let reply = site.get("/own-entrance").header("Accept", HTML).send().await;
            assert_eq!(next(&reply, "/enter").as_deref(), Some("/own-entrance"));
        }
    }

    async fn only_a_browsers_navigation_is_redirected(server: Server) {
        let site = with_login_page(server).await;
        let no_accept = site.get("/account").send().await;
        let anything = site.get("/account").header("Accept", "*/*").send().await;
        let no_page = site.get("/account").header("Accept", "text/html;q=0, */*").send().await;
        let form = site.post("/account").header("Accept", HTML).send().await;
        for reply in [no_accept, anything, no_page, form] {
            assert_eq!(reply.status, 401);
            plain(&site, &reply);
        }
    }

    /// Whatever the target looks like, the way back leads to this site.
    async fn next_is_a_path_of_this_site(server: Server) {
        let site = with_login_page(server).await;
        for target in ["//evil.example/x", "http://evil.example/account", "/%2Fevil.example"] {
            let reply = site.get(target).header("Accept", HTML).send().await;
            if let Some(next) = next(&reply, "/login") {
                assert_eq!(local_path(&next), Some(next.as_str()), "{target}");
            }
        }
        for elsewhere in ["//evil.example", "/\\evil.example", "https://evil.example", "x", ""] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere}");
        }
    }

    async fn a_refused_request_runs_no_extractor_of_the_handler(site: Site) {
        let (ada, bob) = (site.log_in(ADA).await, site.log_in(BOB).await);
        assert_eq!(site.post("/counted").send().await.status, 401);
        assert_eq!(site.post("/counted").session(&bob).send().await.status, 403);
        let cross_site = site
            .post("/counted")
            .session(&ada)
            .without_fetch_metadata()
            .header("Sec-Fetch-Site", "cross-site");
        assert_eq!(cross_site.send().await.status, 403);
        assert_eq!(site.stage.extracted(), 0);
        assert_eq!(site.post("/counted").session(&ada).send().await.status, 200);
        assert_eq!(site.stage.extracted(), 1);
    }

    /// A server that reads the body of such a request says `100 Continue` first.
    async fn an_anonymous_upload_is_refused_unread(site: Site) {
        let expects = if site.framework.continues_unasked() {
            ""
        } else {
            "Expect: 100-continue\r\n"
        };
        let upload = |cookie: String| {
            format!(
                "POST /upload HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\n{cookie}\
                 Content-Length: 5\r\n{expects}\r\n",
                site.address
            )
        };
        let reply = site.send(upload(String::new()).as_bytes()).await;
        assert_eq!(reply.status, 401);

        let token = site.log_in(ADA).await;
        let cookie = format!("Cookie: {}={}\r\n", site.cookie_name, token.0);
        if expects.is_empty() {
            let whole = [upload(cookie).as_bytes(), b"12345"].concat();
            assert_eq!(site.send(&whole).await.text(), "5 bytes", "Ada's is read");
        } else {
            let reply = site.send(upload(cookie).as_bytes()).await;
            assert_eq!(reply.status, 100, "Ada's is read");
        }
    }
}
