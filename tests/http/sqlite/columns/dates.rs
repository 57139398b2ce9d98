//! Dates and times, for types that read one form of text and no other.

use std::fmt;

use locals::{Error, StoreError};
use serde::{
    Deserialize, Deserializer,
    de::{self, Unexpected, Visitor},
};

use super::{ada, open, signed_in};
use crate::{
    rig::{ADA, BOB},
    sqlite::Database,
};

/// RFC 3339, as chrono's `DateTime` reads it; kept without a fraction.
#[derive(Debug, PartialEq)]
struct Instant(String);

/// `2026-11-26T11:32:28` and no more, as of a clock on a wall.
#[derive(Debug, PartialEq)]
struct Local(String);

/// Asks for a text, and takes it if the function does.
struct Text(fn(&str) -> Option<String>);

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date and a time")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        (self.0)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Whether digits stand where the shape has zeros, and else what it has.
fn has_shape(text: &str, shape: &str) -> bool {
    let mut bytes = text.bytes().zip(shape.bytes());
    let fits = |(byte, shape): (u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() == shape.len() && bytes.all(fits)
}

fn instant(text: &str) -> Option<String> {
    let (moment, rest) = text.split_at_checked(19)?;
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let is_offset = offset == "Z" || has_shape(offset, "+00:00") || has_shape(offset, "-00:00");
    let is_whole = has_shape(moment, "0000-00-00T00:00:00") && is_offset;
    is_whole.then(|| format!("{moment}{offset}"))
}

fn local(text: &str) -> Option<String> {
    has_shape(text, "0000-00-00T00:00:00").then(|| text.to_owned())
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(instant)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Local {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(local)).map(Self)
    }
}

#[tokio::test]
async fn a_timestamp_of_the_database_is_read_in_the_form_of_the_type() {
    #[derive(Deserialize)]
    struct Member {
        created: Instant,
        changed: Local,
        gone: Option<Instant>,
    }

    let database = Database::with(
        "CREATE TABLE users (
            id INTEGER PRIMARY KEY, gone TEXT,
            created TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
            changed TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
         );
         INSERT INTO users (id) VALUES (1)",
    );
    let now: String = database
        .app()
        .query_row("SELECT replace(created, ' ', 'T') FROM users", [], |row| {
            row.get(0)
        })
        .expect("a user");
    let member: Member = ada(&database).await;
    assert_eq!(member.created, Instant(format!("{now}Z")));
    assert_eq!(member.changed, Local(now));
    assert_eq!(member.gone, None);
}

#[tokio::test]
async fn a_date_is_read_however_the_text_is_written() {
    #[derive(Deserialize)]
    struct Dated {
        at: Instant,
    }

    for (text, expected) in [
        ("2026-11-26 11:32:28", "2026-11-26T11:32:28Z"),
        ("2026-11-26 11:32", "2026-11-26T11:32:00Z"),
        ("2026-11-26 11:32:28.25", "2026-11-26T11:32:28Z"),
        ("2026-11-26 13:32:28+02:00", "2026-11-26T13:32:28+02:00"),
        ("2026-11-26T11:32:28.5Z", "2026-11-26T11:32:28Z"),
    ] {
        let database = Database::with(&format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, at TEXT);
             INSERT INTO users VALUES (1, '{text}')"
        ));
        let user: Dated = ada(&database).await;
        assert_eq!(user.at, Instant(expected.to_owned()), "{text}");
    }
}

#[tokio::test]
async fn a_number_is_a_date_where_the_field_says_of_what() {
    #[derive(Deserialize)]
    struct Counted {
        #[serde(with = "locals::column::unix_seconds")]
        born: Instant,
        #[serde(with = "locals::column::unix_seconds")]
        married: Option<Instant>,
        #[serde(with = "locals::column::unix_millis")]
        seen: Instant,
        #[serde(with = "locals::column::unix_millis")]
        gone: Option<Instant>,
    }

    let database = Database::with(
        "CREATE TABLE users (
            id INTEGER PRIMARY KEY, born INTEGER, married INTEGER, seen INTEGER, gone INTEGER
         );
         INSERT INTO users VALUES (1, -1, 951782400, 1795692748999, NULL)",
    );
    let user: Counted = ada(&database).await;
    assert_eq!(user.born, Instant("1969-12-31T23:59:59Z".to_owned()));
    let leap_day = Instant("2000-02-29T00:00:00Z".to_owned());
    assert_eq!(user.married, Some(leap_day));
    assert_eq!(user.seen, Instant("2026-11-26T11:32:28Z".to_owned()));
    assert_eq!(user.gone, None);
}

/// Nothing in the column says whether it is seconds.
#[tokio::test]
async fn a_number_is_no_date_otherwise_and_the_reason_says_what_to_write() {
    #[derive(Deserialize)]
    struct Dated {
        #[allow(dead_code, reason = "there is none")]
        at: Instant,
    }

    let database = Database::with(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, at INTEGER);
         INSERT INTO users VALUES (1, 1795692748)",
    );
    let auth = open::<Dated>(&database).expect("the columns fit");
    let refused = auth.create_session(ADA).await.expect_err("no date");
    let reason = refused.to_string();
    assert!(reason.contains("locals::column::unix_seconds"), "{reason}");
    assert!(!reason.contains("1795692748"), "{reason}");
}

/// Not a missing column: somebody is to find it in the table.
#[tokio::test]
async fn a_null_is_called_a_null_whoever_was_read_before() {
    #[derive(Deserialize)]
    struct Dated {
        at: Instant,
    }

    let database = Database::with(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, at TEXT);
         INSERT INTO users VALUES (1, '2026-11-26 11:32:28'), (2, NULL)",
    );
    let auth = open::<Dated>(&database).expect("the columns fit");
    for _ in 0..2 {
        let refused = auth.create_session(BOB).await;
        let Err(Error::Store(StoreError::UserUnreadable { reason, .. })) = &refused else {
            panic!("a NULL is no date: {refused:?}");
        };
        assert!(reason.contains("`at`"), "{reason}");
        assert!(reason.contains("NULL"), "{reason}");
        let ada = signed_in(&auth, ADA).await;
        assert_eq!(ada.at, Instant("2026-11-26T11:32:28Z".to_owned()));
    }
}
