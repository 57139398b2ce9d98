//! Cookies that Chromium keeps, drops and forgets, against what `build()` accepts and refuses.

mod table;

use axum::{Router, http::header::SET_COOKIE, routing::get};
use locals::{Auth, BuildError, CookieOptions, MemoryStore, SameSite};

use crate::{
    app::App,
    site::Site,
    tab::{Tab, in_chromium},
};
use table::{Cookie, HOST};

/// What a plain handler offers as `Set-Cookie`: exactly this line.
async fn offering(lines: Vec<String>) -> Site {
    let mut routes = Router::new().fallback(async |headers: axum::http::HeaderMap| {
        let cookies = headers.get("cookie").map(|cookies| cookies.as_bytes());
        String::from_utf8_lossy(cookies.unwrap_or_default()).into_owned()
    });
    for (number, line) in lines.into_iter().enumerate() {
        let path = format!("/app/offer/{number}");
        routes = routes.route(&path, get(async move || [(SET_COOKIE, line)]));
    }
    Site::serve(routes).await
}

/// Whether the browser sends a cookie of this name there.
async fn comes_back(tab: &Tab, name: &str, url: &str) -> bool {
    tab.open(url).await;
    let cookies = tab.text().await;
    let mut names = cookies
        .split("; ")
        .filter_map(|cookie| cookie.split_once('='));
    names.any(|(known, _)| known == name)
}

/// The setting of the cookie that `build()` refuses.
fn refused(cookie: &Cookie) -> &'static str {
    let builder = Auth::<locals::UserId>::builder(MemoryStore::new());
    match builder.cookie(cookie.options()).build() {
        Err(BuildError::Cookie { setting, .. }) => setting,
        other => panic!("{cookie:?}: {other:?}"),
    }
}

fn accepted(cookie: &Cookie) -> App {
    App::with(cookie.options())
}

/// Offers each of the cookies at its host, and says which of them came back.
async fn kept(tab: &Tab, cookies: &[Cookie]) -> Vec<bool> {
    let site = offering(cookies.iter().map(Cookie::line).collect()).await;
    let mut kept = Vec::new();
    for (number, cookie) in cookies.iter().enumerate() {
        let offer = site.at(cookie.host, &format!("/app/offer/{number}"));
        tab.open(&offer).await;
        let echo = site.at(cookie.host, cookie.visited);
        kept.push(comes_back(tab, &cookie.name, &echo).await);
    }
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn b_04_chromium_drops_what_build_refuses() {
    let (settings, cookies): (Vec<_>, Vec<_>) = table::refused_by_both().into_iter().unzip();
    assert_eq!(cookies.iter().map(refused).collect::<Vec<_>>(), settings);
    in_chromium(async |tab| {
        for (cookie, kept) in cookies.iter().zip(kept(&tab, &cookies).await) {
            assert!(!kept, "Chromium keeps {}", cookie.line());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b_04_build_also_refuses_some_cookies_that_chromium_keeps() {
    let (settings, cookies): (Vec<_>, Vec<_>) = table::refused_by_build_alone().into_iter().unzip();
    assert_eq!(cookies.iter().map(refused).collect::<Vec<_>>(), settings);
    in_chromium(async |tab| {
        for (cookie, kept) in cookies.iter().zip(kept(&tab, &cookies).await) {
            assert!(kept, "Chromium agrees now, move it: {}", cookie.line());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b_04_build_accepts_domains_that_never_match() {
    let cookies = table::accepted_but_lost();
    for cookie in &cookies {
        accepted(cookie);
    }
    in_chromium(async |tab| {
        for (cookie, kept) in cookies.iter().zip(kept(&tab, &cookies).await) {
            assert!(!kept, "it comes back after all, move it: {}", cookie.line());
        }
    })
    .await;
}

/// The applications of these cookies, each at `/app/<number>` of one site.
async fn nested(apps: impl IntoIterator<Item = App>) -> Site {
    let mut routes = Router::new();
    for (number, app) in apps.into_iter().enumerate() {
        routes = routes.nest(&format!("/app/{number}"), app.routes());
    }
    Site::serve(routes).await
}

#[tokio::test(flavor = "multi_thread")]
async fn b_04_chromium_keeps_what_build_accepts_and_b_08_forgets_it_when_it_is_cleared() {
    let cookies = table::accepted();
    let mut site = nested(cookies.iter().map(accepted)).await;
    in_chromium(async |tab| {
        for (number, cookie) in cookies.iter().enumerate() {
            let path = |name: &str| format!("/app/{number}/{name}");
            tab.sign_in(&site.at(cookie.host, &path("home"))).await;
            let login = site.exchange("POST", &path("login")).await;
            let line = login.set_cookie().expect("a sign-in sends the cookie");
            let (_, value) = line.split_once('=').expect("a pair");
            let (token, _) = value.split_once(';').expect("attributes");
            assert_eq!(
                line,
                cookie.line_with(token),
                "the table shows it otherwise"
            );

            tab.click("#whoami").await;
            tab.shows("hello, ada").await;
            let visit = site.exchange("GET", &path("whoami")).await;
            assert_eq!(visit.cookie(&cookie.name), Some(token), "{line}");

            tab.click("#forget").await;
            tab.shows("forgotten").await;
            tab.click("#whoami").await;
            tab.shows("hello, stranger").await;
            let visit = site.exchange("GET", &path("whoami")).await;
            assert_eq!(visit.cookie(&cookie.name), None, "{line}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b_04_http_on_this_machine_is_enough_for_the_default_cookie_and_for_insecure_dev() {
    let builder = || Auth::builder(MemoryStore::new());
    let development = builder().insecure_dev().build().expect("the defaults");
    let production = builder().build().expect("the defaults");
    let mut site = nested([production, development].map(App::of)).await;
    in_chromium(async |tab| {
        for host in ["127.0.0.1", "localhost", HOST] {
            for (number, name) in ["__Host-session", "session"].into_iter().enumerate() {
                let path = |page: &str| format!("/app/{number}/{page}");
                tab.sign_in(&site.at(host, &path("home"))).await;
                tab.click("#whoami").await;
                tab.shows("hello, ada").await;
                let visit = site.exchange("GET", &path("whoami")).await;
                assert!(visit.cookie(name).is_some(), "{name} at {host}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b_08_a_cleared_cookie_of_a_domain_is_gone_from_its_subdomains() {
    let cookie = table::of_a_domain();
    let mut site = nested([accepted(&cookie)]).await;
    let subdomain = format!("shop.{HOST}");
    in_chromium(async |tab| {
        tab.sign_in(&site.at(HOST, "/app/0/home")).await;
        tab.open(&site.at(&subdomain, "/app/0/whoami")).await;
        tab.shows("hello, ada").await;

        tab.click("#forget").await;
        tab.shows("forgotten").await;
        for host in [&subdomain, HOST] {
            let _ = site.exchange("GET", "/app/0/whoami").await;
            tab.open(&site.at(host, "/app/0/whoami")).await;
            tab.shows("hello, stranger").await;
        }
        let visit = site.exchange("GET", "/app/0/whoami").await;
        assert_eq!(visit.sent("cookie"), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b_15_a_partitioned_cookie_signs_in_below_one_embedding_site_only() {
    let partitioned = CookieOptions::default()
        .same_site(SameSite::None)
        .partitioned(true);
    let app = App::with(partitioned);
    let site = app.serve().await;
    let embedded = site.at("127.0.0.1", "/whoami");
    let embedder = Site::of_page(format!("<iframe src='{embedded}'></iframe>")).await;
    in_chromium(async |tab| {
        tab.open(&embedder.at("localhost", "/")).await;
        tab.enter_frame().await;
        tab.shows("hello, stranger").await;
        tab.click("#login").await;
        tab.shows("signed in").await;
        tab.click("#whoami").await;
        tab.shows("hello, ada").await;

        tab.open(&embedded).await;
        tab.shows("hello, stranger").await;
        tab.open(&embedder.at(HOST, "/")).await;
        tab.enter_frame().await;
        tab.shows("hello, stranger").await;
        tab.open(&embedder.at("localhost", "/")).await;
        tab.enter_frame().await;
        tab.shows("hello, ada").await;
    })
    .await;
}
