//! Rows as the application's type, and rows that are none.

use super::*;
use crate::store::sql::Wants;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
enum Role {
    #[serde(rename = "admin")]
    Admin,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Email(String);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    id: u32,
    email: Email,
    is_admin: bool,
    role: Role,
    score: f64,
    nick_name: Option<String>,
    avatar: Option<Vec<u8>>,
    key: [u8; 2],
    #[serde(skip)]
    cached: u8,
}

const NAMES: [&str; 8] = [
    "id", "email", "isAdmin", "role", "score", "nickName", "avatar", "key",
];

const ROW: [Value<'static>; 8] = [
    Value::Integer(7),
    Value::Text("ada@example.com"),
    Value::Integer(1),
    Value::Text("admin"),
    Value::Integer(3),
    Value::Null,
    Value::Blob(b"png"),
    Value::Blob(b"ab"),
];

fn row(values: &[Value<'_>]) -> OwnedRow {
    let mut row = OwnedRow::with_capacity(values.len());
    for value in values {
        match *value {
            Value::Null => row.push_null(),
            Value::Integer(number) => row.push_integer(number),
            Value::Unsigned(number) => row.push_unsigned(number),
            Value::Real(number) => row.push_real(number),
            Value::Text(text) => row.push_text(text.as_bytes()),
            Value::Blob(bytes) => row.push_blob(bytes),
            Value::Bool(bool) => row.push_bool(bool),
            Value::Number(digits) => row.push_number(digits),
            Value::Json(text) => row.push_json(text.as_bytes()),
            other => unreachable!("{other:?} is in no database"),
        }
    }
    row
}

fn read(values: [Value<'static>; 8]) -> Result<Account, RowError> {
    user(&NAMES.map(|name| Column::new(name, "")), &row(&values))
}

#[test]
fn a_type_tells_its_columns() {
    assert_eq!(Wants::of::<Account>(), Some(Wants::These(&NAMES)));
    assert_eq!(
        Wants::of::<std::collections::HashMap<String, String>>(),
        None
    );
    assert_eq!(Wants::of::<u64>(), None);
}

#[test]
fn a_row_becomes_the_applications_type() {
    let account = read(ROW).unwrap();
    assert_eq!(account.email, Email("ada@example.com".into()));
    assert_eq!(account.role, Role::Admin);
    assert!(account.is_admin);
    assert_eq!(account.score, 3.0);
    assert_eq!(account.nick_name, None);
    assert_eq!(account.avatar.as_deref(), Some(b"png".as_slice()));
    assert_eq!((account.key, account.cached), (*b"ab", 0));
}

#[test]
fn a_row_that_does_not_fit_names_the_column() {
    for (column, value, expected) in [
        (
            0,
            Value::Integer(-1),
            "column `id`: integer that does not fit, expected u32",
        ),
        (0, Value::Text("secret"), "column `id`: text, expected u32"),
        (
            0,
            Value::Real(7.5),
            "column `id`: floating point number, expected u32",
        ),
        (1, Value::Null, "column `email`: NULL, expected a string"),
        (
            2,
            Value::Integer(2),
            "column `isAdmin`: integer, expected a boolean",
        ),
        (
            3,
            Value::Text("root"),
            "column `role`: an unknown variant, expected one of [\"admin\"]",
        ),
        (
            6,
            Value::Text("{\"secret\": 1}"),
            "column `avatar`: JSON that does not fit, expected a sequence (line 1, column 1)",
        ),
        (
            6,
            Value::Text("[secret"),
            "column `avatar`: text that is not the JSON which is asked for (line 1, column 2)",
        ),
    ] {
        let mut row = ROW;
        row[column] = value;
        assert_eq!(read(row).unwrap_err().to_string(), expected);
    }
}

/// One field of this type, from a column that is declared so.
fn cell<T: serde::de::DeserializeOwned>(declared: &str, value: Value<'_>) -> Result<T, String> {
    #[derive(Deserialize)]
    struct One<T> {
        value: T,
    }
    let columns = [Column::new("value", declared)];
    let row = row(&[value]);
    let first: Result<One<T>, _> = user(&columns, &row);
    // What it was taken as is remembered, and is no other value then.
    let second: Result<One<T>, _> = user(&columns, &row);
    assert_eq!(first.is_ok(), second.is_ok());
    second
        .map(|one| one.value)
        .map_err(|error| error.to_string())
}

#[test]
fn json_that_does_not_fit_says_what_is_missing_or_expected_and_no_value() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "nobody looks at it")]
    struct Settings {
        size: u8,
    }

    for (text, reason) in [
        ("{}", "JSON that does not fit: missing field `size`"),
        (r#"{"size":300}"#, "JSON that does not fit, expected u8"),
        (
            r#"{"size":"a, expected secret"}"#,
            "JSON that does not fit, expected u8",
        ),
        (
            "{secret",
            "text that is not the JSON which is asked for (line 1",
        ),
        ("2026-11-26 11:32:28", "`serde-human-readable`"),
    ] {
        let error = cell::<Settings>("", Value::Text(text)).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
        assert!(
            !error.contains("secret") && !error.contains("300"),
            "{error}"
        );
    }
}

#[test]
fn a_number_where_any_text_would_do_is_taken_for_no_date() {
    let error = cell::<String>("", Value::Integer(7)).unwrap_err();
    assert_eq!(error, "column `value`: integer, expected a string");
}

/// The table of `UsersTable`'s documentation.
macro_rules! cells {
    ($($type:ty: $($declared:literal $value:expr => $expected:expr,)*;)*) => {$($(
        assert_eq!(
            cell::<$type>($declared, $value).as_ref().ok(),
            Option::<$type>::as_ref(&$expected),
            "{} from {:?} declared `{}`",
            stringify!($type),
            $value,
            $declared
        );
    )*)*};
}

mod dates;
mod flattened;
mod told;

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Settings {
    theme: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
enum Plan {
    Free,
    Paid { months: u8 },
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct Json<T>(T);

fn dark() -> Settings {
    Settings {
        theme: "dark".into(),
    }
}

#[test]
fn numbers_texts_and_booleans_are_what_the_field_asks_for() {
    cells! {
        i64: "" Value::Integer(7) => Some(7), "BOOL" Value::Integer(1) => Some(1), "REAL" Value::Real(7.0) => Some(7),
            "REAL" Value::Real(7.5) => None, "REAL" Value::Real(1e300) => None,
            "" Value::Text("7") => None, "" Value::Null => None,;
        u8: "" Value::Integer(255) => Some(255), "" Value::Integer(256) => None, "" Value::Integer(-1) => None,;
        f64: "" Value::Real(0.5) => Some(0.5), "" Value::Integer(2) => Some(2.0),;
        bool: "" Value::Integer(0) => Some(false), "" Value::Integer(1) => Some(true),
            "" Value::Integer(2) => None, "BOOLEAN" Value::Integer(1) => Some(true), "BOOLEAN" Value::Text("true") => Some(true),
            "BOOLEAN" Value::Text("FALSE") => Some(false), "" Value::Text("yes") => None,;
        String: "" Value::Text("ada") => Some("ada".into()), "" Value::Text("[1]") => Some("[1]".into()),
            "JSON" Value::Text("[1]") => Some("[1]".into()), "" Value::Integer(7) => None,
            "" Value::Text("2026-11-26 11:32:28") => Some("2026-11-26 11:32:28".into()),;
        char: "" Value::Text("x") => Some('x'), "" Value::Text("xy") => None,;
        Option<String>: "" Value::Null => Some(None), "" Value::Text("null") => Some(Some("null".into())),;
        Vec<u8>: "" Value::Blob(b"ab") => Some(b"ab".to_vec()), "" Value::Text("[1,2]") => Some(vec![1, 2]),;
        crate::UserId: "" Value::Integer(7) => Some(7_i64.into()), "" Value::Text("ada") => Some("ada".into()),
            "" Value::Text("{braces}") => Some("{braces}".into()),;
    }
}

#[test]
fn a_text_is_the_json_that_the_field_asks_for() {
    let object = r#"{"theme": "dark"}"#;
    cells! {
        Settings: "" Value::Text(object) => Some(dark()), "JSON" Value::Text(object) => Some(dark()),
            "" Value::Text("dark") => None, "" Value::Text(r#"{"theme": "dark"} more"#) => None,;
        Json<Settings>: "" Value::Text(object) => Some(Json(dark())),;
        Option<Settings>: "" Value::Text(object) => Some(Some(dark())), "" Value::Null => Some(None),
            "" Value::Text("null") => Some(None),;
        Vec<String>: "" Value::Text(r#"["a", "b"]"#) => Some(vec!["a".into(), "b".into()]),;
        (u8, u8): "" Value::Text("[1, 2]") => Some((1, 2)),;
        std::collections::BTreeMap<String, u8>: "" Value::Text(r#"{"a": 1}"#) => Some([("a".into(), 1)].into()),;
        Plan: "" Value::Text("Free") => Some(Plan::Free),
            "" Value::Text(r#"{"Paid": {"months": 3}}"#) => Some(Plan::Paid { months: 3 }),
            "" Value::Text("free") => None,;
        serde_json::Value: "" Value::Text(object) => Some(serde_json::json!({"theme": "dark"})),
            "" Value::Text(" [1]") => Some(serde_json::json!([1])),
            "JSON" Value::Text("12") => Some(serde_json::json!(12)),
            "jsonb" Value::Text("\"x\"") => Some(serde_json::json!("x")),
            "TEXT" Value::Text("12") => Some(serde_json::json!("12")),
            "TEXT" Value::Text("{no json") => Some(serde_json::json!("{no json")),
            "BOOL" Value::Integer(1) => Some(serde_json::json!(true)),
            "" Value::Null => Some(serde_json::Value::Null), "" Value::Integer(3) => Some(serde_json::json!(3)),;
    }
}

#[test]
fn a_uuid_is_read_in_every_usual_form() {
    let text = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let uuid = uuid::Uuid::parse_str(text).ok();
    let (upper, bare) = (text.to_uppercase(), text.replace('-', ""));
    cells! {
        uuid::Uuid: "" Value::Text(text) => uuid, "" Value::Text(&upper) => uuid, "" Value::Text(&bare) => uuid,
            "" Value::Blob(b"\x67\xe5\x50\x44\x10\xb1\x42\x6f\x92\x47\xbb\x68\x0e\x5f\xe0\xc8") => uuid,
            "" Value::Blob(b"short") => None, "" Value::Text("x") => None,;
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Lenient {
    id: u8,
    #[serde(default)]
    nickname: String,
    #[serde(alias = "mail")]
    email: String,
    phone: Option<String>,
}

fn lenient(columns: &[(&str, Value<'_>)]) -> Result<Lenient, String> {
    let (names, values): (Vec<_>, Vec<_>) = columns.iter().copied().unzip();
    let columns: Vec<_> = names.iter().map(|name| Column::new(name, "")).collect();
    user(&columns, &row(&values)).map_err(|error| error.to_string())
}

#[test]
fn serde_decides_what_a_type_can_do_without() {
    let (id, mail) = (("id", Value::Integer(1)), Value::Text("a@b"));
    let found = Lenient {
        id: 1,
        nickname: String::new(),
        email: "a@b".into(),
        phone: None,
    };
    for columns in [
        vec![id, ("email", mail)],
        vec![id, ("mail", mail)],
        vec![id, ("nickname", Value::Null), ("mail", mail)],
        vec![
            ("phone", Value::Null),
            id,
            ("nickname", Value::Null),
            ("mail", mail),
        ],
    ] {
        assert_eq!(lenient(&columns).as_ref(), Ok(&found), "{columns:?}");
    }
    assert_eq!(
        lenient(&[id, ("mail", Value::Null)]),
        Err("column `mail`: NULL, expected a string".to_owned())
    );
    assert_eq!(
        lenient(&[
            ("id", Value::Text("x")),
            ("nickname", Value::Null),
            ("mail", mail)
        ]),
        Err("column `id`: text, expected u8".to_owned())
    );
}

#[test]
fn what_is_missing_or_twice_is_found_without_a_row() {
    use crate::store::sql::{probe::probe, value::Cause};

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "never made")]
    struct Wide {
        id: uuid::Uuid,
        born: chrono::DateTime<chrono::Utc>,
        seen: time::OffsetDateTime,
        plan: Plan,
        settings: Json<Settings>,
        tags: Vec<String>,
        pair: (u8, bool),
        address: std::net::IpAddr,
        anything: serde_json::Value,
        last: f32,
    }
    let of =
        |names: &[&str]| -> Vec<_> { names.iter().map(|name| Column::new(name, "")).collect() };
    let Some(Wants::These(all)) = Wants::of::<Wide>() else {
        panic!("a struct has fields");
    };
    assert_eq!(probe::<Wide>(&of(all)), None);
    for (at, missing) in all.iter().enumerate() {
        let mut names = all.to_vec();
        names.remove(at);
        assert_eq!(probe::<Wide>(&of(&names)), Some(Cause::Missing(missing)));
    }
    assert_eq!(probe::<Lenient>(&of(&["id", "mail"])), None);
    assert_eq!(
        probe::<Lenient>(&of(&["id"])),
        Some(Cause::Missing("email"))
    );
    assert_eq!(
        probe::<Lenient>(&of(&["id", "email", "mail"])),
        Some(Cause::Duplicate("email"))
    );
}
