//! Columns that are not there, or there twice: what a type cannot do without is found out at the start,
//! with no user in the table.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{ada, open};
use crate::sqlite::Database;

fn empty_table(columns: &str) -> Database {
    Database::with(&format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY{columns})"
    ))
}

/// The refusal's text, with each of these words in it; nothing was made.
fn refusal<U>(database: &Database, words: &[&str]) -> String
where
    U: DeserializeOwned + Send + Sync + 'static,
{
    let text = open::<U>(database).expect_err("no fit").to_string();
    for word in words {
        assert!(text.contains(word), "no {word:?} in: {text}");
    }
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'locals%'";
    assert_eq!(database.number(ours), 0, "{text}");
    text
}

#[derive(Debug, PartialEq, Deserialize)]
struct Reachable {
    id: i64,
    #[serde(alias = "mail", alias = "e_mail")]
    email: String,
    phone: Option<String>,
    #[serde(default)]
    visits: u32,
}

#[test]
fn a_missing_column_is_named_with_table_and_type_before_there_is_a_user() {
    let refused = [
        "",
        ", phone TEXT",
        ", phone TEXT, visits INTEGER",
        ", visits INTEGER",
    ];
    for columns in refused {
        let database = empty_table(columns);
        let words = ["`users`", "no column `email`", "Reachable"];
        let text = refusal::<Reachable>(&database, &words);
        assert!(!text.contains("no column `phone`"), "{text}");
        database.run("ALTER TABLE users ADD COLUMN email TEXT");
        open::<Reachable>(&database).expect("an `Option` and a default can do without");
    }
}

/// Such a field takes a number, and no NULL.
#[test]
fn a_missing_column_is_named_beside_a_date_in_seconds() {
    #[derive(Deserialize)]
    #[allow(dead_code, reason = "never made")]
    struct Born {
        #[serde(with = "locals::column::unix_seconds")]
        born: String,
        email: String,
    }

    let words = ["`users`", "no column `email`", "Born"];
    refusal::<Born>(&empty_table(", born INTEGER"), &words);
    open::<Born>(&empty_table(", born INTEGER, email TEXT")).expect("the columns fit");
}

#[test]
fn a_missing_column_is_named_beside_a_flattened_struct() {
    #[derive(Deserialize)]
    #[allow(dead_code, reason = "never made")]
    struct Flat {
        email: String,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }

    let words = ["`users`", "no column `email`", "Flat"];
    refusal::<Flat>(&empty_table(", admin BOOLEAN"), &words);
    open::<Flat>(&empty_table(", admin BOOLEAN, email TEXT")).expect("the columns fit");
}

#[tokio::test]
async fn a_column_with_another_name_of_the_field_will_do() {
    for name in ["email", "mail", "E_Mail"] {
        let database = empty_table(&format!(", {name} TEXT"));
        database.run("INSERT INTO users VALUES (1, 'ada@example.com')");
        let expected = Reachable {
            id: 1,
            email: "ada@example.com".to_owned(),
            phone: None,
            visits: 0,
        };
        assert_eq!(ada::<Reachable>(&database).await, expected, "{name}");
    }
}

/// Either might be meant.
#[test]
fn two_columns_for_one_field_are_refused() {
    for (columns, names) in [
        (", email TEXT, mail TEXT", ["`email`", "`mail`"]),
        (", mail TEXT, e_mail TEXT", ["`mail`", "`e_mail`"]),
    ] {
        let words = [
            "`users`",
            "the field `email`",
            "Reachable",
            names[0],
            names[1],
        ];
        refusal::<Reachable>(&empty_table(columns), &words);
    }
}
