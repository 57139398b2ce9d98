//! Answers as servers send them, in one piece and in others, and what is none.

use super::*;

/// All answers in these bytes, of which `step` arrive at a time.
fn decoded_by(step: usize, bytes: &[u8]) -> Result<Vec<Value>, Malformed> {
    let mut decoder = Decoder::default();
    let (mut values, mut arrived) = (Vec::new(), Vec::new());
    for part in bytes.chunks(step) {
        arrived.extend_from_slice(part);
        loop {
            let (used, value) = decoder.next(&arrived)?;
            arrived.drain(..used);
            match value {
                Some(value) => values.push(value),
                None => break,
            }
        }
    }
    assert!(
        arrived.is_empty() && decoder.open.is_empty(),
        "all was used"
    );
    Ok(values)
}

fn decoded(bytes: &str) -> Vec<Value> {
    let bytes = bytes.as_bytes();
    let whole = decoded_by(bytes.len(), bytes).unwrap();
    for step in [1, 2, 3, 7] {
        let in_parts = decoded_by(step, bytes).unwrap();
        assert!(in_parts == whole, "in parts of {step}");
    }
    whole
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn refused(code: &str, detail: &str) -> Value {
    Value::Refused(Refusal {
        code: code.to_owned(),
        detail: detail.to_owned(),
    })
}

#[test]
fn every_type_of_the_protocol_is_read_whole_and_in_parts() {
    for (bytes, expected) in [
        ("+OK\r\n", text("OK")),
        ("$5\r\na\r\nb\n\r\n", text("a\r\nb\n")),
        ("$0\r\n\r\n", text("")),
        ("=7\r\ntxt:a:b\r\n", text("a:b")),
        (",1.5\r\n", text("1.5")),
        ("(349\r\n", text("349")),
        (":-7\r\n", Value::Integer(-7)),
        (":+7\r\n", Value::Integer(7)),
        ("#t\r\n", Value::Integer(1)),
        ("#f\r\n", Value::Integer(0)),
        ("_\r\n", Value::Nil),
        ("$-1\r\n", Value::Nil),
        ("*-1\r\n", Value::Nil),
        ("-OOM no room\r\n", refused("OOM", "no room")),
        ("-LOADING\r\n", refused("LOADING", "")),
        ("-ERR a\nb\r\n", refused("ERR", "a\nb")),
        ("!8\r\nERR a\r\nb\r\n", refused("ERR", "a\r\nb")),
        ("*0\r\n", Value::List(vec![])),
        ("%0\r\n", Value::Map(vec![])),
        ("~1\r\n:1\r\n", Value::List(vec![Value::Integer(1)])),
        (
            "*2\r\n*1\r\n+a\r\n%1\r\n+k\r\n*0\r\n",
            Value::List(vec![
                Value::List(vec![text("a")]),
                Value::Map(vec![(text("k"), Value::List(vec![]))]),
            ]),
        ),
    ] {
        let values = decoded(bytes);
        assert!(values == [expected], "{bytes:?}: {values:?}");
    }
}

#[test]
fn answers_follow_each_other() {
    let values = decoded("+a\r\n*1\r\n$1\r\nb\r\n-ERR c\r\n:1\r\n");
    let expected = [
        text("a"),
        Value::List(vec![text("b")]),
        refused("ERR", "c"),
        Value::Integer(1),
    ];
    assert!(values == expected, "{values:?}");
}

#[test]
fn what_was_not_asked_for_is_no_answer() {
    for (bytes, expected) in [
        (">2\r\n+invalidate\r\n*1\r\n+k\r\n:1\r\n", Value::Integer(1)),
        (">0\r\n:1\r\n", Value::Integer(1)),
        ("|1\r\n+ttl\r\n:9\r\n:1\r\n", Value::Integer(1)),
        ("|0\r\n:1\r\n", Value::Integer(1)),
        (
            "*2\r\n|1\r\n+ttl\r\n*1\r\n:9\r\n:1\r\n:2\r\n",
            Value::List(vec![Value::Integer(1), Value::Integer(2)]),
        ),
    ] {
        let values = decoded(bytes);
        assert!(values == [expected], "{bytes:?}: {values:?}");
    }
}

#[test]
fn what_is_no_answer_is_told_and_takes_no_room() {
    let deep = "*1\r\n".repeat(100_000);
    let long = format!("+{}", "a".repeat(LONGEST_LINE));
    for bytes in [
        "HTTP/1.1 400 Bad Request\r\n",
        "\r\n",
        ":\r\n",
        ":one\r\n",
        ":99999999999999999999\r\n",
        "$-2\r\n",
        "$1\r\nab\r\n",
        "$99999999999\r\n",
        "!99999999\r\n",
        "$?\r\n",
        "!-1\r\n",
        "=-1\r\n",
        "=1\r\na\r\n",
        "*-2\r\n",
        "*?\r\n",
        "*1\r\n>1\r\n+a\r\n",
        "?1\r\n",
        &deep,
        &long,
    ] {
        let start: String = bytes.chars().take(20).collect();
        assert_eq!(
            decoded_by(bytes.len(), bytes.as_bytes()).err(),
            Some(Malformed),
            "{start:?}"
        );
    }
    // A server that announces much has sent little.
    for announced in ["*1000000000000\r\n", "%9223372036854775807\r\n"] {
        let decoded = Decoder::default().next(announced.as_bytes());
        assert_eq!(decoded, Ok((announced.len(), None)));
    }
}

/// Neither of an answer, nor of what is said about one.
#[test]
fn an_answer_without_end_comes_to_an_end() {
    for start in [
        "*1000000000000\r\n",
        "|1000000000000\r\n",
        ">1000000000000\r\n",
    ] {
        let mut decoder = Decoder::default();
        decoder.next(start.as_bytes()).unwrap();
        let nothing = "_\r\n".repeat(1024);
        let mut parts = (0..).map(|_: u64| decoder.next(nothing.as_bytes()));
        let ended = parts.position(|part| part == Err(Malformed));
        assert_eq!(ended, Some(MOST_VALUES / 1024 - 1), "{start:?}");
    }
    let text = format!("${}\r\n{}\r\n", LONGEST / 2, "a".repeat(LONGEST / 2));
    let mut decoder = Decoder::default();
    decoder.next(b"*3\r\n").unwrap();
    decoder.next(text.as_bytes()).unwrap();
    assert_eq!(decoder.next(text.as_bytes()), Err(Malformed));
    let mut decoder = Decoder::default();
    for _ in 0..3 {
        let (_, value) = decoder.next(text.as_bytes()).unwrap();
        assert!(value.is_some(), "each of them is one answer");
    }
}

/// Whatever arrives, in whatever parts: an end, and the same one.
#[test]
fn no_bytes_are_read_in_two_ways() {
    let mut random = fastrand::Rng::with_seed(7);
    let pieces: [&[u8]; 16] = [
        b"*2\r\n",
        b"%1\r\n",
        b"$3\r\n",
        b"abc\r\n",
        b":1\r\n",
        b"+a\r\n",
        b"-E x\r\n",
        b"_\r\n",
        b"|1\r\n",
        b">1\r\n",
        b"~1\r\n",
        b"$-1\r\n",
        b"\r\n",
        b"=5\r\ntxt:a\r\n",
        b"*0\r\n",
        b"9",
    ];
    let read = |step: usize, bytes: &[u8]| {
        let mut decoder = Decoder::default();
        let (mut values, mut arrived) = (Vec::new(), Vec::new());
        for part in bytes.chunks(step) {
            arrived.extend_from_slice(part);
            loop {
                match decoder.next(&arrived) {
                    Ok((used, value)) => {
                        arrived.drain(..used);
                        match value {
                            Some(value) => values.push(value),
                            None => break,
                        }
                    }
                    Err(Malformed) => return (values, true),
                }
            }
        }
        (values, false)
    };
    for _ in 0..20_000 {
        let count = random.usize(1..12);
        let bytes: Vec<u8> = (0..count)
            .flat_map(|_| pieces[random.usize(..pieces.len())])
            .copied()
            .collect();
        let whole = read(bytes.len(), &bytes);
        for step in [1, 3] {
            assert!(
                read(step, &bytes) == whole,
                "{:?}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}
