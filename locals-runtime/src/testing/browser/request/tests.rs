use super::*;
use crate::{Auth, MemoryStore};

fn auth() -> Auth {
    Auth::builder(MemoryStore::new())
        .build()
        .expect("safe defaults")
}

fn browser_with(lines: &[&str]) -> Browser {
    let mut browser = Browser::new(&auth());
    for line in lines {
        browser.keep_line(line);
    }
    browser
}

fn field(request: &BrowserRequest<'_>, name: &str) -> Option<String> {
    let mut fields = request.fields().into_iter();
    fields
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn is(request: &BrowserRequest<'_>, expected: &[(&str, Option<&str>)]) {
    for (name, value) in expected {
        assert_eq!(field(request, name).as_deref(), *value, "{name}");
    }
}

#[test]
fn an_address_is_typed_in() {
    let browser = browser_with(&["a=1; Path=/", "b=2"]);
    is(
        &browser.get("/account"),
        &[
            ("host", Some("localhost")),
            ("accept", Some(PAGES)),
            ("cookie", Some("a=1; b=2")),
            ("sec-fetch-dest", Some("document")),
            ("sec-fetch-mode", Some("navigate")),
            ("sec-fetch-site", Some("none")),
            ("origin", None),
            ("content-type", None),
        ],
    );
}

#[test]
fn a_form_comes_from_a_page_of_the_site() {
    let browser = browser_with(&[]);
    let request = browser
        .post("/login")
        .form([("name", "Ada Lovelace"), ("a&b", "é=1%20")]);
    is(
        &request,
        &[
            ("origin", Some("https://localhost")),
            ("sec-fetch-mode", Some("navigate")),
            ("sec-fetch-site", Some("same-origin")),
            ("content-type", Some("application/x-www-form-urlencoded")),
            ("cookie", None),
        ],
    );
    assert_eq!(request.body, "name=Ada+Lovelace&a%26b=%C3%A9%3D1%2520");
}

#[test]
fn an_empty_form_is_a_form() {
    let browser = browser_with(&[]);
    let request = browser.post("/logout");
    let form = Some("application/x-www-form-urlencoded");
    is(&request, &[("content-type", form)]);
    assert_eq!(request.body, "");
}

#[test]
fn a_script_asks_for_anything_and_sends_json() {
    let browser = browser_with(&[]);
    let script = [
        ("accept", Some("*/*")),
        ("sec-fetch-dest", Some("empty")),
        ("sec-fetch-mode", Some("cors")),
        ("sec-fetch-site", Some("same-origin")),
    ];
    let asked = browser.fetch("GET", "/api/me");
    is(&asked, &script);
    is(&asked, &[("origin", None), ("content-type", None)]);

    let sent = browser.post("/api/devices").json(&["phone"]);
    is(&sent, &script);
    is(
        &sent,
        &[
            ("origin", Some("https://localhost")),
            ("content-type", Some("application/json")),
        ],
    );
    assert_eq!(sent.body, r#"["phone"]"#);
}

#[test]
fn cookies_go_along_from_another_site_as_they_say() {
    let browser = browser_with(&[
        "none=1; SameSite=None; Secure",
        "lax=1; SameSite=Lax",
        "strict=1; SameSite=Strict",
        "silent=1",
    ]);
    let site = "https://evil.example";
    let of_link = "none=1; lax=1; silent=1";
    for (request, origin, cookies) in [
        (browser.get("/"), None, of_link),
        (browser.post("/"), Some(site), "none=1"),
        (browser.fetch("GET", "/"), Some(site), "none=1"),
        (browser.fetch("POST", "/"), Some(site), "none=1"),
    ] {
        is(
            &request.cross_site(site),
            &[
                ("sec-fetch-site", Some("cross-site")),
                ("origin", origin),
                ("cookie", Some(cookies)),
            ],
        );
    }
}

#[test]
fn a_field_of_the_test_takes_the_place_of_the_browser_s_own() {
    let browser = browser_with(&[]);
    let request = browser.get("/").header("Accept", "application/json");
    assert_eq!(field(&request, "accept"), None);
    is(&request, &[("Accept", Some("application/json"))]);
}

#[test]
fn a_cookie_is_kept_until_it_is_replaced_or_removed() {
    let mut browser = browser_with(&["a=1; Max-Age=60", "a=2", "b="]);
    assert_eq!(browser.cookie("a"), Some("2"));
    assert_eq!(browser.cookie("b"), Some(""));
    browser.keep_line("a=; Max-Age=0; Path=/");
    browser.keep_line("no cookie");
    assert_eq!(browser.cookie("a"), None);
    is(&browser.get("/"), &[("cookie", Some("b="))]);
}

#[test]
fn neither_a_browser_nor_its_request_prints_a_secret() {
    let browser = browser_with(&["session=secret"]);
    let request = browser.post("/").header("authorization", "secret");
    let request = request.form([("password", "secret")]);
    assert!(!format!("{browser:?} {request:?}").contains("secret"));
}

#[tokio::test]
async fn who_is_signed_in_has_the_session_that_was_asked_for() {
    let auth = auth();
    let ada = Browser::signed_in(auth.create_session("ada").device("Firefox on Linux"));
    let ada = ada.await.expect("a session");
    let token = ada.cookie("__Host-session").expect("its cookie");
    let session = auth.validate_session(token).await.expect("an answer");
    assert_eq!(session.expect("a session").user_id().as_str(), "ada");
    let sessions = auth.list_sessions("ada").await.expect("an answer");
    assert_eq!(sessions[0].device(), Some("Firefox on Linux"));
}

#[tokio::test]
async fn in_development_the_site_is_on_http() {
    let auth: Auth = Auth::builder(MemoryStore::new())
        .insecure_dev()
        .build()
        .expect("safe defaults");
    let ada = Browser::signed_in(auth.create_session("ada")).await;
    let ada = ada.expect("a session");
    assert!(ada.cookie("session").is_some());
    is(&ada.post("/"), &[("origin", Some("http://localhost"))]);
}

#[cfg(feature = "http")]
#[test]
fn a_request_of_http_has_all_of_it_and_a_response_is_kept() {
    let mut browser = browser_with(&["a=1"]);
    let request = browser.post("/login?next=%2F").form([("name", "ada")]);
    let request = request.request::<Vec<u8>>();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "/login?next=%2F");
    assert_eq!(request.headers()["cookie"], "a=1");
    assert_eq!(request.body(), b"name=ada");

    let response = http::Response::builder()
        .header("set-cookie", "a=2")
        .header("set-cookie", "b=3")
        .body(());
    browser.keep(&response.expect("a response"));
    assert_eq!(
        browser.cookie("a").zip(browser.cookie("b")),
        Some(("2", "3"))
    );
}

#[cfg(feature = "actix-web")]
#[test]
fn a_request_of_actix_has_all_of_it_and_a_response_is_kept() {
    let mut browser = browser_with(&["a=1"]);
    let request = browser.post("/login?next=%2F").form([("name", "ada")]);
    let request = request.test_request().to_http_request();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "/login?next=%2F");
    let cookie = request.headers().get("cookie").expect("the cookie");
    assert_eq!(cookie, "a=1");

    let response = actix_web::HttpResponse::Ok()
        .append_header(("set-cookie", "a=2"))
        .append_header(("set-cookie", "b=3"))
        .finish();
    browser.keep(&response);
    assert_eq!(
        browser.cookie("a").zip(browser.cookie("b")),
        Some(("2", "3"))
    );
}
