//! Fields of a `#[serde(flatten)]` struct.

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    id: u8,
    #[serde(flatten)]
    rights: Rights,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Rights {
    admin: bool,
    settings: Settings,
    born: chrono::NaiveDate,
}

#[test]
fn a_flattened_struct_is_read_from_columns_that_say_what_they_are() {
    assert_eq!(Wants::of::<Flat>(), Some(Wants::All));
    let columns = [
        Column::new("id", "INTEGER"),
        Column::new("admin", "BOOLEAN"),
        Column::new("settings", "TEXT"),
        Column::new("born", "DATE"),
        Column::new("other", "BLOB"),
    ];
    let values = [
        Value::Integer(1),
        Value::Integer(1),
        Value::Text(r#"{"theme": "dark"}"#),
        Value::Text("2026-11-26"),
        Value::Blob(b"x"),
    ];
    let flat: Flat = user(&columns, &row(&values)).unwrap();
    assert!(flat.rights.admin && flat.rights.settings == dark());
}

/// Fields that serde reads from values which were taken before the field was known.
#[derive(Debug, PartialEq, Deserialize)]
struct Outer {
    id: u8,
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    profile: Profile,
    last: String,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Times {
    created: chrono::DateTime<chrono::Utc>,
    updated: chrono::DateTime<chrono::Utc>,
    seen: Option<time::OffsetDateTime>,
    local: chrono::NaiveDateTime,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Profile {
    verified: bool,
    admin: Option<bool>,
    #[serde(default)]
    theme: String,
    note: String,
    logins: i64,
    avatar: Vec<u8>,
    key: uuid::Uuid,
    tags: Vec<String>,
    anything: serde_json::Value,
}

const OUTER: [(&str, Value<'static>); 15] = [
    ("id", Value::Integer(1)),
    // In no order that helps.
    ("avatar", Value::Blob(b"png")),
    ("updated", Value::Text("2026-11-26 11:32:29")),
    ("theme", Value::Null),
    ("verified", Value::Integer(1)),
    ("created", Value::Text("2026-11-26 11:32:28")),
    ("other", Value::Blob(b"unread")),
    ("note", Value::Text("[]")),
    ("local", Value::Text("2026-11-26 11:32:28")),
    ("logins", Value::Real(7.0)),
    ("admin", Value::Text("False")),
    ("key", Value::Blob(&[0x11; 16])),
    ("tags", Value::Text(r#"["a"]"#)),
    ("seen", Value::Text("2026-11-26 11:32:28")),
    ("anything", Value::Text(r#"{"a": 1}"#)),
];

fn outer(more: &[(&str, Value<'_>)]) -> Result<Outer, String> {
    let last = ("last", Value::Text("{}"));
    let but = |(name, value)| {
        let other = more.iter().find(|(other, _)| *other == name);
        (name, other.map_or(value, |(_, value)| *value))
    };
    let (names, values): (Vec<_>, Vec<_>) = OUTER.into_iter().chain([last]).map(but).unzip();
    let columns: Vec<_> = names.iter().map(|name| Column::new(name, "")).collect();
    let row = row(&values);
    let first = user(&columns, &row);
    let again = user(&columns, &row);
    assert_eq!(
        first.as_ref().map_err(ToString::to_string),
        again.as_ref().map_err(ToString::to_string)
    );
    first.map_err(|error| error.to_string())
}

#[test]
fn a_flattened_field_takes_what_it_would_take_outside() {
    let read = outer(&[]).unwrap();
    assert_eq!(read.times.created.to_rfc3339(), "2026-11-26T11:32:28+00:00");
    assert_eq!(read.times.updated.to_rfc3339(), "2026-11-26T11:32:29+00:00");
    assert_eq!(read.times.local, read.times.created.naive_utc());
    let seen = read.times.seen.map(time::OffsetDateTime::unix_timestamp);
    assert_eq!(seen, Some(read.times.created.timestamp()));
    assert_eq!(
        read.profile,
        Profile {
            verified: true,
            admin: Some(false),
            theme: String::new(),
            note: "[]".into(),
            logins: 7,
            avatar: b"png".into(),
            key: uuid::Uuid::from_bytes([0x11; 16]),
            tags: vec!["a".into()],
            anything: serde_json::json!({"a": 1}),
        }
    );
    assert_eq!(read.last, "{}");
}

#[test]
fn a_flattened_field_that_takes_nothing_names_its_column() {
    for (column, value, error) in [
        (
            "updated",
            Value::Text("yesterday"),
            "input contains invalid characters",
        ),
        ("verified", Value::Integer(2), "integer, expected a boolean"),
        ("note", Value::Null, "NULL, expected a string"),
        (
            "logins",
            Value::Real(0.5),
            "floating point number, expected i64",
        ),
        ("tags", Value::Text("a, b"), "text, expected a sequence"),
    ] {
        let read = outer(&[(column, value)]);
        assert_eq!(read, Err(format!("column `{column}`: {error}")));
    }
}
