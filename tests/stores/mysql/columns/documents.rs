//! JSON: a type of its own in MySQL, a text that is checked in MariaDB.

use super::cells;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
struct Settings {
    theme: String,
}

fn dark() -> Settings {
    Settings {
        theme: "dark".to_owned(),
    }
}

#[derive(Debug, PartialEq, Deserialize)]
enum Plan {
    Free,
    Paid { months: u8 },
}

cells! {
    json_documents {
        object: "json", r#"{"theme": "dark"}"# => Settings = dark();
        null: "json", "null" => Option<Settings> = None;
        missing: "json", "NULL" => Option<Settings> = None;
        pair: "json", "[1, 2]" => (u8, u8) = (1, 2);
        list: "json", r#"["a", "b"]"# => Vec<String> = vec!["a".to_owned(), "b".to_owned()];
        number: "json", "12" => Value = json!(12);
        text: "json", r#""x""# => Value = json!("x");
        truth: "json", "true" => Value = json!(true);
        any: "json", r#"{"a": [1, null]}"# => Value = json!({"a": [1, null]});
        variant: "json", r#"{"Paid": {"months": 3}}"# => Plan = Plan::Paid { months: 3 };
        word: "varchar(9)", "Free" => Plan = Plan::Free;
        written: "json", r#"{"theme": "dark"}"# => String = r#"{"theme": "dark"}"#.to_owned();
        map: "json", r#"{"k": 1}"# => BTreeMap<String, u8> = BTreeMap::from([("k".to_owned(), 1)]);
        letters: "json", r#"{"theme": "Zoë 🦀"}"# => Settings
            = Settings { theme: "Zoë 🦀".to_owned() };
    }
}

cells! {
    a_variant_without_fields_in_json {
        free: "json", r#""Free""# => Plan = Plan::Free;
        paid: "json", r#"{"Paid": {"months": 3}}"# => Plan = Plan::Paid { months: 3 };
    }
}

cells! {
    json_in_texts {
        object: "text", r#"{"theme": "dark"}"# => Settings = dark();
        list: "longtext", "[1, 2]" => Vec<u8> = vec![1, 2];
        any: "longtext", r#"{"a": [1, null]}"# => Value = json!({"a": [1, null]});
        word: "longtext", "12" => Value = json!("12");
    }
}
