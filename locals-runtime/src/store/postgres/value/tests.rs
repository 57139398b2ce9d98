//! Bytes as PostgreSQL's `.._send` functions make them, and the values of fields.

use super::*;
use crate::store::sql::{Column, user};
use serde::{Deserialize, de::DeserializeOwned};

/// One field of this type, from a cell of these bytes.
fn cell<T: DeserializeOwned>(ty: &Type, hex: &str) -> Result<T, String> {
    #[derive(Deserialize)]
    struct One<T> {
        value: T,
    }
    let raw = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
    let mut row = OwnedRow::with_capacity(1);
    push(ty, &raw, &mut row).map_err(|error| error.to_string())?;
    user::<One<T>>(&[Column::new("value", "")], &row)
        .map(|one| one.value)
        .map_err(|error| error.to_string())
}

fn text(ty: &Type, hex: &str) -> Result<String, String> {
    cell(ty, hex)
}

#[test]
fn numbers_are_read() {
    assert_eq!(cell(&Type::BOOL, "01"), Ok(true));
    assert_eq!(cell(&Type::BOOL, "00"), Ok(false));
    assert_eq!(cell(&Type::INT2, "8000"), Ok(i16::MIN));
    assert_eq!(cell(&Type::INT4, "7fffffff"), Ok(i32::MAX));
    assert_eq!(cell(&Type::INT8, "8000000000000000"), Ok(i64::MIN));
    assert_eq!(cell(&Type::OID, "ffffffff"), Ok(u32::MAX));
    assert_eq!(cell(&Type::FLOAT4, "3dcccccd"), Ok(0.1_f32));
    assert_eq!(cell(&Type::FLOAT8, "3fb999999999999a"), Ok(0.1_f64));
    assert_eq!(cell(&Type::INT8, "0000000000000007"), Ok(7_u8));
    assert!(cell::<u8>(&Type::INT4, "00000100").is_err());
}

#[test]
fn a_numeric_is_read_digit_by_digit() {
    for (hex, digits) in [
        ("0000000000000000", "0"),
        ("0000000000000002", "0.00"),
        ("0002000000000002000c1388", "12.50"),
        ("0002000040000001000c1388", "-12.5"),
        ("00010001000000000001", "10000"),
        ("0002000100000000270f270f", "99999999"),
        ("00010005000000000001", "100000000000000000000"),
        ("0004000200000004000109291a850001", "123456789.0001"),
        ("0002ffff00000005000107d0", "0.00012"),
        ("0001fffe0000000804d2", "0.00001234"),
        ("0001ffff4000000103e8", "-0.1"),
        ("00000000c0000000", "NaN"),
        ("00000000d0000020", "Infinity"),
        ("00000000f0000020", "-Infinity"),
    ] {
        assert_eq!(text(&Type::NUMERIC, hex).as_deref(), Ok(digits));
    }
    assert_eq!(cell(&Type::NUMERIC, "0002000000000002000c1388"), Ok(12.5));
    assert_eq!(cell(&Type::NUMERIC, "00010001000000000001"), Ok(10_000));
    let unsigned = "000500040000000007341a5802e103bb064f";
    assert_eq!(cell(&Type::NUMERIC, unsigned), Ok(u64::MAX));
    assert!(cell::<i64>(&Type::NUMERIC, unsigned).is_err());
    assert!(cell::<i64>(&Type::NUMERIC, "0002000000000002000c1388").is_err());
}

#[test]
fn a_date_is_read_within_the_years_that_there_are() {
    for (hex, date) in [
        ("00000000", "2000-01-01"),
        ("ffffffff", "1999-12-31"),
        ("ffffd533", "1970-01-01"),
        ("00002279", "2024-02-29"),
        ("0000210c", "2023-03-01"),
        ("ffff718e", "1900-02-28"),
        ("ffff718f", "1900-03-01"),
        ("fff4dbf9", "0001-01-01"),
        ("002c95d3", "9999-12-31"),
    ] {
        assert_eq!(text(&Type::DATE, hex).as_deref(), Ok(date));
        assert_eq!(
            cell(&Type::DATE, hex),
            Ok(date.parse::<chrono::NaiveDate>().unwrap())
        );
        let of_time: time::Date = cell(&Type::DATE, hex).unwrap();
        assert_eq!(of_time.to_string(), date);
    }
    for (hex, reason) in [
        ("7fffffff", "`infinity`"),
        ("80000000", "`-infinity`"),
        ("fff4dbf8", "before the year 1"),
        ("002c95d4", "after 9999"),
        ("7ffffffe", "after 9999"),
        ("80000001", "before the year 1"),
    ] {
        assert!(
            text(&Type::DATE, hex).unwrap_err().contains(reason),
            "{hex}"
        );
    }
}

#[test]
fn a_timestamp_is_read_to_the_microsecond() {
    for (hex, moment) in [
        ("0000000000000000", "2000-01-01T00:00:00"),
        ("ffffffffffffffff", "1999-12-31T23:59:59.999999"),
        ("fffca2fec4c82001", "1970-01-01T00:00:00.000001"),
        ("0003042b1126eb00", "2026-11-26T11:32:28"),
        ("0002b582c47fb120", "2024-02-29T12:00:00.500000"),
        ("ff1fe2ffc59c6000", "0001-01-01T00:00:00"),
        ("0380e70b913b7fff", "9999-12-31T23:59:59.999999"),
    ] {
        assert_eq!(text(&Type::TIMESTAMP, hex).as_deref(), Ok(moment));
        assert_eq!(text(&Type::TIMESTAMPTZ, hex), Ok(format!("{moment}Z")));
        let naive: chrono::NaiveDateTime = moment.parse().unwrap();
        assert_eq!(cell(&Type::TIMESTAMP, hex), Ok(naive));
        assert_eq!(cell(&Type::TIMESTAMPTZ, hex), Ok(naive.and_utc()));
        let offset: time::OffsetDateTime = cell(&Type::TIMESTAMPTZ, hex).unwrap();
        let micros = offset.unix_timestamp_nanos() / 1000;
        assert_eq!(micros, i128::from(naive.and_utc().timestamp_micros()));
        cell::<time::PrimitiveDateTime>(&Type::TIMESTAMP, hex).unwrap();
    }
    for (hex, reason) in [
        ("7fffffffffffffff", "`infinity`"),
        ("8000000000000000", "`-infinity`"),
        ("ff1fe2ffc58d1dc0", "before the year 1"),
        ("0380e70b913b8000", "after 9999"),
        ("7ffffffffffffffe", "after 9999"),
        ("8000000000000001", "before the year 1"),
    ] {
        let refused = text(&Type::TIMESTAMPTZ, hex).unwrap_err();
        assert!(refused.contains(reason), "{hex}: {refused}");
    }
}

#[test]
fn a_time_of_day_is_read_to_the_microsecond() {
    for (hex, time) in [
        ("0000000000000000", "00:00:00"),
        ("00000009ac742b00", "11:32:28"),
        ("00000009ac742b01", "11:32:28.000001"),
    ] {
        assert_eq!(text(&Type::TIME, hex).as_deref(), Ok(time));
        assert_eq!(
            cell(&Type::TIME, hex),
            Ok(time.parse::<chrono::NaiveTime>().unwrap())
        );
        cell::<time::Time>(&Type::TIME, hex).unwrap();
    }
    let midnight = "000000141dd76000";
    assert_eq!(text(&Type::TIME, midnight).as_deref(), Ok("24:00:00"));
    assert!(cell::<chrono::NaiveTime>(&Type::TIME, midnight).is_err());
    assert!(text(&Type::TIME, "000000141dd76001").is_err());
    for (hex, time) in [
        ("00000009ac742b00ffffe3e0", "11:32:28+02:00"),
        ("00000009ac742b0000006978", "11:32:28-07:30"),
        ("00000009ac7bcc2000000000", "11:32:28.500000+00:00"),
        ("00000009ac742b00fffff175", "11:32:28+01:02:03"),
    ] {
        assert_eq!(text(&Type::TIMETZ, hex).as_deref(), Ok(time));
    }
}

#[test]
fn texts_bytes_and_json_are_read() {
    let uuid = "67e5504410b1426f9247bb680e5fe0c8";
    let hyphenated = "67e55044-10b1-426f-9247-bb680e5fe0c8";
    assert_eq!(text(&Type::UUID, uuid).as_deref(), Ok(hyphenated));
    assert_eq!(
        cell(&Type::UUID, uuid),
        Ok(hyphenated.parse::<uuid::Uuid>().unwrap())
    );
    for ty in [Type::TEXT, Type::VARCHAR, Type::NAME] {
        assert_eq!(text(&ty, "61c3a4").as_deref(), Ok("a\u{e4}"));
        assert!(text(&ty, "ff").is_err());
    }
    assert_eq!(cell(&Type::BYTEA, "0061ff"), Ok(vec![0_u8, 0x61, 0xff]));
    let json = serde_json::json!({"a": 1});
    assert_eq!(cell(&Type::JSON, "7b2261223a20317d"), Ok(json.clone()));
    assert_eq!(cell(&Type::JSONB, "017b2261223a20317d"), Ok(json));
    assert_eq!(cell(&Type::JSONB, "015b312c20325d"), Ok(vec![1_i32, 2]));
    let null: Result<Option<Vec<u8>>, _> = cell(&Type::JSONB, "016e756c6c");
    assert_eq!(null, Ok(None));
}

#[test]
fn bytes_that_are_no_value_are_an_error() {
    for ty in [
        Type::BOOL,
        Type::INT2,
        Type::INT4,
        Type::INT8,
        Type::OID,
        Type::FLOAT4,
        Type::FLOAT8,
        Type::NUMERIC,
        Type::UUID,
        Type::JSONB,
        Type::DATE,
        Type::TIME,
        Type::TIMETZ,
        Type::TIMESTAMP,
        Type::TIMESTAMPTZ,
    ] {
        for hex in ["", "020202", "0202020202020202020202020202020202"] {
            assert!(text(&ty, hex).is_err(), "{ty}: {hex}");
        }
    }
    for hex in [
        // More groups than there are, a group of five digits, an unknown sign.
        "0002000000000000000c",
        "00010000000000002710",
        "0000000080000000",
    ] {
        assert!(text(&Type::NUMERIC, hex).is_err(), "{hex}");
    }
    assert!(text(&Type::JSONB, "027b7d").is_err());
    let refused = text(&Type::INET, "0220000400000000").unwrap_err();
    assert!(refused.contains("inet"), "{refused}");
}

/// The type of a column: its oid, its name, `typtype` and `typcategory`.
fn of(oid: u32, name: &str, kind: &str, category: &str) -> SqlType {
    SqlType {
        oid,
        name: name.into(),
        kind: kind.into(),
        category: category.into(),
    }
}

#[test]
fn a_column_is_selected_in_a_form_that_is_read() {
    for (ty, expected) in [
        (of(20, "int8", "b", "N"), "u.\"x\""),
        (of(1700, "numeric", "b", "N"), "u.\"x\""),
        (of(1184, "timestamptz", "b", "D"), "u.\"x\""),
        (of(3802, "jsonb", "b", "U"), "u.\"x\""),
        (of(18, "char", "b", "Z"), "u.\"x\"::text"),
        (of(1042, "bpchar", "b", "S"), "u.\"x\"::text"),
        (of(650, "cidr", "b", "I"), "u.\"x\"::text"),
        (of(829, "macaddr", "b", "U"), "u.\"x\"::text"),
        (of(1186, "interval", "b", "T"), "u.\"x\"::text"),
        (of(3904, "int4range", "r", "R"), "u.\"x\"::text"),
        (of(4451, "int4multirange", "m", "R"), "u.\"x\"::text"),
        (of(16_389, "citext", "b", "S"), "u.\"x\"::text"),
        (of(16_629, "role", "e", "E"), "u.\"x\"::text"),
        (of(16_700, "vector", "b", "U"), "u.\"x\"::text"),
        (of(869, "inet", "b", "I"), "pg_catalog.abbrev(u.\"x\")"),
        (of(1009, "_text", "b", "A"), "pg_catalog.to_jsonb(u.\"x\")"),
        (
            of(16_628, "_role", "b", "A"),
            "pg_catalog.to_jsonb(u.\"x\")",
        ),
        (of(16_635, "pair", "c", "C"), "pg_catalog.to_jsonb(u.\"x\")"),
        (of(2249, "record", "p", "P"), "pg_catalog.to_jsonb(u.\"x\")"),
        (
            of(16_494, "hstore", "b", "U"),
            "pg_catalog.to_jsonb(u.\"x\")",
        ),
    ] {
        assert_eq!(select_expression("u.\"x\"", &ty), expected, "{}", ty.name);
    }
}

#[test]
fn what_is_selected_as_it_is_can_be_read() {
    for oid in 0..5000 {
        let Some(ty) = Type::from_oid(oid) else {
            continue;
        };
        let plain = select_expression("x", &of(oid, ty.name(), "b", "U")) == "x";
        let mut row = OwnedRow::with_capacity(1);
        let unknown = push(&ty, b"", &mut row)
            .is_err_and(|error| error.to_string().contains("another at start"));
        assert_eq!(plain, !unknown, "{ty}");
    }
}
