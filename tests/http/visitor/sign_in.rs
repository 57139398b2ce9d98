//! What was put before a sign-in or a sign-out does not survive it; what was told does.

use super::browser::Browser;
use crate::rig::{ADA, Site, on_every_server};

async fn with_a_value_and_a_flash(site: &Site) -> Browser<'_> {
    let mut browser = Browser::new(site);
    browser.post("/values/put?name=a&text=x").await;
    browser.post("/values/flash?kind=note&text=before").await;
    assert_eq!(
        browser.names(),
        ["__Host-session.a", "__Host-session~flash"]
    );
    browser
}

on_every_server! {
    async fn d_03_no_value_survives_a_sign_in(site: Site) {
        let mut browser = with_a_value_and_a_flash(&site).await;
        assert_eq!(browser.post("/login?u=1").await.status, 200);
        assert_eq!(browser.names(), ["__Host-session", "__Host-session~flash"]);
        assert_eq!(browser.get("/values/page").await.text(), "note: before\n");
        assert_eq!(browser.get("/whoami").await.status, 200);
    }

    async fn d_03_no_value_survives_a_sign_out(site: Site) {
        for logout in ["/logout", "/everywhere"] {
            for is_signed_in in [true, false] {
                let mut browser = with_a_value_and_a_flash(&site).await;
                if is_signed_in {
                    let token = site.log_in(ADA).await;
                    browser.cookies.insert("__Host-session".to_owned(), token.0);
                }
                assert_eq!(browser.post(logout).await.status, 200, "{logout}");
                assert_eq!(browser.names(), ["__Host-session~flash"], "{logout}");
            }
        }
    }

    async fn d_03_what_is_put_after_the_sign_in_stays(site: Site) {
        let mut browser = with_a_value_and_a_flash(&site).await;
        assert_eq!(browser.post("/values/around-a-sign-in").await.status, 200);
        let names = ["__Host-session", "__Host-session.after", "__Host-session~flash"];
        assert_eq!(browser.names(), names);
        let page = browser.get("/values/page").await;
        assert_eq!(page.text(), "note: before\nnote: before\n");
    }

    async fn d_03_a_sign_in_that_failed_drops_nothing(site: Site) {
        let mut browser = with_a_value_and_a_flash(&site).await;
        site.store.fail();
        let failed = browser.post("/login?u=1").await;
        assert_eq!((failed.status, failed.set_cookies().len()), (503, 0));
        site.store.heal();
        assert_eq!(browser.get("/values/take?name=a").await.text(), "x");
    }

    /// The session's cookie is sent with that answer, and so is what becomes of the values.
    async fn d_03_a_committed_sign_in_drops_the_values_whatever_fails_after_it(site: Site) {
        site.store.reset();
        site.post("/signs-in-then-lists").send().await;
        let last = site.store.calls().total();
        let mut browser = with_a_value_and_a_flash(&site).await;
        site.store.fail_nth(last);
        let failed = browser.post("/signs-in-then-lists").await;
        site.store.heal();
        assert_eq!(failed.status, 503);
        assert_eq!(browser.names(), ["__Host-session", "__Host-session~flash"]);
    }

    /// Lucia's way to sign in: `create_session`, then `set_session`.
    async fn d_03_no_value_survives_another_session_that_is_set(site: Site) {
        let mut browser = with_a_value_and_a_flash(&site).await;
        assert_eq!(browser.get("/early").await.status, 200);
        assert_eq!(browser.names(), ["__Host-session", "__Host-session~flash"]);
    }

    async fn another_token_and_a_cleared_cookie_drop_nothing(site: Site) {
        let mut browser = Browser::new(&site);
        browser.post("/login?u=1").await;
        browser.post("/values/put?name=a&text=x").await;
        for target in ["/sudo", "/reauthenticate", "/logout-cookie-only"] {
            assert_eq!(browser.post(target).await.status, 200, "{target}");
        }
        assert_eq!(browser.names(), ["__Host-session.a"]);
    }
}
