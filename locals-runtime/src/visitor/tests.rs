//! What a browser carries from one response to the next request.

mod flashes;
mod hostile;

use super::*;
use serde::Deserialize;
use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

const SESSION: &str = "__Host-session";

/// `"x"` in base64url.
const X: &str = "Ingi";

/// The values of a request with this `Cookie` line.
fn brought(line: &str) -> VisitorValues {
    brought_by(&[line.as_bytes()])
}

fn brought_by(lines: &[&[u8]]) -> VisitorValues {
    let read = VisitorValues::read(lines.iter().copied(), SESSION);
    read.map_or_else(VisitorValues::default, |values| *values)
}

fn lines(values: &VisitorValues) -> Vec<String> {
    let lines = values.lines(&CookieOptions::default());
    lines.into_iter().map(|cookie| cookie.line).collect()
}

/// Name and value of each line; removals have `-` for a value.
fn told(values: &VisitorValues) -> Vec<String> {
    let pair = |line: String| {
        let pair = line.split(';').next().unwrap_or_default().to_owned();
        if line.ends_with("; Max-Age=0") {
            assert!(pair.ends_with('='), "{line}");
            pair + "-"
        } else {
            pair
        }
    };
    lines(values).into_iter().map(pair).collect()
}

/// The request after the response, of a browser that had nothing else.
fn next(values: &VisitorValues) -> VisitorValues {
    let mut kept = told(values);
    kept.retain(|pair| !pair.ends_with("=-"));
    brought(&kept.join("; "))
}

fn flash(text: &str) -> Flash {
    Flash {
        kind: "k".to_owned(),
        text: text.to_owned(),
    }
}

fn texts(flashes: Vec<Flash>) -> Vec<String> {
    flashes.into_iter().map(|flash| flash.text).collect()
}

/// A text whose JSON takes so many octets in base64url, a multiple of four.
fn taking(octets: usize) -> String {
    "a".repeat(octets / 4 * 3 - 2)
}

#[test]
fn b_01_a_value_has_the_attributes_of_the_session_and_lives_for_an_hour() {
    let values = VisitorValues::default();
    values.put("oauth", "x").unwrap();
    values.flash(flash("f"));
    let attributes = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600";
    let flashes = value::encode(br#"[["k","f"]]"#);
    assert_eq!(
        lines(&values),
        [
            format!("__Host-session.oauth={X}{attributes}"),
            format!("__Host-session~flash={flashes}{attributes}"),
        ]
    );
}

#[test]
fn b_08_what_is_taken_is_removed_with_the_same_attributes() {
    let values = brought(&format!("__Host-session.oauth={X}"));
    assert_eq!(values.take::<String>("oauth").as_deref(), Some("x"));
    assert_eq!(values.take::<String>("oauth"), None, "it is gone");
    let removal = "__Host-session.oauth=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0";
    assert_eq!(lines(&values), [removal]);
}

#[test]
fn b_09_what_is_not_touched_sends_nothing() {
    let values = brought(&format!("__Host-session.a={X}; __Host-session~flash={X}"));
    assert!(!values.is_used());
    assert_eq!(told(&values), [""; 0]);
    assert_eq!(values.take::<String>("b"), None);
    assert!(values.is_used(), "the answer depends on it");
    assert_eq!(told(&values), [""; 0], "there was nothing to remove");
}

#[test]
fn a_value_travels_to_the_next_request() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Step {
        page: u8,
        back: Option<String>,
    }
    let step = || Step {
        page: 2,
        back: Some("/a?b=\u{e9};\r\n".to_owned()),
    };
    let first = VisitorValues::default();
    first.put("step", &step()).unwrap();
    assert_eq!(next(&first).take::<Step>("step"), Some(step()));
}

#[test]
fn a_value_put_and_taken_in_one_request_never_leaves() {
    let values = VisitorValues::default();
    values.put("a", &1).unwrap();
    values.put("a", &2).unwrap();
    assert_eq!(values.take::<i32>("a"), Some(2));
    assert_eq!(told(&values), [""; 0]);
    values.put("a", "x").unwrap();
    assert_eq!(told(&values), [format!("__Host-session.a={X}")]);
}

#[test]
fn b_02_a_name_is_checked_before_it_reaches_a_header() {
    let values = VisitorValues::default();
    let long = "n".repeat(65);
    for name in [
        "",
        "a.b",
        "a~b",
        "a b",
        "a=b",
        "a;b",
        "a\r\nb",
        "\0",
        "\u{e9}",
        long.as_str(),
    ] {
        let refused = values.put(name, "x").expect_err("no name");
        let Error::Value {
            reason: ValueError::Name,
            ..
        } = refused
        else {
            panic!("{name:?}: {refused}");
        };
        assert_eq!(values.take::<String>(name), None);
    }
    values.put(&long[1..], "x").unwrap();
    values.put("!#$%&'*+-^_`|", "x").unwrap();
    assert_eq!(told(&values).len(), 2);
    assert_eq!(
        next(&values).take::<String>(&long[1..]).as_deref(),
        Some("x")
    );
}

#[test]
fn what_is_no_json_is_an_error() {
    let values = VisitorValues::default();
    let map = BTreeMap::from([((1, 2), 3)]);
    let error = values.put("a", &map).expect_err("its keys are no texts");
    assert!(
        matches!(
            error,
            Error::Value {
                reason: ValueError::Json(_),
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(told(&values), [""; 0]);
}

#[test]
fn b_05_values_take_three_kib_in_all() {
    let values = brought(&format!("__Host-session.came={}", "A".repeat(1024)));
    values.put("half", &taking(1024)).unwrap();
    values.put("rest", &taking(1024)).unwrap();
    for name in ["more", "rest"] {
        let error = values.put(name, &taking(1028)).expect_err("too large");
        let Error::Value {
            reason: ValueError::TooLarge { octets, limit },
            ..
        } = error
        else {
            panic!("{error}");
        };
        assert!(octets > limit && limit == 3072, "{octets} of {limit}");
    }
    assert_eq!(
        next(&values).take::<String>("rest"),
        Some(taking(1024)),
        "it is as it was"
    );
    values.take::<String>("came");
    values.put("more", &taking(1024)).unwrap();
}

#[test]
fn d_03_a_sign_in_drops_what_came_and_what_was_put_before_it() {
    let values = brought(&format!(
        "__Host-session.came={X}; __Host-session.two={X}; __Host-session.two=Nw; \
         __Host-session.admin=id.secret; __Host-session~flash={}",
        value::encode(br#"[["k","f"]]"#)
    ));
    values.put("before", "x").unwrap();
    values.put("again", "x").unwrap();
    values.flash(flash("g"));
    values.drop_values();
    values.put("again", "x").unwrap();
    values.put("came", &7).unwrap();
    for gone in ["before", "two"] {
        assert_eq!(values.take::<String>(gone), None, "{gone}");
    }
    let all = value::encode(br#"[["k","f"],["k","g"]]"#);
    let expected = [
        format!("__Host-session.again={X}"),
        "__Host-session.came=Nw".to_owned(),
        "__Host-session.two=-".to_owned(),
        format!("__Host-session~flash={all}"),
    ];
    assert_eq!(
        told(&values),
        expected,
        "the session of another `Auth` stays"
    );
}

/// The session's cookie is sent then, so the value that was dropped with it may not stay.
#[test]
fn d_03_what_a_sign_in_dropped_is_dropped_in_an_outage_too() {
    let values = brought(&format!(
        "__Host-session.a={X}; __Host-session.b={X}; __Host-session.c={X}"
    ));
    let is_committed = |values: &VisitorValues| {
        let lines = values.lines(&CookieOptions::default());
        lines
            .iter()
            .map(|cookie| cookie.committed)
            .collect::<Vec<_>>()
    };
    values.take::<String>("a");
    assert_eq!(is_committed(&values), [false]);
    values.drop_values();
    values.put("b", "x").unwrap();
    values.put("d", "x").unwrap();
    assert_eq!(is_committed(&values), [true, true, true, false]);
}

/// A value that asks back while it is written.
struct Asking(Arc<VisitorValues>);

impl Serialize for Asking {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.0.is_used())
    }
}

#[test]
fn j_05_no_value_is_written_under_the_lock() {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let values = Arc::new(VisitorValues::default());
        let put = values.put("a", &Asking(Arc::clone(&values)));
        done.send(put.is_ok())
    });
    assert_eq!(ended.recv_timeout(Duration::from_secs(10)), Ok(true));
}
