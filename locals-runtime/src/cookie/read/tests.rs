//! Hostile `Cookie` headers: the http-state corpus, exhaustive names, sizes.

use super::*;

const NAME: &[u8] = b"__Host-session";

fn ours<'a>(lines: impl Iterator<Item = &'a [u8]>, name: &[u8]) -> CookieValue<'a> {
    find(lines, name).ours
}

fn read(line: &[u8]) -> CookieValue<'_> {
    ours([line].into_iter(), NAME)
}

#[derive(serde::Deserialize)]
struct Case {
    test: String,
    sent: Vec<(String, String)>,
}

#[test]
fn c_11_the_http_state_corpus_is_read_as_it_says() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../data/http_state.json")).unwrap();
    assert_eq!(cases.len(), 134);
    for Case { test, sent } in cases {
        let line: Vec<String> = sent.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let line = line.join("; ");
        let read: Vec<_> = pairs(line.as_bytes())
            .map(|pair| {
                let cut = pair.iter().position(|byte| *byte == b'=').unwrap();
                (pair[..cut].to_vec(), pair[cut + 1..].to_vec())
            })
            .collect();
        let expected: Vec<_> = sent
            .iter()
            .map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec()))
            .collect();
        assert_eq!(read, expected, "{test}");
        for (name, value) in &sent {
            let values: Vec<_> = sent
                .iter()
                .filter(|(n, _)| n == name)
                .map(|(_, v)| v)
                .collect();
            let same = values.iter().all(|other| *other == value);
            let found = ours([line.as_bytes()].into_iter(), name.as_bytes());
            let expected = if same {
                CookieValue::Value(value.as_bytes())
            } else {
                CookieValue::Ambiguous
            };
            assert_eq!(found, expected, "{test}: {name}");
        }
    }
}

#[test]
fn c_12_of_all_names_of_three_bytes_only_ours_matches() {
    let alphabet: Vec<u8> = (0..=0x20)
        .chain([b'"', b'=', b';', b',', 0x7f, 0x80, 0xa0, b'a', b's'])
        .filter(|byte| !matches!(byte, b'\r' | b'\n' | 0x00))
        .collect();
    assert_eq!(alphabet.len(), 39);
    let reference = |line: &[u8]| {
        let text: Vec<Vec<u8>> = line.split(|b| *b == b';').map(<[u8]>::to_vec).collect();
        text.iter().any(|pair| {
            let start = pair.iter().position(|b| *b != b' ' && *b != b'\t');
            let pair = &pair[start.unwrap_or(pair.len())..];
            let name = pair.iter().position(|b| *b == b'=').map(|cut| &pair[..cut]);
            name == Some(b"sas")
        })
    };
    let mut matches = 0;
    for &first in &alphabet {
        for &second in &alphabet {
            for &third in &alphabet {
                let line = [first, second, third, b'=', b'v'];
                let ours = ours([line.as_slice()].into_iter(), b"sas") != CookieValue::Absent;
                assert_eq!(ours, reference(&line), "{line:?}");
                matches += usize::from(ours);
            }
        }
    }
    assert_eq!(matches, 1);
}

#[test]
fn c_01_no_relative_of_our_name_is_our_name() {
    let relatives: [&[u8]; 20] = [
        b"__%48ost-session=v",
        b"__host-session=v",
        b"__HOST-session=v",
        b"__Host-Session=v",
        b"\x85__Host-session=v",
        b"\xa0__Host-session=v",
        b"\xc2\x85__Host-session=v",
        b"\xc2\xa0__Host-session=v",
        b"\xe1\x9a\x80__Host-session=v",
        b"\xe2\x80\x80__Host-session=v",
        b"\xe2\x80\xa8__Host-session=v",
        b"\xe3\x80\x80__Host-session=v",
        b"..Host-session=v",
        b"[_Host-session=v",
        b"__Host-session\x00=v",
        b"__Host-session%00=v",
        b"\x0b__Host-session=v",
        b"\r__Host-session=v",
        b"__Host-session =v",
        b"\"__Host-session\"=v",
    ];
    for relative in relatives {
        assert_eq!(read(relative), CookieValue::Absent, "{relative:?}");
    }
}

#[test]
fn c_02_nameless_cookies_are_ignored() {
    for line in [
        b"=__Host-session=v".as_slice(),
        b"==__Host-session=v",
        b"__Host-session",
        b"; __Host-session;",
        b"",
    ] {
        assert_eq!(read(line), CookieValue::Absent, "{line:?}");
    }
}

#[test]
fn c_03_quotes_and_commas_have_no_meaning() {
    assert_eq!(
        read(b"a=\"x; __Host-session=evil; b=y\"; __Host-session=real"),
        CookieValue::Ambiguous
    );
    assert_eq!(read(b"__Host-session=\"v\""), CookieValue::Value(b"\"v\""));
    assert_eq!(read(b"$Version=1, __Host-session=v"), CookieValue::Absent);
}

#[test]
fn c_04_one_bad_cookie_does_not_hide_ours() {
    let junk: [&[u8]; 5] = [
        b"x=caf\xc3\xa9; ",
        b"x=\xff\xfe; ",
        b";;;; ; =; a;\t",
        &b"k=v; ".repeat(1_000),
        &[&[b'j'; 4096][..], b"; "].concat(),
    ];
    for before in junk {
        let line = [before, b"__Host-session=v \t"].concat();
        assert_eq!(read(&line), CookieValue::Value(b"v"), "{before:?}");
    }
}

#[test]
fn c_05_duplicates_count_once_and_contradictions_not_at_all() {
    let both = |first: &'static [u8], second| ours([first, second].into_iter(), NAME);
    assert_eq!(
        read(b"__Host-session=a; __Host-session=a"),
        CookieValue::Value(b"a")
    );
    assert_eq!(
        read(b"__Host-session=a; __Host-session=b"),
        CookieValue::Ambiguous
    );
    assert_eq!(
        read(b"__Host-session=b; __Host-session=a"),
        CookieValue::Ambiguous
    );
    assert_eq!(
        both(b"__Host-session=a", b"__Host-session=a"),
        CookieValue::Value(b"a")
    );
    assert_eq!(
        both(b"__Host-session=a", b"__Host-session=b"),
        CookieValue::Ambiguous
    );
    assert_eq!(
        both(b"__Host-session=", b"__Host-session=b"),
        CookieValue::Ambiguous
    );
}

#[test]
fn c_06_our_cookie_is_found_on_any_line() {
    for nth in 0..10 {
        let mut lines = [b"a=b".as_slice(); 10];
        lines[nth] = b"__Host-session=v";
        assert_eq!(ours(lines.into_iter(), NAME), CookieValue::Value(b"v"));
    }
}

#[test]
fn c_07_large_headers_are_read_once_and_then_not_at_all() {
    for filler in [b";".as_slice(), b"a=b;", b"=", b"__Host-session;"] {
        let mut line = filler.repeat((SCAN_LIMIT - 20) / filler.len());
        line.extend_from_slice(b";__Host-session=v");
        assert_eq!(read(&line), CookieValue::Value(b"v"), "{filler:?}");
        let mut megabyte = filler.repeat(1024 * 1024 / filler.len());
        megabyte.extend_from_slice(b";__Host-session=v");
        assert_eq!(read(&megabyte), CookieValue::Ambiguous, "{filler:?}");
    }
    let lines = std::iter::repeat_n([b'x'; 1024].as_slice(), 65);
    assert_eq!(ours(lines, NAME), CookieValue::Ambiguous);
}

#[test]
fn c_01_a_cookie_beside_ours_is_ours_up_to_its_point() {
    let line = b"__Host-session=v;__Host-session.a=b=c; __Host-session~d=; __Host-session.e; \
                 __host-session.f=g; x__Host-session.h=i; __Host-sessions.j=k; __Host-session.l =m";
    let found: Vec<_> = beside([line.as_slice()].into_iter(), NAME).collect();
    let expected: [(&[u8], &[u8]); 3] = [(b".a", b"b=c"), (b"~d", b""), (b".l ", b"m")];
    assert_eq!(found, expected);
    assert!(find([line.as_slice()].into_iter(), NAME).is_any_beside);
    for line in [
        "",
        "a=b",
        "__Host-session=v; __Host-sessions=w; __host-session.a=b",
    ] {
        let found = find([line.as_bytes()].into_iter(), NAME);
        assert!(!found.is_any_beside, "{line:?}");
    }
}
