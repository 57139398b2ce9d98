//! Requests as Chromium sends them: which of them the origin check lets through.

use locals::{Auth, CookieOptions, MemoryStore, SameSite};

use crate::{
    app::App,
    site::Site,
    tab::{Tab, in_chromium},
};

const HOST: &str = "127.0.0.1";
const COOKIE: &str = "__Host-session";
const REFUSED: &str = "Cross-site request refused.";

/// A page with a form for each of what the application at `target` can be asked to do.
fn forged(target: &str) -> String {
    ["change", "login", "logout-cookie-only"]
        .map(|action| {
            format!(
                "<form method=post action='{target}/{action}'>
                 <button id={action}>Win a prize</button></form>"
            )
        })
        .concat()
}

/// What the application and the browser still are after a forgery.
async fn nothing_changed(tab: &Tab, app: &App, whoami: &str) {
    assert_eq!(app.changes(), 0);
    tab.open(whoami).await;
    tab.shows("hello, ada").await;
    let sessions = app.auth.list_sessions("ada").await;
    assert_eq!(sessions.expect("a healthy store").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn f_13_a_form_and_a_fetch_of_the_site_itself_pass() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.click("#change").await;
        tab.shows("change 1").await;
        let fetch = "fetch('/change', { method: 'POST' }).then(answer => answer.status)";
        assert_eq!(tab.promised(fetch).await, 200);
        assert_eq!(app.changes(), 2);
        for request in ["form", "fetch"] {
            let change = site.exchange("POST", "/change").await;
            assert_eq!(change.sent("sec-fetch-site"), Some("same-origin"));
            assert!(change.cookie(COOKIE).is_some(), "{request}");
        }
    })
    .await;
}

/// With the cookie that other sites' requests carry: nothing but the check is in the way.
#[tokio::test(flavor = "multi_thread")]
async fn f_13_a_form_of_another_site_is_refused_though_it_carries_the_cookie() {
    let app = App::with(CookieOptions::default().same_site(SameSite::None));
    let mut site = app.serve().await;
    let stranger = Site::of_page(forged(&site.at(HOST, ""))).await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        let own_login = site.exchange("POST", "/login").await;
        assert_eq!(own_login.status, 200);
        for action in ["change", "login", "logout-cookie-only"] {
            tab.open(&stranger.at("localhost", "/")).await;
            tab.click(&format!("#{action}")).await;
            tab.shows(REFUSED).await;
            let forgery = site.exchange("POST", &format!("/{action}")).await;
            assert_eq!(forgery.status, 403);
            assert_eq!(forgery.sent("sec-fetch-site"), Some("cross-site"));
            assert!(forgery.cookie(COOKIE).is_some());
            assert_eq!(forgery.set_cookie(), None);

            tab.reload().await;
            tab.shows(REFUSED).await;
            let again = site.exchange("POST", &format!("/{action}")).await;
            assert_eq!(again.status, 403, "reloading makes it no request of ours");
        }
        tab.open(&stranger.at("localhost", "/")).await;
        let fetch = format!(
            "fetch('{}', {{ method: 'POST', mode: 'no-cors', credentials: 'include' }})
                .then(answer => answer.type)",
            site.at(HOST, "/change")
        );
        assert_eq!(tab.promised(&fetch).await, "opaque");
        assert_eq!(site.exchange("POST", "/change").await.status, 403);
        nothing_changed(&tab, &app, &site.at(HOST, "/whoami")).await;
    })
    .await;
}

/// `SameSite` does not tell ports apart: the cookie comes along, also a strict one.
#[tokio::test(flavor = "multi_thread")]
async fn f_13_a_form_of_another_port_is_refused_though_it_is_the_same_site() {
    let app = App::with(CookieOptions::default().same_site(SameSite::Strict));
    let mut site = app.serve().await;
    let neighbour = Site::of_page(forged(&site.at(HOST, ""))).await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.open(&neighbour.at(HOST, "/")).await;
        tab.click("#change").await;
        tab.shows(REFUSED).await;
        let forgery = site.exchange("POST", "/change").await;
        assert_eq!(forgery.status, 403);
        assert_eq!(forgery.sent("sec-fetch-site"), Some("same-site"));
        assert!(forgery.cookie(COOKIE).is_some());
        nothing_changed(&tab, &app, &site.at(HOST, "/whoami")).await;
    })
    .await;
}

/// Puts a sandboxed frame into the page, which is nobody's then. It asks for `action` by a fetch
/// and by a form, and is refused.
async fn forge_in_a_sandbox(tab: &Tab, action: &str) {
    let script = format!(
        "const frame = document.createElement('iframe');
         frame.sandbox = 'allow-forms allow-scripts';
         frame.srcdoc = `
            <form method=post action={action}><button id=win>Win a prize</button></form>
            <script>
                fetch('{action}', {{ method: 'POST', mode: 'no-cors' }})
                    .then(() => document.body.append('fetched'));
            </script>`;
         document.body.append(frame);"
    );
    tab.run(&script).await;
    tab.enter_frame().await;
    tab.shows("fetched").await;
    tab.click("#win").await;
    tab.shows(REFUSED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f_02_a_form_and_a_fetch_of_a_sandboxed_frame_are_refused() {
    let app = App::with(CookieOptions::default().same_site(SameSite::None));
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        forge_in_a_sandbox(&tab, &site.at(HOST, "/change")).await;
        for request in ["fetch", "form"] {
            let forgery = site.exchange("POST", "/change").await;
            assert_eq!(forgery.status, 403, "{request}");
            assert_eq!(forgery.sent("origin"), Some("null"), "{request}");
            assert_eq!(forgery.sent("sec-fetch-site"), Some("cross-site"));
        }
        nothing_changed(&tab, &app, &site.at(HOST, "/whoami")).await;
    })
    .await;
}

/// Chromium sends `Sec-Fetch-Site` to trustworthy addresses only.
#[tokio::test(flavor = "multi_thread")]
async fn f_02_and_f_13_over_plain_http_the_origin_alone_decides() {
    let auth = Auth::builder(MemoryStore::new()).insecure_dev().build();
    let app = App::of(auth.expect("the defaults"));
    let mut site = app.serve().await;
    let target = site.at("shop.example", "");
    let other = Site::of_page(forged(&target)).await;
    in_chromium(async |tab| {
        tab.sign_in(&format!("{target}/home")).await;
        let login = site.exchange("POST", "/login").await;
        assert_eq!(login.sent("sec-fetch-site"), None);
        assert_eq!(login.sent("origin"), Some(target.as_str()));

        forge_in_a_sandbox(&tab, &format!("{target}/change")).await;
        for host in ["evil.example", "shop.example"] {
            tab.open(&other.at(host, "/")).await;
            tab.click("#change").await;
            tab.shows(REFUSED).await;
        }
        let (evil, neighbour) = (other.at("evil.example", ""), other.at("shop.example", ""));
        for origin in ["null", "null", &evil, &neighbour] {
            let forgery = site.exchange("POST", "/change").await;
            assert_eq!(forgery.status, 403, "{origin}");
            assert_eq!(forgery.sent("origin"), Some(origin));
            assert_eq!(forgery.sent("sec-fetch-site"), None);
        }
        nothing_changed(&tab, &app, &format!("{target}/whoami")).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f_13_a_typed_address_and_a_link_of_another_site_reach_the_session() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    let account = site.at(HOST, "/account");
    let elsewhere = Site::of_page(format!("<a href='{account}'>To my account</a>")).await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.open(&elsewhere.at("localhost", "/")).await;
        tab.open(&account).await;
        tab.shows("account of ada").await;
        let typed = site.exchange("GET", "/account").await;
        assert_eq!(typed.sent("sec-fetch-site"), Some("none"));

        tab.open(&elsewhere.at("localhost", "/")).await;
        tab.click("a").await;
        tab.shows("account of ada").await;
        let followed = site.exchange("GET", "/account").await;
        assert_eq!(followed.sent("sec-fetch-site"), Some("cross-site"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f_13_the_page_after_a_form_can_be_reloaded_and_returned_to() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.click("#change").await;
        tab.shows("change 1").await;
        tab.reload().await;
        tab.shows("change 2").await;
        tab.click("#whoami").await;
        tab.shows("hello, ada").await;
        tab.back().await;
        tab.reload().await;
        tab.shows("change 3").await;
        for _ in 0..3 {
            let change = site.exchange("POST", "/change").await;
            assert_eq!(change.status, 200);
            assert_eq!(change.sent("sec-fetch-site"), Some("same-origin"));
            assert!(change.cookie(COOKIE).is_some());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f_13_a_prerendered_page_is_that_of_the_signed_in_user() {
    let app = App::with(CookieOptions::default());
    let mut site = app.serve().await;
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/home")).await;
        tab.run(
            "const rules = document.createElement('script');
             rules.type = 'speculationrules';
             rules.textContent = JSON.stringify({
                 prerender: [{ urls: ['/account'], eagerness: 'immediate' }],
             });
             const link = document.createElement('a');
             link.id = 'account';
             link.href = '/account';
             link.textContent = 'My account';
             document.body.append(rules, link);",
        )
        .await;
        let ahead = site.exchange("GET", "/account").await;
        assert_eq!(ahead.sent("sec-purpose"), Some("prefetch;prerender"));
        assert_eq!(ahead.status, 200);
        tab.click("#account").await;
        tab.shows("account of ada").await;
    })
    .await;
}
