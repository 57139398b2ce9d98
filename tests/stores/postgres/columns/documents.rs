//! JSON, arrays, composite types: what has parts.

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

#[derive(Debug, PartialEq, Deserialize)]
struct Pair {
    a: i32,
    b: String,
}

fn pair() -> Pair {
    Pair {
        a: 1,
        b: "x".to_owned(),
    }
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

cells! {
    json_documents {
        binary: "jsonb", r#"{"theme": "dark"}"# => Settings = dark();
        plain: "json", r#"{"theme": "dark"}"# => Settings = dark();
        null: "jsonb", "null" => Option<Settings> = None;
        missing: "jsonb", "NULL" => Option<Settings> = None;
        pair: "jsonb", "[1, 2]" => (u8, u8) = (1, 2);
        number: "jsonb", "12" => Value = json!(12);
        text: "jsonb", r#""x""# => Value = json!("x");
        any: "json", r#"{"a": [1, null]}"# => Value = json!({"a": [1, null]});
        variant: "jsonb", r#"{"Paid": {"months": 3}}"# => Plan = Plan::Paid { months: 3 };
        word: "text", "Free" => Plan = Plan::Free;
        written: "jsonb", r#"{"theme": "dark"}"# => String = r#"{"theme": "dark"}"#.to_owned();
        map: "jsonb", r#"{"k": 1}"# => BTreeMap<String, u8> = BTreeMap::from([("k".to_owned(), 1)]);
    }
}

cells! {
    a_variant_without_fields_in_json {
        free: "jsonb", r#""Free""# => Plan = Plan::Free;
        paid: "jsonb", r#"{"Paid": {"months": 3}}"# => Plan = Plan::Paid { months: 3 };
    }
}

cells! {
    arrays {
        texts: "text[]", "{a,b}" => Vec<String> = texts(["a", "b"]);
        empty: "text[]", "{}" => Vec<String> = Vec::new();
        with_null: "text[]", "{a,NULL}" => Vec<Option<String>> = vec![Some("a".to_owned()), None];
        numbers: "integer[]", "{1,2}" => Vec<i32> = vec![1, 2];
        nested: "integer[][]", "{{1,2},{3,4}}" => Vec<Vec<i32>> = vec![vec![1, 2], vec![3, 4]];
        missing: "text[]", "NULL" => Option<Vec<String>> = None;
        any: "integer[]", "{1,2}" => Value = json!([1, 2]);
    }
}

cells! {
    composite_types {
        plain: "auth.pair", "(1,x)" => Pair = pair();
        list: "auth.pair[]", r#"{"(1,x)"}"# => Vec<Pair> = vec![pair()];
        map: "hstore", "k=>v, n=>NULL" => BTreeMap<String, Option<String>>
            = BTreeMap::from([("k".to_owned(), Some("v".to_owned())), ("n".to_owned(), None)]);
    }
}
