//! Values of which the database says what they are: booleans, decimal numbers, JSON.

use super::*;

#[test]
fn a_decimal_number_is_the_number_or_the_digits_that_the_field_asks_for() {
    const UNSIGNED: &str = "18446744073709551615";
    cells! {
        i64: "" Value::Number("12") => Some(12), "" Value::Number("-12.00") => Some(-12),
            "" Value::Number("12.5") => None, "" Value::Number("NaN") => None, "" Value::Number(UNSIGNED) => None,;
        u8: "" Value::Number("255.0") => Some(255), "" Value::Number("256") => None, "" Value::Number("-1") => None,;
        u64: "" Value::Number(UNSIGNED) => Some(u64::MAX),;
        f64: "" Value::Number("12.5") => Some(12.5), "" Value::Number("12") => Some(12.0),
            "" Value::Number("Infinity") => Some(f64::INFINITY),;
        f32: "" Value::Number("0.1") => Some(0.1),;
        String: "" Value::Number("12.50") => Some("12.50".into()),;
        Option<f64>: "" Value::Number("1.5") => Some(Some(1.5)), "" Value::Null => Some(None),;
        bool: "" Value::Number("1") => None,;
        serde_json::Value: "" Value::Number("12.50") => Some(serde_json::json!("12.50")),;
    }
}

#[test]
fn a_number_beyond_all_signed_ones_is_one() {
    cells! {
        u64: "" Value::Unsigned(u64::MAX) => Some(u64::MAX),;
        i64: "" Value::Unsigned(u64::MAX) => None,;
        String: "" Value::Unsigned(u64::MAX) => None,;
        serde_json::Value: "" Value::Unsigned(u64::MAX) => Some(serde_json::json!(u64::MAX)),;
    }
}

#[test]
fn a_boolean_is_one() {
    cells! {
        bool: "" Value::Bool(true) => Some(true),;
        Option<bool>: "" Value::Bool(false) => Some(Some(false)),;
        u8: "" Value::Bool(true) => Some(1),;
        String: "" Value::Bool(true) => None,;
        serde_json::Value: "" Value::Bool(true) => Some(serde_json::json!(true)),;
    }
}

#[test]
fn a_text_that_is_json_is_what_it_says() {
    let object = r#"{"theme": "dark"}"#;
    cells! {
        Settings: "" Value::Json(object) => Some(dark()), "" Value::Json("[]") => None,;
        Option<Settings>: "" Value::Json("null") => Some(None), "" Value::Json(object) => Some(Some(dark())),;
        Vec<i32>: "" Value::Json("[1, 2]") => Some(vec![1, 2]),;
        String: "" Value::Json(object) => Some(object.into()),;
        serde_json::Value: "" Value::Json("12") => Some(serde_json::json!(12)),
            "" Value::Json("\"x\"") => Some(serde_json::json!("x")), "" Value::Json("null") => Some(serde_json::Value::Null),;
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    balance: f64,
    count: u64,
    flags: u8,
    tags: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Outer {
    id: i64,
    #[serde(flatten)]
    inner: Inner,
}

#[test]
fn a_flattened_field_takes_them_too() {
    let columns = ["id", "balance", "count", "flags", "tags"].map(|name| Column::new(name, ""));
    let values = [
        Value::Integer(1),
        Value::Number("12.50"),
        Value::Number("18446744073709551615.0"),
        Value::Bool(true),
        Value::Json(r#"["a"]"#),
    ];
    let inner = Inner {
        balance: 12.5,
        count: u64::MAX,
        flags: 1,
        tags: vec!["a".into()],
    };
    for _ in 0..2 {
        let outer: Outer = user(&columns, &row(&values)).unwrap();
        assert_eq!(outer.id, 1);
        assert_eq!(outer.inner, inner);
    }
}
