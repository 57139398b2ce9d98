//! Headers that nobody sends by accident: what a refusal is answered by them stays a refusal, and leads
//! nowhere else.

use super::{by_htmx, is_of_type, location, navigates, url, with_login_page};
use crate::rig::{Server, Site, on_every_server};

/// As much as every server takes in one line.
const SIZE: usize = 64_000;

/// Places of another site, or of none, that look as if they were of this one.
fn elsewhere(site: &Site) -> Vec<Vec<u8>> {
    let host = site.address;
    let texts = [
        format!("http://{host}//evil.example/x"),
        format!("http://{host}/\\evil.example/x"),
        format!("http://{host}\\@evil.example/x"),
        format!("http://{host}@evil.example/x"),
        format!("http://{host}.evil.example/x"),
        format!("http://evil.example/http://{host}/x"),
        format!("http://evil.example#http://{host}/x"),
        format!("http://{host}/a\tb"),
        format!("http://{host}/{}", "a".repeat(2048)),
        format!("http://{host}"),
        format!("HTTP://{host}/x"),
        format!("//{host}/x"),
        format!("ws://{host}/x"),
        "/x".to_owned(),
        "javascript://%0aalert(1)//".to_owned(),
        "about:blank".to_owned(),
        "null".to_owned(),
        String::new(),
    ];
    let mut bytes: Vec<_> = texts.into_iter().map(String::into_bytes).collect();
    bytes.push([url(site, "/").as_bytes(), b"\xff"].concat());
    bytes
}

on_every_server! {
    async fn a_page_elsewhere_is_no_next(server: Server) {
        let site = with_login_page(server).await;
        for place in elsewhere(&site) {
            let shown = String::from_utf8_lossy(&place).into_owned();
            let form = navigates(site.post("/account")).header("Referer", &place).send().await;
            assert_eq!(location(&form), (303, Some("/login")), "{shown}");
            let htmx = by_htmx(site.get("/account")).header("HX-Current-URL", &place).send().await;
            assert_eq!((htmx.status, htmx.header("hx-redirect")), (401, Some("/login")), "{shown}");
        }
        let own = url(&site, "/x");
        let twice = navigates(site.post("/account")).header("Referer", &own).header("Referer", &own);
        assert_eq!(location(&twice.send().await), (303, Some("/login")));
        let odd = navigates(site.post("/account")).header("rEfErEr", &own).send().await;
        assert_eq!(location(&odd), (303, Some("/login?next=%2Fx")), "a name in whatever case");
    }

    async fn c_07_headers_of_64_kb_are_read_once(server: Server) {
        let site = with_login_page(server).await;
        let fill = |part: &str| part.repeat(SIZE / part.len());
        let long = format!("{}{}", url(&site, "/"), fill("a/"));
        for place in [long, fill("a"), fill("://"), fill("http://"), fill("/")] {
            let form = navigates(site.post("/account")).header("Referer", &place).send().await;
            assert_eq!(location(&form), (303, Some("/login")));
            let htmx = by_htmx(site.get("/account")).header("HX-Current-URL", &place).send().await;
            assert_eq!((htmx.status, htmx.header("hx-redirect")), (401, Some("/login")));
        }
        for (accept, status) in [
            (fill("text/html,"), 303),
            (fill("application/json,"), 401),
            (fill("text/html;q=0,"), 401),
            (fill(","), 401),
            (fill(";q=1"), 401),
            (format!("text/html;q=0.{}", fill("9")), 303),
            (format!("text/html;q={}", fill("9")), 401),
            (fill("\""), 401),
        ] {
            let reply = site.get("/account").header("Accept", &accept).send().await;
            assert_eq!(reply.status, status, "{}", &accept[..16]);
            assert_eq!(reply.set_cookies().len(), 0);
        }
    }

    async fn names_of_headers_are_known_in_whatever_case(server: Server) {
        let site = with_login_page(server).await;
        let page = site.get("/account").header("sEC-fETCH-mODE", "navigate").send().await;
        assert_eq!(location(&page), (303, Some("/login?next=%2Faccount")));
        let old = site.get("/account").header("aCCEPT", "TEXT/HTML").send().await;
        assert_eq!(location(&old), (303, Some("/login?next=%2Faccount")));
        let htmx = site.get("/account").header("hx-REQUEST", "true");
        let htmx = htmx.header("hX-cURRENT-uRL", url(&site, "/x")).send().await;
        assert_eq!((htmx.status, htmx.header("hx-redirect")), (401, Some("/login?next=%2Fx")));
    }

    /// What is said twice is not believed, nor is what no browser says.
    async fn a_mode_that_no_browser_sends_is_no_navigation(server: Server) {
        let site = with_login_page(server).await;
        for mode in ["navigate, navigate", "Navigate", "navigate;x", "\"navigate\"", "?1"] {
            let request = site.get("/account").header("Accept", "text/html");
            let reply = request.header("Sec-Fetch-Mode", mode).send().await;
            assert_eq!(location(&reply), (401, None), "{mode}");
        }
        let twice = navigates(navigates(site.get("/account"))).send().await;
        assert_eq!(location(&twice), (401, None));
    }

    async fn n_03_a_page_tells_nothing_of_the_request(server: Server) {
        let site = Site::start(server).await;
        for target in ["/%3Cscript%3Ealert(1)%3C/script%3E", "/x?%3Cscript%3E", "/x?<script>"] {
            let page = navigates(site.get(target)).header("X-Name", "<script>").send().await;
            if page.status == 400 {
                continue; // no target of HTTP, says the server
            }
            assert_eq!(location(&page), (401, None), "{target}");
            is_of_type(&site, &page, "text/html");
            assert!(!page.text().to_ascii_lowercase().contains("script"), "{target}");
        }
    }
}
