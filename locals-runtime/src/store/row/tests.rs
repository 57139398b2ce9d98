//! Rows as the application's type, and rows that are none.

use super::*;
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

fn read(row: [Value<'static>; 8]) -> Result<Account, RowError> {
    user(columns::<Account>().unwrap(), |column| Ok(row[column]))
}

#[test]
fn a_type_tells_its_columns() {
    assert_eq!(
        columns::<Account>().unwrap(),
        [
            "id", "email", "isAdmin", "role", "score", "nickName", "avatar", "key"
        ]
    );
    assert_eq!(columns::<std::collections::HashMap<String, String>>(), None);
    assert_eq!(columns::<u64>(), None);
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
    ] {
        let mut row = ROW;
        row[column] = value;
        assert_eq!(read(row).unwrap_err().to_string(), expected);
    }
}
