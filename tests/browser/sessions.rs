//! Sessions in a browser: late answers, forgotten cookies, copies of answers.

use std::time::Duration;

use locals::{
    Auth, AuthBuilder, CookieOptions, Lifetimes, MemoryStore, Renewal, UserId, testing::TestClock,
};

use crate::{
    app::App,
    tab::{Tab, in_chromium, in_chromium_restarted},
};

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

/// Across a redirect, once, and Chromium keeps no more of them than was said.
#[tokio::test(flavor = "multi_thread")]
async fn b_01_a_value_and_a_flash_are_carried_across_a_redirect_once() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.open(&site.at(HOST, "/put-and-tell")).await;
        tab.shows("of the visitor [Saved: <b>ä</b> \u{1f600}.]")
            .await;
        let told = site.exchange("GET", "/told").await;
        assert!(told.cookie("__Host-session.state").is_some());
        assert!(told.cookie("__Host-session~flash").is_some());
        let seen = tab.promised("Promise.resolve(document.cookie)").await;
        assert_eq!(seen, "", "no script reads them");
        tab.open(&site.at(HOST, "/told")).await;
        tab.shows(" []").await;
        let again = site.exchange("GET", "/told").await;
        assert_eq!(again.sent("cookie"), None, "both are gone");
    })
    .await;
}

/// A browser that came with the old token is given the same new one until that has come back.
#[tokio::test(flavor = "multi_thread")]
async fn d_07_parallel_requests_of_a_page_rotate_to_one_token() {
    let clock = TestClock::new();
    let rotate = Renewal::Rotate {
        grace: Duration::from_secs(60),
    };
    let auth = Auth::builder(MemoryStore::new())
        .clock(clock.clone())
        .renewal(rotate)
        .build();
    let app = App::of(auth.expect("a memory store"));
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.open(&site.at(HOST, "/whoami")).await;
        let before = site.exchange("GET", "/whoami").await;
        let before = before.cookie(COOKIE).expect("signed in").to_owned();
        clock.advance(Duration::from_secs(24 * 60 * 60));
        let all = "Promise.all(Array.from({length: 12}, () => \
                   fetch('/whoami').then(answer => answer.text()))).then(all => \
                   all.every(text => text.includes('hello, ada')))";
        assert_eq!(tab.promised(all).await, true);
        clock.advance(Duration::from_secs(120));
        assert_eq!(tab.promised(all).await, true, "long after the grace");
        tab.open(&site.at(HOST, "/account")).await;
        let after = site.exchange("GET", "/account").await;
        assert_ne!(after.cookie(COOKIE), Some(before.as_str()));
    })
    .await;
}

/// A site whose cookie has this name.
fn named(
    name: &'static str,
    options: impl FnOnce(AuthBuilder<UserId, MemoryStore>) -> AuthBuilder<UserId, MemoryStore>,
) -> App {
    let builder = Auth::builder(MemoryStore::new()).cookie(CookieOptions::default().name(name));
    App::of(options(builder).build().expect("a cookie that can be"))
}

/// Beside a session that it keeps: the profile is the same.
#[tokio::test(flavor = "multi_thread")]
async fn d_24_a_browser_that_is_closed_forgets_a_browser_session_alone() {
    let kept = named("__Host-kept", |builder| builder);
    let forgotten = named("__Host-forgotten", |builder| {
        builder.lifetimes(Lifetimes::aal2())
    });
    let (kept, forgotten) = (kept.serve().await, forgotten.serve().await);
    let before = async |tab: Tab| {
        for site in [&kept, &forgotten] {
            tab.sign_in(&site.at(HOST, "/home")).await;
            tab.open(&site.at(HOST, "/whoami")).await;
            tab.shows("hello, ada").await;
        }
    };
    let after = async |tab: Tab| {
        tab.open(&kept.at(HOST, "/whoami")).await;
        tab.shows("hello, ada").await;
        tab.open(&forgotten.at(HOST, "/whoami")).await;
        tab.shows("hello, stranger").await;
    };
    in_chromium_restarted(before, after).await;
}
