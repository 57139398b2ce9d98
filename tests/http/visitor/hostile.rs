//! Names and sizes that are refused, and cookies that were never written here.

use data_encoding::BASE64URL_NOPAD;

use super::{browser::Browser, only_cookie};
use crate::rig::{ADA, LogFrom, Site, on_every_server};

/// A text whose JSON takes so many octets in base64url, a multiple of four.
fn taking(octets: usize) -> String {
    "a".repeat(octets / 4 * 3 - 2)
}

/// The status, and how many cookies are set.
async fn put(browser: &mut Browser<'_>, name: &str, octets: usize) -> (u16, usize) {
    let target = format!("/values/put?name={name}&text={}", taking(octets));
    let reply = browser.post(&target).await;
    (reply.status, reply.set_cookies().len())
}

/// The status of a request with two cookies of one name.
async fn take(site: &Site, first: &str, second: &str) -> u16 {
    let request = site.get("/values/take?name=a");
    let request = request.cookie_header(format!("__Host-session.a={first}"));
    let request = request.cookie_header(format!("__Host-session.a={second}"));
    let reply = request.send().await;
    assert_eq!(only_cookie(&reply).value, "", "{first} {second}");
    reply.status
}

on_every_server! {
    async fn b_02_a_name_that_no_cookie_can_have_is_an_error(site: Site) {
        let long = "n".repeat(65);
        let names = ["", "a.b", "a~b", "a%20b", "a%3Db", "a%3Bb", "a%0D%0Ab", "a%00", "%C3%A9"];
        for name in names.into_iter().chain([long.as_str()]) {
            let reply = site.post(&format!("/values/put?name={name}&text=x")).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (500, 0), "{name}");
            assert!(!reply.text().contains('x'), "N-03: {}", reply.text());
        }
        let reply = site.post(&format!("/values/put?name={}&text=x", &long[1..])).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (200, 1));
    }

    async fn b_05_values_take_three_kib_in_all(site: Site) {
        let mut browser = Browser::new(&site);
        assert_eq!(put(&mut browser, "a", 3076).await, (500, 0));
        assert_eq!(put(&mut browser, "a", 2048).await, (200, 1));
        assert_eq!(put(&mut browser, "b", 1028).await, (500, 0));
        assert_eq!(put(&mut browser, "b", 1024).await, (200, 1));
        assert_eq!(put(&mut browser, "c", 4).await, (500, 0));
        assert_eq!(browser.get("/values/take?name=a").await.text(), taking(2048));
        assert_eq!(put(&mut browser, "c", 2048).await, (200, 1));
    }

    async fn the_oldest_flashes_make_room(site: Site) {
        let mut browser = Browser::new(&site);
        for n in 0..5 {
            let target = format!("/values/flash?kind={n}&text={}", taking(1024));
            browser.post(&target).await;
        }
        browser.post(&format!("/values/put?name=a&text={}", taking(1024))).await;
        let page = browser.get("/values/page").await;
        let kinds: Vec<_> = page.text().lines().map(|line| &line[..2]).collect();
        assert_eq!(kinds, ["4:"], "two have room, and one beside the value");
    }

    async fn a_flash_that_does_not_fit_is_dropped_and_the_log_says_so(site: Site) {
        let (mut browser, log) = (Browser::new(&site), LogFrom::now());
        browser.post("/values/flash?kind=k&text=small").await;
        let reply = browser.post(&format!("/values/flash?kind=k&text={}", taking(3072))).await;
        assert_eq!((reply.status, reply.set_cookies().len()), (303, 0));
        assert!(log.text().contains("a flash was dropped"));
        assert_eq!(browser.get("/values/page").await.text(), "k: small\n");
    }

    /// No error, and gone after it was asked for.
    async fn what_somebody_else_wrote_is_nothing(site: Site) {
        let not_utf_8 = BASE64URL_NOPAD.encode(b"\"\xff\"");
        let number = BASE64URL_NOPAD.encode(b"7");
        let long = "A".repeat(3076);
        let bad = ["", "x", "\"Ingi\"", "%49ngi", "Ingi=", "a.b"];
        let made = [not_utf_8.as_str(), number.as_str(), long.as_str()];
        for value in bad.into_iter().chain(made) {
            let line = format!("__Host-session.a={value}; __Host-session~flash={value}");
            let taken = site.get("/values/take?name=a").cookie_header(&line).send().await;
            assert_eq!(taken.status, 404, "{value}");
            assert_eq!(only_cookie(&taken).value, "", "{value}");
            let page = site.get("/values/page").cookie_header(&line).send().await;
            assert_eq!((page.status, page.text()), (200, ""), "{value}");
            assert_eq!(only_cookie(&page).name, "__Host-session~flash", "{value}");
        }
        let raw = site.get("/values/take?name=a").cookie_header(b"__Host-session.a=\xff\xfe");
        assert_eq!(raw.send().await.status, 404);
        let number = site.get("/values/take-a-number?name=a");
        let number = number.cookie_header("__Host-session.a=Nw").send().await;
        assert_eq!(number.text(), "7", "the user of a browser can write it");
    }

    async fn c_05_two_values_of_one_name_are_none(site: Site) {
        assert_eq!(take(&site, "Ingi", "Ingi").await, 200);
        assert_eq!(take(&site, "Ingi", "Inki").await, 404);
        assert_eq!(take(&site, "!", "Ingi").await, 404);
    }

    async fn c_01_only_the_exact_name_is_a_value_s(site: Site) {
        for name in [
            "__host-session.a", "__Host-session.A", "session.a", "__%48ost-session.a", "a",
            "__Host-session~a", "__Host-session..a", "x__Host-session.a",
        ] {
            let line = format!("{name}=Ingi");
            let reply = site.get("/values/take?name=a").cookie_header(line).send().await;
            assert_eq!((reply.status, reply.set_cookies().len()), (404, 0), "{name}");
        }
    }

    /// Neither opens it a session, nor does it hide one.
    async fn a_value_is_no_session(site: Site) {
        let token = site.log_in(ADA).await;
        let values = format!("__Host-session.a={0}; __Host-session~flash={0}", token.0);
        let reply = site.get("/whoami").cookie_header(&values).send().await;
        assert_eq!((reply.status, reply.set_cookies().len()), (401, 0));
        let beside = site.get("/whoami").cookie_header(values).session(&token).send().await;
        assert_eq!(beside.status, 200);
    }
}
