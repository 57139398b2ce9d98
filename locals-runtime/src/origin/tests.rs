//! The tables of Go's and tower-http's own tests, and the rows of ours that they lack.

use super::*;
use std::borrow::Cow;

#[derive(Default)]
struct Head {
    method: String,
    scheme: Option<String>,
    authority: Option<String>,
    fields: Vec<(Field, Vec<u8>)>,
}

impl Head {
    fn post() -> Self {
        Self {
            method: "POST".into(),
            ..Self::default()
        }
        .with(Field::Host, "shop.example")
    }

    fn with(mut self, field: Field, line: impl AsRef<[u8]>) -> Self {
        self.fields.push((field, line.as_ref().to_vec()));
        self
    }
}

impl RequestHead for Head {
    fn method(&self) -> &str {
        &self.method
    }
    fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }
    fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }
    fn path_and_query(&self) -> Cow<'_, str> {
        "/hook?code=secret".into()
    }
    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        let of_field = self.fields.iter().filter(move |(name, _)| *name == field);
        of_field.map(|(_, line)| line.as_slice())
    }
    fn each_line(&self, _: &mut dyn FnMut(&str, &[u8])) {}
}

#[derive(serde::Deserialize)]
struct GoRow {
    name: String,
    method: String,
    host: String,
    sec_fetch_site: Option<String>,
    origin: Option<String>,
    trusted: Vec<String>,
    expect: u16,
}

#[derive(serde::Deserialize)]
struct TowerRow {
    name: String,
    uri: String,
    host: Option<String>,
    origin: String,
    expect: u16,
}

fn status(result: Result<(), CrossSite>) -> u16 {
    if result.is_ok() { 200 } else { 403 }
}

#[test]
fn f_01_the_table_of_go_passes_with_and_without_a_session_cookie() {
    let rows: Vec<GoRow> = serde_json::from_str(include_str!("../data/go_csrf.json")).unwrap();
    assert_eq!(rows.len(), 25);
    for row in rows {
        let mut check = OriginCheck::default();
        for origin in row.trusted {
            check.trust(origin).unwrap();
        }
        let mut head = Head {
            method: row.method.clone(),
            ..Head::default()
        }
        .with(Field::Host, &row.host);
        if let Some(site) = &row.sec_fetch_site {
            head = head.with(Field::SecFetchSite, site);
        }
        if let Some(origin) = &row.origin {
            head = head.with(Field::Origin, origin);
        }
        assert_eq!(
            status(check.check(&head, false)),
            row.expect,
            "{}",
            row.name
        );
        // Ours is stricter in one place: a cookie without either header is refused.
        let bare = row.sec_fetch_site.is_none() && row.origin.is_none() && row.method == "POST";
        let expect = if bare { 403 } else { row.expect };
        assert_eq!(
            status(check.check(&head, true)),
            expect,
            "{} with cookie",
            row.name
        );
    }
}

#[test]
fn f_01_the_host_and_port_table_of_tower_http_passes() {
    let rows: Vec<TowerRow> =
        serde_json::from_str(include_str!("../data/tower_http_csrf.json")).unwrap();
    assert_eq!(rows.len(), 16);
    for row in rows {
        let (scheme, authority) = match row.uri.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest.split('/').next()),
            None => (None, None),
        };
        let mut head = Head {
            method: "POST".into(),
            scheme: scheme.map(str::to_owned),
            authority: authority.map(str::to_owned),
            fields: Vec::new(),
        }
        .with(Field::Origin, &row.origin);
        if let Some(host) = &row.host {
            head = head.with(Field::Host, host);
        }
        // We normalize default ports, which tower-http compares verbatim.
        let expect = match row.name.as_str() {
            "origin has explicit default, host implicit"
            | "host has explicit default, origin implicit" => 200,
            _ => row.expect,
        };
        let got = status(OriginCheck::default().check(&head, true));
        assert_eq!(got, expect, "{}", row.name);
    }
}

#[test]
fn f_02_an_opaque_origin_is_refused() {
    let head = Head::post().with(Field::Origin, "null");
    let got = OriginCheck::default().check(&head, false);
    assert_eq!(got, Err(CrossSite::OpaqueOrigin));
}

#[test]
fn f_03_userinfo_path_query_and_other_schemes_are_no_origin() {
    for origin in [
        "https://evil@shop.example",
        "https://shop.example@evil.example",
        "https://shop.example:443@evil.example",
        "https://shop.example/",
        "https://shop.example?",
        "https://shop.example#",
        "https://shop.example\\",
        "https://",
        "https://shop.example:",
        "https://shop.example:99999",
        "https://shop.example:+443",
        "https://shop.example:80:443",
        "https://[::1",
        "https://[]",
        "https://[::1]x",
        "HTTPS://shop.example",
        " https://shop.example",
        "https://shop.example https://evil.example",
        "",
    ] {
        let head = Head::post().with(Field::Origin, origin);
        let got = OriginCheck::default().check(&head, false);
        assert_eq!(got, Err(CrossSite::OpaqueOrigin), "{origin:?}");
    }
}

#[test]
fn f_05_what_could_be_trusted_is_told_from_what_could_not() {
    let refused = |origin: &[u8]| {
        let head = Head::post().with(Field::Origin, origin);
        OriginCheck::default()
            .check(&head, true)
            .expect_err("refused")
    };
    for origin in [
        "tauri://localhost",
        "capacitor://localhost",
        "chrome-extension://abcdefghijklmnop",
        "app://my-app:1",
        "ftp://shop.example",
    ] {
        assert_eq!(
            refused(origin.as_bytes()),
            CrossSite::ShellOrigin,
            "{origin}"
        );
        let mut check = OriginCheck::default();
        check.trust(origin.into()).unwrap();
        let head = Head::post().with(Field::Origin, origin);
        assert_eq!(check.check(&head, true), Ok(()), "{origin}");
    }
    for origin in [
        "tauri://localhost/",
        "Tauri://localhost",
        "tauri://user@localhost",
        "tauri://local host",
        "tauri://*",
        "tauri://",
        "file://localhost",
        "wss://shop.example",
        "tauri://l\u{f6}calhost",
    ] {
        assert_eq!(
            refused(origin.as_bytes()),
            CrossSite::OpaqueOrigin,
            "{origin}"
        );
    }
    assert_eq!(refused(b"tauri://\xff"), CrossSite::OpaqueOrigin);
}

#[test]
fn f_05_the_scheme_of_a_trusted_or_public_origin_counts() {
    let mut check = OriginCheck::default();
    check.trust("https://a.example".into()).unwrap();
    check.publish("https://shop.example".into()).unwrap();
    for (origin, expect) in [
        ("https://a.example", 200),
        ("http://a.example", 403),
        ("https://a.example:8443", 403),
        ("https://A.example", 403),
        ("https://shop.example", 200),
        ("http://shop.example", 403),
    ] {
        let head = Head::post().with(Field::Origin, origin);
        assert_eq!(status(check.check(&head, true)), expect, "{origin}");
    }
}

#[test]
fn f_05_a_site_known_to_be_https_takes_no_http_origin() {
    let mut head = Head::post().with(Field::Origin, "http://shop.example");
    assert_eq!(status(OriginCheck::default().check(&head, true)), 200);
    head.scheme = Some("https".into());
    assert_eq!(status(OriginCheck::default().check(&head, true)), 403);
}

#[test]
fn f_08_same_site_is_not_same_origin() {
    for (site, expect) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
        ("Same-Origin", 403),
        ("same-origin, same-origin", 403),
        ("whatever", 403),
    ] {
        let head = Head::post().with(Field::SecFetchSite, site);
        assert_eq!(
            status(OriginCheck::default().check(&head, true)),
            expect,
            "{site}"
        );
    }
}

#[test]
fn f_11_a_websocket_handshake_is_checked_though_it_is_a_get() {
    for upgrade in ["websocket", "WebSocket", "h2c, websocket"] {
        let head = Head {
            method: "GET".into(),
            ..Head::default()
        }
        .with(Field::Host, "shop.example")
        .with(Field::Upgrade, upgrade);
        let foreign = head.with(Field::Origin, "https://evil.example");
        assert_eq!(status(OriginCheck::default().check(&foreign, true)), 403);
    }
}

#[test]
fn unknown_methods_and_trace_are_not_safe() {
    for method in ["TRACE", "CONNECT", "get", "PURGE", "DELETE", "PATCH"] {
        let head = Head {
            method: method.into(),
            ..Head::default()
        }
        .with(Field::SecFetchSite, "cross-site");
        assert_eq!(
            status(OriginCheck::default().check(&head, true)),
            403,
            "{method}"
        );
    }
}

#[test]
fn c_13_a_duplicated_field_fails_closed() {
    let twice = |field, line: &str| Head::post().with(field, line).with(field, line);
    for head in [
        twice(Field::Origin, "https://shop.example"),
        twice(Field::SecFetchSite, "same-origin"),
        Head::post()
            .with(Field::Host, "shop.example")
            .with(Field::Origin, "https://shop.example"),
    ] {
        let got = OriginCheck::default().check(&head, true);
        assert_eq!(got, Err(CrossSite::Duplicated));
    }
}

#[test]
fn ip_addresses_compare_as_hosts() {
    let mut head = Head::post().with(Field::Origin, "http://[::1]:3000");
    head.authority = Some("[::1]:3000".into());
    assert_eq!(status(OriginCheck::default().check(&head, true)), 200);
    head.authority = Some("[::1]:3001".into());
    assert_eq!(status(OriginCheck::default().check(&head, true)), 403);
}

#[test]
fn only_serialized_origins_can_be_configured() {
    for wrong in [
        "shop.example",
        "https://shop.example/",
        "https://shop.example:443",
        "https://Shop.example",
        "null",
        "*",
        "https://*.example",
    ] {
        let mut check = OriginCheck::default();
        assert!(check.trust(wrong.into()).is_err(), "{wrong}");
        assert!(check.publish(wrong.into()).is_err(), "{wrong}");
    }
}

#[test]
fn the_path_of_a_url_is_taken_from_pages_of_this_site_only() {
    let check = OriginCheck::default();
    let path = |url: &'static str| check.own_path(url.as_bytes(), &Head::post());
    assert_eq!(path("https://shop.example/a?b=c#d"), Some("/a?b=c"));
    assert_eq!(path("https://SHOP.example:443/"), Some("/"));
    assert_eq!(
        path("https://shop.example//evil.example"),
        Some("//evil.example")
    );
    for foreign in [
        "",
        "/a",
        "://",
        "https://",
        "https://shop.example",
        "https://shop.example?a=/b",
        "https://shop.example#/b",
        "https://evil.example/a",
        "https://shop.example.evil.example/a",
        "https://shop.example@evil.example/a",
        "https://shop.example:1/a",
        "https://shop.example\\@evil.example/a",
        "//shop.example/a",
        "javascript://shop.example/a",
        "data:text/html,://shop.example/",
        "about:blank",
    ] {
        assert_eq!(path(foreign), None, "{foreign:?}");
    }
    assert_eq!(
        check.own_path(b"https://shop.example/\xff", &Head::post()),
        None
    );
    let mut public = OriginCheck::default();
    public.publish("https://www.example".into()).unwrap();
    assert_eq!(
        public.own_path(b"https://www.example/a", &Head::post()),
        Some("/a")
    );
    assert_eq!(
        public.own_path(b"https://shop.example/a", &Head::post()),
        None
    );
}

#[test]
fn a_refusal_says_of_which_request_without_its_query() {
    let head = Head::post().with(Field::Origin, "https://evil.example");
    let told = CrossSite::FetchSite.told_of(&head);
    let expected =
        "; request=POST /hook origin=Some(\"https://evil.example\") host=Some(\"shop.example\")";
    assert!(told.ends_with(expected), "{told}");
}
