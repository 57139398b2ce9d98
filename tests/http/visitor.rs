//! The small values that a browser carries: put and taken, told to the next page, dropped at a sign-in.

mod browser;
mod hostile;
mod oauth;
pub(crate) mod provider;
mod sign_in;

use browser::Browser;
use locals::CookieOptions;

use crate::rig::{ADA, Reply, Server, SetCookie, Settings, Site, on_every_server};

/// The only cookie that a response sets.
fn only_cookie(reply: &Reply) -> SetCookie {
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 1, "{reply:?}");
    SetCookie::parse(lines[0])
}

/// What a cache is told.
fn caching(reply: &Reply) -> (Option<&str>, Option<&str>) {
    (reply.header("vary"), reply.header("cache-control"))
}

const KEPT_OUT: (Option<&str>, Option<&str>) = (Some("Cookie"), Some("no-store"));

on_every_server! {
    async fn a_value_is_carried_to_the_next_request_and_taken_once(site: Site) {
        let mut browser = Browser::new(&site);
        let put = browser.post("/values/put?name=step&text=two%20of%20%C3%A9").await;
        assert_eq!((put.status, put.text()), (200, "put"));
        assert_eq!(browser.names(), ["__Host-session.step"]);
        assert_eq!(browser.get("/values/take?name=other").await.status, 404);
        assert_eq!(browser.get("/values/take?name=step").await.text(), "two of \u{e9}");
        assert_eq!(browser.names(), [""; 0]);
        assert_eq!(browser.get("/values/take?name=step").await.status, 404);
    }

    async fn a_second_take_in_one_request_gives_nothing(site: Site) {
        let mut browser = Browser::new(&site);
        browser.post("/values/put?name=a&text=x").await;
        let taken = browser.get("/values/take-twice?name=a").await;
        assert_eq!(taken.text(), r#"Some("x") None"#);
    }

    async fn a_value_takes_the_place_of_another(site: Site) {
        let mut browser = Browser::new(&site);
        browser.post("/values/put?name=a&text=one").await;
        browser.post("/values/put?name=a&text=two").await;
        let replaced = browser.post("/values/replace?name=a&text=three").await;
        assert_eq!((replaced.text(), replaced.set_cookies().len()), ("two", 1));
        assert_eq!(browser.get("/values/take?name=a").await.text(), "three");
    }

    async fn b_01_a_value_has_the_attributes_of_the_session_s_cookie(server: Server) {
        let with = CookieOptions::default;
        for (cookie_name, cookie) in [
            ("__Host-session", with()),
            ("__Secure-s", with().name("__Secure-s").domain("shop.example").path("/app")),
        ] {
            let settings = Settings { cookie_name, cookie: Some(cookie), ..Settings::default() };
            let site = Site::with(server, settings).await;
            let login = site.post("/login?u=1").send().await.our_cookie().expect("signed in");
            let put = only_cookie(&site.post("/values/put?name=a&text=x").send().await);
            assert_eq!(put.name, format!("{cookie_name}.a"));
            assert_eq!((put.identity(), put.max_age()), (login.identity(), 3600));
            let line = format!("{}={}", put.name, put.value);
            let taken = site.get("/values/take?name=a").cookie_header(line).send().await;
            let removal = only_cookie(&taken);
            assert_eq!((removal.value.as_str(), removal.max_age()), ("", 0), "B-08");
            assert_eq!(removal.identity(), login.identity(), "B-08");
            let flash = only_cookie(&site.post("/values/flash?kind=k&text=t").send().await);
            assert_eq!(flash.name, format!("{cookie_name}~flash"));
            assert_eq!((flash.identity(), flash.max_age()), (login.identity(), 3600));
        }
    }

    async fn insecure_dev_names_values_without_the_prefix(server: Server) {
        let settings =
            Settings { insecure_dev: true, cookie_name: "session", ..Settings::default() };
        let site = Site::with(server, settings).await;
        let mut browser = Browser::new(&site);
        let put = only_cookie(&browser.post("/values/put?name=a&text=x").await);
        assert_eq!(put.name, "session.a");
        assert!(put.attributes.iter().all(|(name, _)| name != "Secure"), "{put:?}");
        assert_eq!(browser.get("/values/take?name=a").await.text(), "x");
    }

    async fn b_03_a_hand_made_cookie_of_a_value_s_name_is_not_sent_beside_it(site: Site) {
        let mut browser = Browser::new(&site);
        let reply = browser.post("/values/forge").await;
        assert_eq!((reply.set_cookies().len(), caching(&reply)), (1, KEPT_OUT));
        assert_eq!(browser.get("/values/take?name=a").await.text(), "x");
    }

    async fn b_09_who_uses_no_value_sends_and_depends_on_none(site: Site) {
        let mut browser = Browser::new(&site);
        browser.post("/values/put?name=a&text=x").await;
        browser.post("/values/flash?kind=k&text=t").await;
        site.store.reset();
        for _ in 0..3 {
            let reply = browser.get("/public").await;
            assert_eq!((reply.set_cookies().len(), caching(&reply)), (0, (None, None)));
        }
        assert_eq!(browser.names(), ["__Host-session.a", "__Host-session~flash"]);
        assert_eq!(site.store.calls().total(), 0, "no row, and no question");
    }

    async fn g_01_an_answer_with_a_value_is_not_stored_and_varies(site: Site) {
        let mut browser = Browser::new(&site);
        for target in ["/values/put?name=a&text=x", "/values/flash?kind=k&text=t"] {
            let reply = browser.post(target).await;
            assert_eq!((reply.set_cookies().len(), caching(&reply)), (1, KEPT_OUT), "{target}");
        }
        for target in ["/values/take?name=a", "/values/page"] {
            let reply = browser.get(target).await;
            assert_eq!((reply.set_cookies().len(), caching(&reply)), (1, KEPT_OUT), "{target}");
            let again = browser.get(target).await;
            let varies = (Some("Cookie"), None);
            assert_eq!((again.set_cookies().len(), caching(&again)), (0, varies), "{target}");
        }
    }

    async fn a_flash_is_on_the_page_behind_the_redirect_and_on_no_other(site: Site) {
        let mut browser = Browser::new(&site);
        let saved = browser.post("/values/flash?kind=success&text=Saved.").await;
        assert_eq!((saved.status, saved.header("location")), (303, Some("/values/page")));
        assert_eq!(browser.get("/values/page").await.text(), "success: Saved.\n");
        assert_eq!(browser.get("/values/page").await.text(), "");
        assert_eq!(browser.names(), [""; 0]);
    }

    async fn a_flash_of_this_request_is_for_the_next_page(site: Site) {
        let mut browser = Browser::new(&site);
        browser.post("/values/flash?kind=note&text=before").await;
        let now = browser.post("/values/flash-then-read").await;
        assert_eq!(now.text(), "note: before\n");
        let next = browser.get("/values/page").await;
        assert_eq!(next.text(), "note: for the next page\n");
    }

    async fn flashes_gather_until_a_page_shows_them(site: Site) {
        let mut browser = Browser::new(&site);
        for text in ["one", "two", "three"] {
            browser.post(&format!("/values/flash?kind=k&text={text}")).await;
        }
        assert_eq!(browser.get("/values/page").await.text(), "k: one\nk: two\nk: three\n");
    }

    async fn a_gate_lets_values_through(site: Site) {
        let token = site.log_in(ADA).await;
        for gate in ["/behind", "/anyone", "/checked"] {
            let target = format!("{gate}/values/put?name=a&text=x");
            let reply = site.post(&target).session(&token).send().await;
            assert_eq!(only_cookie(&reply).name, "__Host-session.a", "{gate}");
            assert_eq!(caching(&reply), KEPT_OUT, "{gate}");
        }
    }

    /// Also those of before: nothing is lost, and the browser can try again.
    async fn i_03_an_answer_of_a_failed_store_gives_and_drops_no_value(site: Site) {
        let mut browser = Browser::new(&site);
        browser.post("/login?u=1").await;
        browser.post("/values/put?name=a&text=x").await;
        let before = browser.cookies.clone();
        site.store.fail();
        let failed = browser.get("/values/take-then-ask?name=a").await;
        assert_eq!((failed.status, failed.set_cookies().len()), (503, 0));
        assert_eq!(browser.cookies, before);
        site.store.heal();
        let retried = browser.get("/values/take-then-ask?name=a").await;
        assert_eq!((retried.status, retried.text()), (200, "x"));
        assert_eq!(browser.get("/values/page").await.text(), "note: taken\n");
    }
}
