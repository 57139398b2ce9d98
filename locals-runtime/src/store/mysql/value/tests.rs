//! Values as the driver brings them, and those of fields.

use super::*;
use crate::store::sql::{Column as Wanted, user};
use mysql_async::consts::{ColumnFlags, ColumnType::*};
use serde::{Deserialize, de::DeserializeOwned};

/// `utf8mb4_general_ci`
const TEXT: u16 = 45;

fn column(ty: ColumnType) -> Column {
    Column::new(ty).with_character_set(BINARY)
}

fn text_column(ty: ColumnType) -> Column {
    Column::new(ty).with_character_set(TEXT)
}

/// One field of this type, from a cell of this value.
fn typed<T: DeserializeOwned>(described: &Column, ty: SqlType, value: &Value) -> Result<T, String> {
    #[derive(Deserialize)]
    struct One<T> {
        value: T,
    }
    let mut row = OwnedRow::with_capacity(1);
    push(described, ty, value, &mut row).map_err(|error| error.to_string())?;
    user::<One<T>>(&[Wanted::new("value", "")], &row)
        .map(|one| one.value)
        .map_err(|error| error.to_string())
}

fn cell<T: DeserializeOwned>(described: &Column, value: &Value) -> Result<T, String> {
    typed(described, SqlType::Plain, value)
}

fn text(described: &Column, value: &Value) -> Result<String, String> {
    cell(described, value)
}

fn bytes(bytes: impl AsRef<[u8]>) -> Value {
    Value::Bytes(bytes.as_ref().to_vec())
}

fn anything(described: &Column, ty: SqlType, value: &Value) -> serde_json::Value {
    typed(described, ty, value).unwrap()
}

#[test]
fn numbers_are_read() {
    let bigint = column(MYSQL_TYPE_LONGLONG);
    assert_eq!(cell(&bigint, &Value::Int(-7)), Ok(-7_i8));
    assert_eq!(cell(&bigint, &Value::Int(i64::MIN)), Ok(i64::MIN));
    assert_eq!(cell(&bigint, &Value::UInt(u64::MAX)), Ok(u64::MAX));
    assert!(cell::<i64>(&bigint, &Value::UInt(u64::MAX)).is_err());
    let large = anything(&bigint, SqlType::Plain, &Value::UInt(u64::MAX));
    assert_eq!(large, serde_json::json!(u64::MAX));
    assert!(cell::<u8>(&bigint, &Value::Int(256)).is_err());
    assert_eq!(
        cell(&column(MYSQL_TYPE_YEAR), &Value::Int(2026)),
        Ok(2026_u16)
    );
    assert_eq!(
        cell(&column(MYSQL_TYPE_FLOAT), &Value::Float(0.1)),
        Ok(0.1_f32)
    );
    assert_eq!(
        cell(&column(MYSQL_TYPE_DOUBLE), &Value::Double(0.1)),
        Ok(0.1_f64)
    );
    let none: Option<i64> = cell(&bigint, &Value::NULL).unwrap();
    assert_eq!(none, None);
}

#[test]
fn a_decimal_is_read_digit_by_digit() {
    let decimal = column(MYSQL_TYPE_NEWDECIMAL);
    let digits = "-12345678901234567890.5000000000";
    assert_eq!(text(&decimal, &bytes(digits)).as_deref(), Ok(digits));
    assert_eq!(cell(&decimal, &bytes("12.50")), Ok(12.5));
    assert_eq!(cell(&decimal, &bytes("7.000")), Ok(7));
    assert!(cell::<i64>(&decimal, &bytes("12.50")).is_err());
    assert!(text(&decimal, &bytes(b"\xff")).is_err());
}

#[test]
fn zero_and_one_of_a_boolean_are_one() {
    let tiny = column(MYSQL_TYPE_TINY);
    for (value, expected) in [
        (0, serde_json::json!(false)),
        (1, serde_json::json!(true)),
        (2, serde_json::json!(2)),
    ] {
        assert_eq!(anything(&tiny, SqlType::Bool, &Value::Int(value)), expected);
    }
    let plain = anything(&tiny, SqlType::Plain, &Value::Int(1));
    assert_eq!(plain, serde_json::json!(1));
    assert_eq!(typed(&tiny, SqlType::Bool, &Value::Int(1)), Ok(1_i64));
    assert_eq!(cell(&tiny, &Value::Int(1)), Ok(true));
    assert!(cell::<bool>(&tiny, &Value::Int(2)).is_err());
}

#[test]
fn bits_are_a_number_and_one_of_them_a_boolean() {
    let one = column(MYSQL_TYPE_BIT).with_column_length(1);
    assert_eq!(cell(&one, &bytes([0_u8])), Ok(false));
    assert_eq!(cell(&one, &bytes([1_u8])), Ok(true));
    assert_eq!(cell(&one, &bytes([1_u8])), Ok(1_u8));
    let ten = column(MYSQL_TYPE_BIT).with_column_length(10);
    assert_eq!(cell(&ten, &bytes([2_u8, 1])), Ok(513));
    let all = column(MYSQL_TYPE_BIT).with_column_length(64);
    assert_eq!(cell(&all, &bytes([0xff_u8; 8])), Ok(u64::MAX));
    assert!(cell::<u64>(&all, &bytes([0xff_u8; 9])).is_err());
}

#[test]
fn texts_and_bytes_are_told_apart_by_their_character_set() {
    for ty in [MYSQL_TYPE_STRING, MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_BLOB] {
        let as_text = text(&text_column(ty), &bytes("a\u{e4}"));
        assert_eq!(as_text.as_deref(), Ok("a\u{e4}"));
        assert!(text(&text_column(ty), &bytes(b"\xff")).is_err());
        assert_eq!(
            cell(&column(ty), &bytes(b"\0a\xff")),
            Ok(vec![0_u8, 0x61, 0xff])
        );
    }
    let hyphenated = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    let uuid: uuid::Uuid = hyphenated.parse().unwrap();
    let string = text_column(MYSQL_TYPE_STRING);
    assert_eq!(cell(&string, &bytes(hyphenated)), Ok(uuid));
    let binary = column(MYSQL_TYPE_STRING);
    assert_eq!(cell(&binary, &bytes(uuid.as_bytes())), Ok(uuid));
    let address: std::net::IpAddr = cell(&string, &bytes("::1")).unwrap();
    assert!(address.is_loopback());
}

#[test]
fn json_is_known_by_its_type_or_by_what_was_found_of_it() {
    let mysql = column(MYSQL_TYPE_JSON);
    let mariadb = text_column(MYSQL_TYPE_BLOB);
    for (described, ty) in [(&mysql, SqlType::Plain), (&mariadb, SqlType::Json)] {
        let scalar = anything(described, ty, &bytes("7"));
        assert_eq!(scalar, serde_json::json!(7));
        assert_eq!(typed(described, ty, &bytes("[1, 2]")), Ok(vec![1, 2]));
        let null: Option<Vec<u8>> = typed(described, ty, &bytes("null")).unwrap();
        assert_eq!(null, None);
    }
    let text = anything(&mariadb, SqlType::Plain, &bytes("7"));
    assert_eq!(text, serde_json::json!("7"));
}

#[test]
fn a_date_is_read_within_the_years_that_there_are() {
    let described = column(MYSQL_TYPE_DATE);
    for (year, month, day, date) in [
        (1, 1, 1, "0001-01-01"),
        (2024, 2, 29, "2024-02-29"),
        (9999, 12, 31, "9999-12-31"),
    ] {
        let value = Value::Date(year, month, day, 0, 0, 0, 0);
        assert_eq!(text(&described, &value).as_deref(), Ok(date));
        let naive: chrono::NaiveDate = date.parse().unwrap();
        assert_eq!(cell(&described, &value), Ok(naive));
        let of_time: time::Date = cell(&described, &value).unwrap();
        assert_eq!(of_time.to_string(), date);
    }
    for (year, month, day) in [(0, 0, 0), (2024, 0, 1), (2024, 1, 0), (0, 1, 1)] {
        let value = Value::Date(year, month, day, 0, 0, 0, 0);
        for ty in [MYSQL_TYPE_DATE, MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP] {
            let refused = text(&column(ty), &value).unwrap_err();
            assert!(refused.contains("`0000-00-00`"), "{refused}");
        }
    }
}

#[test]
fn a_timestamp_is_a_moment_and_a_datetime_none() {
    let (datetime, timestamp) = (column(MYSQL_TYPE_DATETIME), column(MYSQL_TYPE_TIMESTAMP));
    for (micros, moment) in [
        (0, "2026-11-26T11:32:28"),
        (1, "2026-11-26T11:32:28.000001"),
        (500_000, "2026-11-26T11:32:28.500000"),
    ] {
        let value = Value::Date(2026, 11, 26, 11, 32, 28, micros);
        assert_eq!(text(&datetime, &value).as_deref(), Ok(moment));
        assert_eq!(text(&timestamp, &value), Ok(format!("{moment}Z")));
        let naive: chrono::NaiveDateTime = moment.parse().unwrap();
        assert_eq!(cell(&datetime, &value), Ok(naive));
        assert_eq!(cell(&timestamp, &value), Ok(naive.and_utc()));
        let offset: time::OffsetDateTime = cell(&timestamp, &value).unwrap();
        let micros = offset.unix_timestamp_nanos() / 1000;
        assert_eq!(micros, i128::from(naive.and_utc().timestamp_micros()));
        cell::<time::PrimitiveDateTime>(&datetime, &value).unwrap();
    }
}

#[test]
fn a_time_is_read_within_a_day_and_told_beyond() {
    let described = column(MYSQL_TYPE_TIME);
    let within = Value::Time(false, 0, 11, 32, 28, 1);
    let naive: chrono::NaiveTime = "11:32:28.000001".parse().unwrap();
    assert_eq!(cell(&described, &within), Ok(naive));
    cell::<time::Time>(&described, &within).unwrap();
    for (value, told) in [
        (Value::Time(false, 0, 0, 0, 0, 0), "00:00:00"),
        (
            Value::Time(true, 34, 22, 59, 59, 500_000),
            "-838:59:59.500000",
        ),
        (Value::Time(false, 1, 1, 2, 3, 0), "25:02:03"),
    ] {
        assert_eq!(text(&described, &value).as_deref(), Ok(told));
    }
    let beyond = Value::Time(false, 1, 1, 2, 3, 0);
    assert!(cell::<chrono::NaiveTime>(&described, &beyond).is_err());
}

#[test]
fn a_value_of_another_type_than_its_column_is_an_error() {
    let date = Value::Date(2026, 11, 26, 0, 0, 0, 0);
    assert!(text(&column(MYSQL_TYPE_LONG), &date).is_err());
    let beyond = Value::Date(10_000, 1, 1, 0, 0, 0, 0);
    assert!(text(&column(MYSQL_TYPE_DATE), &beyond).is_err());
    let refused = text(&column(MYSQL_TYPE_GEOMETRY), &bytes("x")).unwrap_err();
    assert!(refused.contains("geometry"), "{refused}");
}

#[test]
fn a_column_is_what_it_is_declared_as() {
    let declared = |data_type: &str, column_type: &str| Declared {
        data_type: data_type.into(),
        column_type: column_type.into(),
        ..Declared::default()
    };
    for (data_type, column_type, ty) in [
        ("tinyint", "tinyint(1)", SqlType::Bool),
        ("tinyint", "tinyint(1) unsigned", SqlType::Plain),
        ("tinyint", "tinyint(4)", SqlType::Plain),
        ("int", "int(1)", SqlType::Plain),
        ("json", "json", SqlType::Json),
        ("longtext", "longtext", SqlType::Plain),
        ("point", "point", SqlType::Geometry),
        ("uuid", "uuid", SqlType::Plain),
    ] {
        assert_eq!(declared(data_type, column_type).sql_type(), ty);
    }
    let mut checked = declared("longtext", "longtext");
    checked.is_checked_json = true;
    assert_eq!(checked.sql_type(), SqlType::Json);
    assert_eq!(select_expression("u.`x`", SqlType::Json), "u.`x`");
    let geometry = select_expression("u.`x`", SqlType::Geometry);
    assert_eq!(geometry, "ST_AsText(u.`x`)");
}

#[test]
fn an_expression_is_what_the_server_says_of_it() {
    let of_length = |ty, length| column(ty).with_column_length(length);
    let unsigned = of_length(MYSQL_TYPE_LONG, 1).with_flags(ColumnFlags::UNSIGNED_FLAG);
    for (described, ty) in [
        (of_length(MYSQL_TYPE_LONG, 1), SqlType::Bool),
        (of_length(MYSQL_TYPE_LONGLONG, 1), SqlType::Bool),
        (of_length(MYSQL_TYPE_LONGLONG, 21), SqlType::Plain),
        (unsigned, SqlType::Plain),
        (text_column(MYSQL_TYPE_VAR_STRING), SqlType::Plain),
        (column(MYSQL_TYPE_JSON), SqlType::Json),
        (column(MYSQL_TYPE_GEOMETRY), SqlType::Geometry),
    ] {
        assert_eq!(SqlType::of_result(&described), ty);
    }
}
