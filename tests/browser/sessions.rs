//! Sessions in a browser: late answers, forgotten cookies, copies of answers.

use locals::CookieOptions;

use crate::{app::App, tab::in_chromium};

const HOST: &str = "127.0.0.1";
const COOKIE: &str = "__Host-session";

#[tokio::test(flavor = "multi_thread")]
async fn c_09_a_slow_answer_to_a_dead_token_leaves_the_newer_sign_in_alone() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.open(&site.at(HOST, "/whoami")).await;
        let request = site.exchange("GET", "/whoami").await;
        let dead = request.cookie(COOKIE).expect("it is signed in").to_owned();
        let ended = app.auth.invalidate_user_sessions("ada").await;
        assert_eq!(ended.expect("a healthy store"), 1);

        tab.run("window.slow = fetch('/slow').then(answer => answer.text())")
            .await;
        app.gate.reached().await;
        let waiting = tab.leave_for_another().await;
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.return_to(waiting).await;
        app.gate.open();
        assert_eq!(tab.promised("window.slow").await, "stranger");

        let slow = site.exchange("GET", "/slow").await;
        assert_eq!(slow.cookie(COOKIE), Some(dead.as_str()));
        tab.open(&site.at(HOST, "/whoami")).await;
        tab.shows("hello, ada").await;
        let request = site.exchange("GET", "/whoami").await;
        assert_ne!(request.cookie(COOKIE), Some(dead.as_str()));
        assert_eq!(slow.set_cookie(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d_16_a_cookie_only_logout_empties_the_browser_and_leaves_the_token_valid() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.click("#forget").await;
        tab.shows("forgotten").await;
        let request = site.exchange("POST", "/logout-cookie-only").await;
        let token = request.cookie(COOKIE).expect("it was signed in");

        tab.open(&site.at(HOST, "/whoami")).await;
        tab.shows("hello, stranger").await;
        let afterwards = site.exchange("GET", "/whoami").await;
        assert_eq!(afterwards.sent("cookie"), None);
        let session = app.auth.validate_session(token).await;
        let session = session.expect("a healthy store").expect("it is valid");
        assert_eq!(session.user_id(), &"ada".into());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn g_01_chromium_keeps_no_copy_of_an_answer_that_carries_the_cookie() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.open(&site.at(HOST, "/home")).await;
        let fetch = async |path: &str| {
            let expression = format!("fetch('{path}').then(answer => answer.text())");
            tab.promised(&expression).await
        };
        assert_eq!(fetch("/cached").await, "1");
        assert_eq!(fetch("/cached").await, "1", "Chromium has a cache");
        assert_eq!(fetch("/greeting").await, "2");
        assert_eq!(fetch("/greeting").await, "3", "a copy was served");
        let greeting = site.exchange("GET", "/greeting").await;
        assert_eq!(greeting.answered("cache-control"), Some("no-store"));
    })
    .await;
}
