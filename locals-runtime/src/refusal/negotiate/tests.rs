//! Which reader a request has, by its header.

use super::*;
use std::borrow::Cow;

struct Head {
    method: &'static str,
    fields: Vec<(Field, Vec<u8>)>,
}

impl RequestHead for Head {
    fn method(&self) -> &str {
        self.method
    }
    fn scheme(&self) -> Option<&str> {
        None
    }
    fn authority(&self) -> Option<&str> {
        None
    }
    fn path_and_query(&self) -> Cow<'_, str> {
        "/page?a=b".into()
    }
    fn lines(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        let of_field = self.fields.iter().filter(move |(name, _)| *name == field);
        of_field.map(|(_, line)| line.as_slice())
    }
    fn each_line(&self, _: &mut dyn FnMut(&str, &[u8])) {}
}

fn head(method: &'static str, fields: &[(Field, &str)]) -> Head {
    let fields = fields.iter();
    Head {
        method,
        fields: fields
            .map(|(field, line)| (*field, line.as_bytes().to_vec()))
            .collect(),
    }
}

fn shape(method: &'static str, fields: &[(Field, &str)]) -> Shape {
    Shape::of(&head(method, fields))
}

const CHROMIUM: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
const FORM: &str = "Application/X-WWW-Form-Urlencoded; charset=utf-8";

#[test]
fn sec_fetch_mode_decides_what_a_navigation_is_where_it_is_sent() {
    let with = |method, mode, accept| {
        shape(
            method,
            &[(Field::SecFetchMode, mode), (Field::Accept, accept)],
        )
    };
    assert_eq!(with("GET", "navigate", CHROMIUM), Shape::Page);
    assert_eq!(with("HEAD", "navigate", "*/*"), Shape::Page);
    assert_eq!(with("POST", "navigate", CHROMIUM), Shape::AfterForm);
    for mode in [
        "cors",
        "no-cors",
        "same-origin",
        "websocket",
        "Navigate",
        "x",
    ] {
        assert_eq!(with("GET", mode, "text/html"), Shape::Text, "{mode}");
        assert_eq!(with("GET", mode, "application/json"), Shape::Json, "{mode}");
    }
    assert_eq!(
        with("GET", "", "text/html"),
        Shape::Page,
        "as if it were not there"
    );
    let twice = [
        (Field::SecFetchMode, "navigate"),
        (Field::SecFetchMode, "navigate"),
        (Field::Accept, "text/html"),
    ];
    assert_eq!(shape("GET", &twice), Shape::Text);
}

#[test]
fn without_it_who_accepts_a_page_reads_one() {
    assert_eq!(shape("GET", &[(Field::Accept, CHROMIUM)]), Shape::Page);
    assert_eq!(shape("HEAD", &[(Field::Accept, "TEXT/HTML")]), Shape::Page);
    for accept in [
        "text/html;q=0, */*",
        "text/html; q=0.000",
        "*/*",
        "text/*",
        "text/htmlx",
        "",
    ] {
        assert_eq!(
            shape("GET", &[(Field::Accept, accept)]),
            Shape::Text,
            "{accept}"
        );
    }
    let post = |content_type| {
        let fields = [
            (Field::Accept, CHROMIUM),
            (Field::ContentType, content_type),
        ];
        shape("POST", &fields)
    };
    assert_eq!(post(FORM), Shape::AfterForm);
    assert_eq!(post("multipart/form-data; boundary=x"), Shape::AfterForm);
    for no_form in ["application/json", "text/plain", "", "multipart/form-datax"] {
        assert_eq!(post(no_form), Shape::Text, "{no_form}");
    }
    assert_eq!(shape("POST", &[(Field::ContentType, FORM)]), Shape::Text);
    let put = [(Field::Accept, CHROMIUM), (Field::ContentType, FORM)];
    assert_eq!(shape("PUT", &put), Shape::Text);
}

#[test]
fn htmx_is_answered_as_htmx_unless_the_browser_says_that_it_navigates() {
    let htmx = (Field::HxRequest, "true");
    let html = (Field::Accept, "text/html");
    assert_eq!(shape("GET", &[htmx, html]), Shape::Htmx);
    assert_eq!(shape("DELETE", &[htmx]), Shape::Htmx);
    assert_eq!(
        shape("GET", &[htmx, (Field::SecFetchMode, "cors")]),
        Shape::Htmx
    );
    let navigates = (Field::SecFetchMode, "navigate");
    assert_eq!(shape("GET", &[htmx, navigates]), Shape::Page);
    assert_eq!(shape("GET", &[(Field::HxRequest, "false")]), Shape::Text);
    assert_eq!(shape("GET", &[htmx, htmx]), Shape::Text);
}

#[test]
fn json_is_for_those_who_want_it_more_than_a_page() {
    let get = |accept: &str| {
        shape(
            "GET",
            &[(Field::SecFetchMode, "cors"), (Field::Accept, accept)],
        )
    };
    for json in [
        "application/json",
        "APPLICATION/JSON;charset=utf-8",
        "application/problem+json",
        "application/vnd.api+json, */*;q=0.1",
        "text/html;q=0.9, application/json",
        "text/plain;q=.5, application/json;q=0.6",
        "text/html; q=0.899, application/json; q=0.9",
        "text/html;q=0, application/json;q=0.001",
        "application/json, text/plain, */*",
        "application/json;q=0.5, text/plain;q=0.50",
    ] {
        assert_eq!(get(json), Shape::Json, "{json}");
    }
    for text in [
        "application/json, text/html",
        "application/json;q=0",
        "application/json;q=",
        "application/json;q=x",
        "application/json;q=0.x",
        "application/jsonp",
        "json",
        "+json/x",
        ";;;,,,",
        "*/*",
    ] {
        assert_eq!(get(text), Shape::Text, "{text}");
    }
    let lines = [
        (Field::SecFetchMode, "cors"),
        (Field::Accept, "application/json"),
        (Field::Accept, "text/html"),
    ];
    assert_eq!(shape("GET", &lines), Shape::Text, "the lines are one list");
}

#[test]
fn a_weight_is_read_in_thousandths() {
    for (parameter, expected) in [
        ("q=1", 1000),
        ("Q=1.000", 1000),
        ("q=0.8", 800),
        ("q=0.123456", 123),
        ("q=0", 0),
        ("q=9.9", 1000),
        ("q=0.", 0),
        ("q=", 0),
        ("q=-1", 0),
        ("q=1,5", 0),
    ] {
        assert_eq!(weight(parameter.as_bytes()), Some(expected), "{parameter}");
    }
    assert_eq!(weight(b"charset=utf-8"), None);
}

#[test]
fn next_is_the_page_and_never_another_site_s() {
    let (login, origin) = (LoginOptions::default(), OriginCheck::default());
    let host = (Field::Host, "shop.example");
    let next = |shape: Shape, fields: &[(Field, &str)]| {
        let request = head("POST", &[&[host][..], fields].concat());
        shape.next(&request, &login, &origin)
    };
    let (own, foreign) = ("https://shop.example/form?x", "https://evil.example/form");
    assert_eq!(next(Shape::Page, &[]).as_deref(), Some("/page?a=b"));
    for (shape, field) in [
        (Shape::AfterForm, Field::Referer),
        (Shape::Json, Field::Referer),
        (Shape::Htmx, Field::HxCurrentUrl),
    ] {
        assert_eq!(next(shape, &[(field, own)]).as_deref(), Some("/form?x"));
        assert_eq!(next(shape, &[(field, foreign)]), None);
        assert_eq!(
            next(shape, &[(field, own), (field, own)]),
            None,
            "two of them"
        );
        assert_eq!(next(shape, &[]), None);
    }
    assert_eq!(next(Shape::Htmx, &[(Field::Referer, own)]), None);
}
