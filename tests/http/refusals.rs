//! In which shape a refusal is answered: to a browser that navigates, to one that sent a form, to htmx, to a
//! program, to anybody else; and how a layer knows one.

mod hook;
mod hostile;

use crate::rig::{ADA, BOB, Reply, RequestTo, Server, Settings, Site, Token, on_every_server};

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const FORM: &str = "application/x-www-form-urlencoded";

async fn with_login_page(server: Server) -> Site {
    let settings = Settings {
        login_path: Some("/login"),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

fn navigates(request: RequestTo<'_>) -> RequestTo<'_> {
    request.header("Sec-Fetch-Mode", "navigate")
}

fn fetches<'site>(request: RequestTo<'site>, accept: &str) -> RequestTo<'site> {
    let request = request.header("Sec-Fetch-Mode", "cors");
    request.header("Accept", accept)
}

fn by_htmx(request: RequestTo<'_>) -> RequestTo<'_> {
    fetches(request, "*/*").header("HX-Request", "true")
}

/// A page of the site, as the browser knows it.
fn url(site: &Site, page: &str) -> String {
    format!("http://{}{page}", site.address)
}

fn location(reply: &Reply) -> (u16, Option<&str>) {
    (reply.status, reply.header("location"))
}

/// The type of the body, where there is one.
fn is_of_type(site: &Site, reply: &Reply, media_type: &str) {
    if site.framework.refusals_have_a_text() {
        let content_type = reply.header("content-type").unwrap_or_default();
        let is_it = content_type.split(';').next() == Some(media_type);
        assert!(is_it, "{media_type}: {reply:?}");
        assert!(!reply.text().is_empty());
    } else {
        assert_eq!((reply.header("content-type"), reply.text()), (None, ""));
    }
}

fn depends_on(reply: &Reply, names: &[&str]) {
    let vary = reply.header("vary").unwrap_or_default();
    let listed: Vec<_> = vary.split(", ").collect();
    for name in names {
        let times = listed.iter().filter(|other| *other == name).count();
        assert_eq!(times, 1, "{name} in {vary}");
    }
}

const CHOICE: [&str; 3] = ["Accept", "Sec-Fetch-Mode", "HX-Request"];

on_every_server! {
    /// A page that a `fetch` asks for is put into another page: the login page would be, too.
    async fn a_fetch_that_accepts_a_page_is_no_navigation(server: Server) {
        let site = with_login_page(server).await;
        for target in ["/account", "/own-entrance", "/behind/report"] {
            for mode in ["cors", "same-origin", "no-cors"] {
                let fetch = site.get(target).header("Accept", HTML).header("Sec-Fetch-Mode", mode);
                let reply = fetch.send().await;
                assert_eq!(location(&reply), (401, None), "{target}, {mode}");
            }
        }
        let fetch = fetches(site.get("/account"), HTML).send().await;
        is_of_type(&site, &fetch, "text/plain");
        let asked = navigates(site.get("/account")).header("Accept", "*/*").send().await;
        assert_eq!(location(&asked), (303, Some("/login?next=%2Faccount")));
    }

    async fn a_form_leads_back_to_the_page_it_was_on(server: Server) {
        let site = with_login_page(server).await;
        let of_a_browser = || navigates(site.post("/account"));
        let of_an_old_one = || site.post("/account").header("Accept", HTML).body(FORM, "a=b");
        let own = url(&site, "/settings?tab=2");
        let back = Some("/login?next=%2Fsettings%3Ftab%3D2");
        for form in [of_a_browser(), of_an_old_one()] {
            let reply = form.header("Referer", &own).send().await;
            assert_eq!(location(&reply), (303, back));
            depends_on(&reply, &[&CHOICE[..], &["Referer", "Cookie"]].concat());
        }
        for form in [of_a_browser(), of_an_old_one()] {
            let reply = form.header("Referer", "https://evil.example/settings").send().await;
            assert_eq!(location(&reply), (303, Some("/login")));
        }
        for form in [of_a_browser(), of_an_old_one()] {
            assert_eq!(location(&form.send().await), (303, Some("/login")), "it keeps it to itself");
        }
        let gated = navigates(site.post("/behind/report")).header("Referer", &own).send().await;
        assert_eq!(location(&gated), (303, Some("/enter?next=%2Fsettings%3Ftab%3D2")));
        let unasked = site.post("/account").header("Accept", HTML).body("application/json", "{}");
        assert_eq!(location(&unasked.send().await), (401, None), "no form");
    }

    async fn nobody_is_sent_to_a_login_page_from_itself(server: Server) {
        let settings = Settings { login_path: Some("/account"), ..Settings::default() };
        let site = Site::with(server, settings).await;
        let itself = navigates(site.get("/account?next=%2F")).send().await;
        assert_eq!(location(&itself), (401, None));
        let htmx = by_htmx(site.get("/account")).send().await;
        assert_eq!((htmx.status, htmx.header("hx-redirect")), (401, None));
        let from_it = navigates(site.post("/sudo"));
        let from_it = from_it.header("Referer", url(&site, "/account?next=%2Fx")).send().await;
        assert_eq!(location(&from_it), (303, Some("/account")), "it is no page to come back to");
    }

    async fn whoever_navigates_reads_a_page(server: Server) {
        let site = with_login_page(server).await;
        let homeless = Site::start(server).await;
        let bob = site.log_in(BOB).await;
        let foreign = || navigates(site.post("/account")).header("Origin", "https://evil.example");
        let mut replies = vec![
            (401, navigates(homeless.get("/account")).send().await),
            (403, navigates(site.get("/admin")).session(&bob).send().await),
            (403, navigates(site.post("/counted")).session(&bob).send().await),
            (403, foreign().without_fetch_metadata().send().await),
        ];
        site.store.fail();
        replies.push((503, navigates(site.get("/account")).session(&bob).send().await));
        site.store.heal();
        for (status, reply) in &replies {
            assert_eq!(location(reply), (*status, None));
            is_of_type(&site, reply, "text/html");
            depends_on(reply, &CHOICE);
            assert_eq!(reply.set_cookies().len(), 0);
            assert_eq!(reply.header("www-authenticate").is_some(), *status == 401);
            assert_eq!(reply.header("retry-after").is_some(), *status == 503);
            for word in ["<script", "style", "src=", "href=", "evil", "account"] {
                assert!(!reply.text().contains(word), "{word}: {}", reply.text());
            }
        }
    }

    async fn htmx_is_sent_to_the_login_page_and_back_to_where_it_was(server: Server) {
        let site = with_login_page(server).await;
        for (target, login) in [("/account", "/login"), ("/own-entrance", "/enter")] {
            let page = url(&site, "/list?page=2#row-7");
            let reply = by_htmx(site.get(target)).header("HX-Current-URL", page).send().await;
            assert_eq!(location(&reply), (401, None), "{target}");
            let expected = format!("{login}?next=%2Flist%3Fpage%3D2");
            assert_eq!(reply.header("hx-redirect"), Some(&*expected), "{target}");
            assert!(reply.header("www-authenticate").is_some());
            is_of_type(&site, &reply, "text/plain");
            depends_on(&reply, &[&CHOICE[..], &["HX-Current-URL", "Cookie"]].concat());
        }
        let posts = by_htmx(site.post("/account")).header("HX-Current-URL", url(&site, "/a"));
        assert_eq!(posts.send().await.header("hx-redirect"), Some("/login?next=%2Fa"));
        let foreign = by_htmx(site.get("/account")).header("HX-Current-URL", "https://evil.example/");
        assert_eq!(foreign.send().await.header("hx-redirect"), Some("/login"));
        let gated = by_htmx(site.get("/behind/report")).send().await;
        assert_eq!((gated.status, gated.header("hx-redirect")), (401, Some("/enter")));
        // An old browser says nothing of the mode, and htmx may want a page.
        let old = site.get("/account").header("HX-Request", "true").header("Accept", HTML);
        let old = old.send().await;
        assert_eq!((location(&old), old.header("hx-redirect")), ((401, None), Some("/login")));

        let bob = site.log_in(BOB).await;
        let forbidden = by_htmx(site.get("/admin")).session(&bob).send().await;
        assert_eq!((forbidden.status, forbidden.header("hx-redirect")), (403, None));
        is_of_type(&site, &forbidden, "text/plain");
    }

    async fn whoever_prefers_json_reads_a_problem(server: Server) {
        let site = with_login_page(server).await;
        let bob = site.log_in(BOB).await;
        let json = |request| fetches(request, "application/json");
        let cross = json(site.post("/account")).without_fetch_metadata();
        let cross = cross.header("Origin", "https://evil.example");
        let mut replies = vec![
            (401, "Unauthorized", json(site.get("/account")).send().await),
            (401, "Unauthorized", site.get("/account").header("Accept", "application/json").send().await),
            (403, "Forbidden", json(site.get("/admin")).session(&bob).send().await),
            (403, "Forbidden", cross.send().await),
        ];
        site.store.fail();
        let failed = json(site.get("/account")).session(&bob).send().await;
        let by_itself = json(site.get("/whoami")).session(&bob).send().await;
        site.store.heal();
        is_of_type(&site, &by_itself, "text/plain");
        replies.push((503, "Service Unavailable", failed));
        for (status, title, reply) in &replies {
            assert_eq!(location(reply), (*status, None));
            is_of_type(&site, reply, "application/problem+json");
            depends_on(reply, &CHOICE);
            assert_eq!(reply.header("www-authenticate").is_some(), *status == 401);
            assert_eq!(reply.header("retry-after").is_some(), *status == 503);
            if site.framework.refusals_have_a_text() {
                let read: serde_json::Value = serde_json::from_slice(&reply.body).expect("JSON");
                let expected =
                    serde_json::json!({ "type": "about:blank", "title": title, "status": status });
                assert_eq!(read, expected);
            }
        }
    }

    async fn a_gate_refuses_in_the_words_of_a_handler(server: Server) {
        let site = Site::start(server).await;
        let bob = site.log_in(BOB).await;
        let ask = async |target: &str, shape: &str, token: Option<&Token>| {
            let request = match shape {
                "text/html" => navigates(site.get(target)),
                "application/problem+json" => fetches(site.get(target), "application/json"),
                _ => by_htmx(site.get(target)),
            };
            let request = match token {
                Some(token) => request.session(token),
                None => request,
            };
            request.send().await
        };
        for shape in ["text/html", "application/problem+json", "text/plain"] {
            for (token, status) in [(None, 401), (Some(&bob), 403), (Some(&bob), 503)] {
                if status == 503 {
                    site.store.fail();
                }
                let handler = ask("/admin", shape, token).await;
                let gate = ask("/admins/report", shape, token).await;
                site.store.heal();
                assert_eq!((handler.status, gate.status), (status, status), "{shape}");
                is_of_type(&site, &gate, shape);
                assert_eq!(gate.text(), handler.text(), "{shape}");
                assert_eq!(gate.header("content-type"), handler.header("content-type"), "{shape}");
            }
        }
    }

    /// It knows the answer of a handler, of a gate, and of a handler behind a gate.
    async fn a_layer_tells_a_refusal_from_a_handlers_own_answer(server: Server) {
        let site = with_login_page(server).await;
        let bob = site.log_in(BOB).await;
        let cross = |target| site.post(target).header("Origin", "https://evil.example");
        let mut replies = Vec::new();
        for (target, reason) in [
            ("/account", "signed_out"),
            ("/behind/report", "signed_out"),
            ("/checked/account", "signed_out"),
            ("/admins/report", "signed_out"),
        ] {
            replies.push((target, reason, site.get(target).send().await));
            replies.push((target, reason, navigates(site.get(target)).send().await));
            replies.push((target, reason, by_htmx(site.get(target)).send().await));
        }
        for target in ["/admin", "/admins/report", "/checked/admin"] {
            replies.push((target, "forbidden", site.get(target).session(&bob).send().await));
        }
        for target in ["/account", "/behind/report", "/checked/report"] {
            let reply = cross(target).without_fetch_metadata().send().await;
            replies.push((target, "cross_site", reply));
        }
        site.store.fail();
        for target in ["/account", "/eager", "/behind/report"] {
            replies.push((target, "store_failed", site.get(target).session(&bob).send().await));
        }
        let by_itself = site.get("/whoami").session(&bob).send().await;
        site.store.heal();
        for (target, reason, reply) in &replies {
            assert_eq!(reply.header("x-refused"), Some(*reason), "{target}: {reply:?}");
        }
        assert_eq!((by_itself.status, by_itself.header("x-refused")), (503, None));
        for target in ["/whoami", "/checked/whoami", "/says/untouched?status=401"] {
            let own = site.get(target).send().await;
            assert_eq!((own.status, own.header("x-refused")), (401, None), "{target}");
        }
        let admitted = site.get("/behind/account").session(&bob).send().await;
        assert_eq!((admitted.status, admitted.header("x-refused")), (200, None));
    }

    async fn next_has_the_name_and_the_mount_that_the_application_says(server: Server) {
        let settings = Settings {
            login_path: Some("/login?lang=de"),
            next_field: Some("return_to"),
            mounted_at: Some("/app/"),
            ..Settings::default()
        };
        let site = Site::with(server, settings).await;
        let to = |back: &str| format!("/app/login?lang=de&return_to={back}");
        let page = navigates(site.get("/account?a=b")).send().await;
        assert_eq!(location(&page), (303, Some(&*to("%2Fapp%2Faccount%3Fa%3Db"))));
        // The browser's own word has the mount in it.
        let form = navigates(site.post("/account")).header("Referer", url(&site, "/app/form"));
        assert_eq!(location(&form.send().await), (303, Some(&*to("%2Fapp%2Fform"))));
        let htmx = by_htmx(site.get("/account")).header("HX-Current-URL", url(&site, "/app/list"));
        assert_eq!(htmx.send().await.header("hx-redirect"), Some(&*to("%2Fapp%2Flist")));
        let own = navigates(site.get("/own-entrance")).send().await;
        assert_eq!(location(&own), (303, Some("/app/enter?return_to=%2Fapp%2Fown-entrance")));
        let gated = navigates(site.get("/behind/report")).send().await;
        assert_eq!(location(&gated), (303, Some("/app/enter?return_to=%2Fapp%2Fbehind%2Freport")));
    }

    /// The other answers of the library are as they were: a session that is renewed is sent along.
    async fn b_10_a_page_for_a_refused_user_keeps_the_renewed_cookie(server: Server) {
        let site = with_login_page(server).await;
        let bob = site.log_in(BOB).await;
        site.clock.advance(std::time::Duration::from_secs(24 * 60 * 60));
        let page = navigates(site.get("/admin")).session(&bob).send().await;
        assert_eq!(page.our_cookie().expect("renewed").token(), bob);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(site.whoami(&site.log_in(ADA).await).await, 200);
    }
}
