//! Cookies that were never written here.

use super::*;

/// None is an error, each is gone after it was asked for.
#[test]
fn what_somebody_else_wrote_is_nothing() {
    let not_utf_8 = value::encode(b"\"\xff\"");
    let trailing = value::encode(br#""x" "y""#);
    let long = "A".repeat(LIMIT + 1);
    let bad = [
        "",
        "=",
        "Ingi=",
        "Ing",
        "Ingj!",
        "\"Ingi\"",
        "%49ngi",
        "In gi",
        "a.b",
        "Nw",
        "IngiIA=",
        not_utf_8.as_str(),
        trailing.as_str(),
        long.as_str(),
    ];
    for value in bad {
        let values = brought(&format!(
            "__Host-session.a={value}; __Host-session~flash={value}"
        ));
        assert_eq!(values.take::<String>("a"), None, "{value:?}");
        assert!(values.flashes().is_empty(), "{value:?}");
        assert_eq!(
            told(&values),
            ["__Host-session.a=-", "__Host-session~flash=-"],
            "{value:?}"
        );
    }
    let values = brought_by(&[b"__Host-session.a=\xff\xfe"]);
    assert_eq!(values.take::<String>("a"), None);
}

#[test]
fn c_05_two_values_of_one_name_are_none() {
    let twice = |one: &str, other: &str| {
        let (one, other) = (
            format!("__Host-session.a={one}"),
            format!("__Host-session.a={other}"),
        );
        let values = brought_by(&[one.as_bytes(), other.as_bytes()]);
        let taken = values.take::<String>("a");
        assert_eq!(told(&values), ["__Host-session.a=-"], "{one}, {other}");
        taken
    };
    assert_eq!(twice(X, X).as_deref(), Some("x"));
    for (one, other) in [(X, "Inki"), ("Inki", X), (X, "!"), ("!", X), ("!", "?")] {
        assert_eq!(twice(one, other), None, "{one}, {other}");
    }
}

#[test]
fn c_01_only_the_exact_name_is_a_value_s() {
    for name in [
        "__host-session.a",
        "__Host-session.A",
        "__Host-session..a",
        "__Host-session.a.b",
        "session.a",
        "__Host-session.a ",
        "__Host-session~a",
        "__Host-session-a",
        "x__Host-session.a",
        ".a",
    ] {
        let values = brought(&format!("{name}={X}"));
        assert_eq!(values.take::<String>("a"), None, "{name}");
    }
    let values = brought(&format!("x=\"; \t__Host-session.a={X}\t ;y=\""));
    assert_eq!(values.take::<String>("a").as_deref(), Some("x"));
}

#[test]
fn c_07_a_thousand_names_are_fifty() {
    let names: Vec<_> = (0..1000)
        .map(|n| format!("__Host-session.n{n}={X}"))
        .collect();
    let values = brought(&names.join(";"));
    values.drop_values();
    assert_eq!(told(&values).len(), MOST_VALUES);
}
