//! Cookies without `Max-Age`: the browser forgets them when it closes (D-24).

use std::time::Duration;

use locals::{Lifetimes, Renewal};

use super::{DAY, HOUR, SECOND, is_refused, sign_in_cookie};
use crate::rig::{Server, SetCookie, Settings, Site, on_every_server};

const GRACE: Duration = Duration::from_secs(60);

/// The attributes as a browser reads them: names and values, in any order.
fn attributes(cookie: &SetCookie) -> Vec<String> {
    let attribute = |(name, value): &(String, Option<String>)| match value {
        Some(value) => format!("{name}={value}"),
        None => name.clone(),
    };
    let mut list: Vec<_> = cookie.attributes.iter().map(attribute).collect();
    list.sort();
    list
}

async fn site(server: Server, lifetimes: Lifetimes, renewal: Renewal) -> Site {
    let settings = Settings {
        lifetimes,
        renewal: Some(renewal),
        ..Settings::default()
    };
    Site::with(server, settings).await
}

/// Signs in with these options, and looks at every cookie that the session sends from then on:
/// `forgotten` by the browser, or with a `Max-Age`.
async fn every_cookie(site: &Site, options: &str, active: Duration, forgotten: bool) {
    let mut cookie = sign_in_cookie(site, options).await;
    assert_eq!(cookie.goes_with_the_browser(), forgotten, "{options}");
    for (method, target) in [
        ("GET", "/whoami"),
        ("POST", "/sudo"),
        ("GET", "/behind/report"),
        ("POST", "/reauthenticate"),
        ("GET", "/required"),
        ("GET", "/eager"),
    ] {
        site.clock.advance(active);
        let request = site.request(method, target).session(&cookie.token());
        let reply = request.send().await;
        assert_eq!(reply.status, 200, "{options}, {target}");
        cookie = reply.our_cookie().expect("renewed, or another token");
        assert_eq!(
            cookie.goes_with_the_browser(),
            forgotten,
            "{options}, {target}"
        );
    }
    let reply = site.post("/logout").session(&cookie.token()).send().await;
    assert!(
        reply.our_cookie().expect("a removal").is_removal(),
        "{options}"
    );
}

on_every_server! {
    async fn d_24_the_cookie_of_a_browser_session_has_exactly_these_attributes(site: Site) {
        let cookie = sign_in_cookie(&site, "u=1&browser_session=true").await;
        assert_eq!(attributes(&cookie), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
        let cookie = sign_in_cookie(&site, "u=1&browser_session=false").await;
        let kept = ["HttpOnly", "Max-Age=1296000", "Path=/", "SameSite=Lax", "Secure"];
        assert_eq!(attributes(&cookie), kept);
    }

    /// At the sign-in, at every renewal, and with every other token.
    async fn d_24_a_browser_session_stays_one(server: Server) {
        for renewal in [Renewal::InPlace, Renewal::Rotate { grace: GRACE }] {
            let site = site(server, Lifetimes::default(), renewal).await;
            every_cookie(&site, "u=1&browser_session=true", DAY, true).await;
            every_cookie(&site, "u=1&browser_session=false", DAY, false).await;
            every_cookie(&site, "u=1", DAY, false).await;
        }
    }

    /// NIST SP 800-63B-4 §5.1.1, by the configuration or by the sign-in.
    async fn d_24_the_presets_of_aal2_and_aal3_are_browser_sessions(server: Server) {
        for (name, lifetimes) in [("aal2", Lifetimes::aal2()), ("aal3", Lifetimes::aal3())] {
            for renewal in [Renewal::InPlace, Renewal::Rotate { grace: GRACE }] {
                let active = lifetimes.active;
                let everywhere = site(server, lifetimes, renewal).await;
                every_cookie(&everywhere, "u=1", active, true).await;
                every_cookie(&everywhere, "u=1&browser_session=false", active, false).await;
                let here = site(server, Lifetimes::default(), renewal).await;
                let options = format!("u=1&lifetimes={name}");
                every_cookie(&here, &options, active, true).await;
                let persistent = format!("{options}&browser_session=false");
                every_cookie(&here, &persistent, active, false).await;
            }
        }
    }

    /// The session is what it was made as, whatever is configured by then.
    async fn d_24_a_browser_session_outlives_a_change_of_configuration(server: Server) {
        let site = site(server, Lifetimes::aal2(), Renewal::InPlace).await;
        let cookie = sign_in_cookie(&site, "u=1").await;
        let kept = sign_in_cookie(&site, "u=1&browser_session=false").await;
        let node = site.node(Settings::default(), &site.clock).await;
        for _ in 0..10 {
            site.clock.advance(Lifetimes::aal2().active);
            for (cookie, forgotten) in [(&cookie, true), (&kept, false)] {
                let request = site.get("/whoami").session(&cookie.token());
                let reply = request.send_by(node.address).await;
                let renewed = reply.our_cookie().expect("renewed");
                assert_eq!(renewed.goes_with_the_browser(), forgotten);
            }
        }
    }

    /// A browser may restore the cookie with its tabs, and a copy knows of no browser.
    async fn d_24_the_row_of_a_browser_session_ends_by_its_own_deadlines(site: Site) {
        let used = sign_in_cookie(&site, "u=1&browser_session=true").await.token();
        let unused = sign_in_cookie(&site, "u=1&browser_session=true").await.token();
        site.clock.advance(14 * DAY);
        assert_eq!(site.whoami(&used).await, 200);
        site.clock.advance(DAY - SECOND);
        assert_eq!(site.whoami(&used).await, 200);
        site.clock.advance(SECOND);
        assert_eq!(site.whoami(&unused).await, 401, "15 days unused");
        for _ in 1..15 * 24 {
            site.clock.advance(HOUR);
            assert_eq!(site.whoami(&used).await, 200);
        }
        site.clock.advance(HOUR);
        assert_eq!(site.whoami(&used).await, 401, "30 days");
        let swept = site.swept(2);
        assert_eq!(site.auth.delete_expired_sessions().await.expect("a healthy store"), swept);
        assert!(swept == 0 || site.rows().await == 0);
    }

    async fn d_24_a_refused_sign_in_leaves_a_browser_session_alone(site: Site) {
        is_refused(&site, "u=1&browser_session=true&lifetimes=none").await;
    }
}
