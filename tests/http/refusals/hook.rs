//! What the application answers instead, by `on_refusal`.

use std::time::Duration;

use locals::{PlainResponse, Refusal, RefusalReason};

use super::{by_htmx, depends_on, is_of_type, location, navigates, url};
use crate::rig::{BOB, LogFrom, Server, Settings, Site, on_every_server};

const ACTIVE: Duration = Duration::from_secs(24 * 60 * 60);

async fn with_hook(server: Server, hook: fn(&Refusal<'_>) -> Option<PlainResponse>) -> Site {
    let settings = Settings {
        login_path: Some("/login"),
        on_refusal: Some(hook),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

fn by_reason(refusal: &Refusal<'_>) -> Option<PlainResponse> {
    match refusal.reason() {
        RefusalReason::Forbidden => {
            Some(PlainResponse::html(404, "<p>no such page").header("X-Own", "1"))
        }
        RefusalReason::SignedOut if refusal.path() == "/account" => {
            Some(PlainResponse::json(401, r#"{"error":"sign_in"}"#))
        }
        RefusalReason::StoreFailed => {
            Some(PlainResponse::text(503, "come again").header("Retry-After", "9"))
        }
        _ => None,
    }
}

/// All that it is told.
fn repeats(refusal: &Refusal<'_>) -> Option<PlainResponse> {
    let told = [
        Some(refusal.method()),
        Some(refusal.path()),
        Some(refusal.path_and_query()),
        refusal.login_url(),
        refusal.header("x-ODD-case"),
        refusal.header("X-Twice"),
        refusal.header("x-none"),
    ];
    let told = told.map(|said| said.unwrap_or("-"));
    let told = format!("{} {}", refusal.reason(), told.join(" "));
    Some(PlainResponse::text(418, "").header("X-Told", told))
}

fn panics(_: &Refusal<'_>) -> Option<PlainResponse> {
    panic!("the hook's own");
}

fn grasps(_: &Refusal<'_>) -> Option<PlainResponse> {
    let response = PlainResponse::text(403, "mine")
        .header("Set-Cookie", "__Host-session=evil")
        .header("Vary", "*")
        .header("Cache-Control", "public, max-age=3600")
        .header("Surrogate-Control", "max-age=3600")
        .header("Content-Length", "1")
        .header("X-Split", "a\r\nX-Evil: 1")
        .header("X-Mine", "1");
    Some(response)
}

fn answers_with_no_status(_: &Refusal<'_>) -> Option<PlainResponse> {
    Some(PlainResponse::json(42, "{}"))
}

fn redirects(refusal: &Refusal<'_>) -> Option<PlainResponse> {
    let name = refusal.header("x-name")?;
    Some(PlainResponse::redirect(format!("/elsewhere?name={name}")))
}

on_every_server! {
    async fn the_application_answers_where_it_has_an_answer(server: Server) {
        let site = with_hook(server, by_reason).await;
        let bob = site.log_in(BOB).await;
        let signed_out = navigates(site.get("/account")).send().await;
        assert_eq!(location(&signed_out), (401, None));
        is_of_type(&site, &signed_out, "application/json");
        assert!(signed_out.header("www-authenticate").is_some());
        let elsewhere = navigates(site.get("/own-entrance")).send().await;
        assert_eq!(elsewhere.status, 303, "the library's own");
        assert_eq!(elsewhere.header("cache-control"), None);

        for target in ["/admin", "/admins/report"] {
            let forbidden = site.get(target).session(&bob).send().await;
            assert_eq!((forbidden.status, forbidden.header("x-own")), (404, Some("1")), "{target}");
            assert_eq!(forbidden.header("x-refused"), Some("forbidden"), "{target}");
            assert_eq!(forbidden.header("cache-control"), Some("no-store"), "{target}");
            depends_on(&forbidden, &["Accept", "Sec-Fetch-Mode", "HX-Request", "Cookie"]);
        }
        let forbidden = site.get("/admin").session(&bob).send().await;
        is_of_type(&site, &forbidden, "text/html");
        site.store.fail();
        let failed = site.get("/eager").session(&bob).send().await;
        let by_itself = site.get("/whoami").session(&bob).send().await;
        site.store.heal();
        assert_eq!((failed.status, failed.header("retry-after")), (503, Some("9")));
        assert_eq!(failed.set_cookies().len(), 0);
        let came_by_itself = (by_itself.status, by_itself.header("retry-after"));
        assert_eq!(came_by_itself, (503, Some("1")), "an error is no refusal");
    }

    async fn a_hook_is_told_of_the_request(server: Server) {
        let site = with_hook(server, repeats).await;
        let told = async |request: crate::rig::RequestTo<'_>| {
            let request = request.header("X-Odd-Case", "odd").header("x-twice", "1");
            let reply = request.header("X-TWICE", "2").send().await;
            assert_eq!(reply.status, 418, "{reply:?}");
            reply.header("x-told").expect("what it was told").to_owned()
        };
        assert_eq!(
            told(navigates(site.get("/account?a=b"))).await,
            "signed_out GET /account /account?a=b /login?next=%2Faccount%3Fa%3Db odd - -"
        );
        assert_eq!(
            told(navigates(site.get("/own-entrance"))).await,
            "signed_out GET /own-entrance /own-entrance /enter?next=%2Fown-entrance odd - -"
        );
        assert_eq!(
            told(by_htmx(site.get("/behind/report"))).await,
            "signed_out GET /behind/report /behind/report /enter odd - -"
        );
        let form = site.post("/account").header("Referer", url(&site, "/form"));
        assert_eq!(
            told(form).await,
            "signed_out POST /account /account /login?next=%2Fform odd - -",
            "by a `fetch`, whose page is known all the same"
        );
        let bob = site.log_in(BOB).await;
        assert_eq!(
            told(site.get("/admin").session(&bob)).await,
            "forbidden GET /admin /admin /login odd - -"
        );
        let cross = site.post("/account").without_fetch_metadata();
        let cross = cross.header("Origin", "https://evil.example");
        assert_eq!(told(cross).await, "cross_site POST /account /account /login odd - -");
    }

    /// Neither of the cookie nor in the store does anything change.
    async fn a_hook_that_panics_is_500_and_changes_nothing(server: Server) {
        let site = with_hook(server, panics).await;
        let bob = site.log_in(BOB).await;
        site.clock.advance(ACTIVE);
        let log = LogFrom::now();
        for target in ["/admin", "/admins/report"] {
            let reply = site.get(target).session(&bob).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (500, 0), "{target}");
            assert_eq!(reply.header("x-refused"), Some("forbidden"), "{target}");
            assert!(!reply.text().contains("own"), "{}", reply.text());
        }
        let page = navigates(site.get("/account")).send().await;
        assert_eq!(location(&page), (500, None));
        is_of_type(&site, &page, "text/html");
        assert!(log.text().contains("the `on_refusal` of the application panicked"));
        assert_eq!((site.whoami(&bob).await, site.rows().await), (200, 1));
        assert_eq!(site.get("/public").send().await.status, 200, "the site goes on");
    }

    async fn cookies_and_what_caches_are_told_stay_the_librarys(server: Server) {
        let site = with_hook(server, grasps).await;
        let bob = site.log_in(BOB).await;
        site.clock.advance(ACTIVE);
        let log = LogFrom::now();
        let reply = site.get("/admin").session(&bob).send().await;
        assert_eq!((reply.status, reply.header("x-mine")), (403, Some("1")));
        assert_eq!(reply.set_cookies().len(), 1);
        assert_eq!(reply.our_cookie().expect("renewed").token(), bob);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        depends_on(&reply, &["Accept", "Sec-Fetch-Mode", "HX-Request", "Cookie"]);
        for name in ["surrogate-control", "x-split", "x-evil"] {
            assert_eq!(reply.header(name), None);
        }
        if site.framework.refusals_have_a_text() {
            assert_eq!(reply.text(), "mine");
        }
        assert!(log.text().contains("a header of an `on_refusal` is left out"));
        let stranger = site.get("/admin").send().await;
        assert_eq!((stranger.set_cookies().len(), stranger.header("cache-control")), (0, Some("no-store")));
    }

    async fn a_status_that_is_none_is_500(server: Server) {
        let site = with_hook(server, answers_with_no_status).await;
        let reply = site.get("/account").send().await;
        assert_eq!((reply.status, reply.header("x-refused")), (500, Some("signed_out")));
    }

    async fn c_10_a_redirect_is_one_line_whatever_is_in_it(server: Server) {
        let site = with_hook(server, redirects).await;
        let to = async |name: &[u8]| {
            let reply = site.get("/account").header("X-Name", name).send().await;
            reply.header("location").map(str::to_owned)
        };
        assert_eq!(to(&b"ada"[..]).await.as_deref(), Some("/elsewhere?name=ada"));
        assert_eq!(to("a b\u{e9}".as_bytes()).await.as_deref(), Some("/elsewhere?name=a%20b%C3%A9"));
        assert_eq!(to(&b"\xff"[..]).await, None, "no text");
    }
}
